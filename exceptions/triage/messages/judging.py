"""What a model says of a message, and why. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exceptions.triage.messages import features, stop_words
from exceptions.triage.messages import model as models
from exceptions.triage.messages.features import Feature, Word
from exceptions.triage.messages.model import Example, Floats, Model, Whole

MOST_REASONS, MOST_ALIKE, MOST_LABELS = 6, 3, 3
LEAST_ALIKE = 0.05  # below it two messages have next to nothing in common


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the text that spoke for the label, by how much, and where it stands each time."""

    word: str
    weight: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A message that the model learned from, and how alike it is: 0 to 1."""

    example: Example
    alike: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """`label` is the likeliest; `proposed` says whether the model is sure enough of it.
    `threshold` is None where it is never sure enough: it has seen too few.
    """

    label: str
    probability: float
    threshold: float | None
    proposed: bool
    likely: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    nearest: tuple[Alike, ...]


def judge(model: Model, text: str) -> Judgement:
    said = features.words(text)
    found = list(features.of(said))
    known, values = models.vector(model, (feature.name for feature in found))
    told = models.probabilities(models.scores(model, known, values), model.temperature)
    order = [int(place) for place in np.argsort(-told, kind="stable")]
    label, probability = model.labels[order[0]], float(told[order[0]])
    threshold = model.thresholds.get(label)
    sure = threshold is not None and probability >= threshold
    return Judgement(
        label=label,
        probability=probability,
        threshold=threshold,
        proposed=bool(len(known)) and sure and label != model.other,
        likely=tuple((model.labels[p], float(told[p])) for p in order[:MOST_LABELS]),
        reasons=_reasons(model, order[0], said, found, known, values),
        nearest=_nearest(model, known, values),
    )


def _reasons(
    model: Model,
    label: int,
    said: Sequence[Word],
    found: Sequence[Feature],
    known: Whole,
    values: Floats,
) -> tuple[Reason, ...]:
    """The words whose features spoke for the label more than for the others on average: the share
    of each feature is parted evenly among its occurrences and their words.
    """
    ahead = model.weights[known, label] - model.weights[known].mean(axis=1)
    share = dict(zip((int(k) for k in known), (float(v) for v in values * ahead), strict=True))
    occurs: dict[int, list[Feature]] = defaultdict(list)
    for feature in found:
        if (place := model.places.get(feature.name)) is not None:
            occurs[place].append(feature)
    weights: dict[int, float] = defaultdict(float)
    for place, features_ in occurs.items():
        for feature in features_:
            for word in feature.words:
                weights[word] += share[place] / (len(features_) * len(feature.words))
    return _heaviest(said, weights)


def _heaviest(said: Sequence[Word], weights: dict[int, float]) -> tuple[Reason, ...]:
    """By word, however often it is said; without those that every text has."""
    whole: dict[str, float] = defaultdict(float)
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, weight in weights.items():
        word = said[number]
        name = word.said.lower()
        if name in stop_words.ALL or any(map(str.isdigit, name)):
            continue
        whole[name] += weight
        spans[name].append((word.start, word.end))
    heaviest = sorted(whole, key=lambda name: (-whole[name], name))[:MOST_REASONS]
    return tuple(
        Reason(name, round(whole[name], 4), tuple(sorted(spans[name])))
        for name in heaviest
        if whole[name] > 0
    )


def _nearest(model: Model, known: Whole, values: Floats) -> tuple[Alike, ...]:
    found = models.alike(model, known, values)
    order = np.argsort(-found, kind="stable")[:MOST_ALIKE]
    return tuple(
        Alike(model.examples[int(place)], round(float(found[place]), 3))
        for place in order
        if found[place] >= LEAST_ALIKE
    )
