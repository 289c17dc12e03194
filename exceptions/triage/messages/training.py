"""Learning from messages whose label is known. The same messages make the same model.

In turn each part of the messages is held out; what the model says of it sets its temperature and
its thresholds. Then it learns from all.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from exceptions.triage.messages import certainty, features
from exceptions.triage.messages import model as models
from exceptions.triage.messages.certainty import Held
from exceptions.triage.messages.model import Example, Model

FOLDS, FOLDS_OF_FEW, FEW = 3, 8, 3_000  # each fold is learned from anew; of few, more are left
LEAST = 8  # messages of a label
SEED = 20_261_130
STRICTNESS = 1.0  # LinearSVC's C
PRECISION = 0.9  # what a proposed label is right in, at least
OFTEN_ENOUGH = 2  # messages in which a feature has to occur
MOST_TO_SHOW = 5_000  # examples kept to be shown as alike, the newest


class TooFew(Exception):
    """There are too few messages to learn from."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what it said of each message while that was held out, in their order."""

    model: Model
    held: tuple[Held, ...]


def train(examples: Sequence[Example], other: str, *, precision: float = PRECISION) -> Trained:
    """Raises TooFew where a label has fewer messages than are held out apart."""
    often = Counter(example.label for example in examples)
    if len(often) < 2 or min(often.values()) < LEAST:
        raise TooFew(f"Every label needs {LEAST} messages, and there have to be two labels.")
    labels = tuple(sorted(often))
    truth = np.array([labels.index(example.label) for example in examples])
    texts = [example.text for example in examples]
    words, pieces = _vectorizers()
    counted = _scaled(words.fit_transform(texts), pieces.fit_transform(texts))
    scored = _held_out(counted, truth, len(labels))
    heat = certainty.temperature(scored, truth)
    held = _held(scored, truth, heat, labels)
    lowest = certainty.thresholds(held, other, precision=precision)
    learned = _learn(counted, truth)
    return Trained(
        Model(
            labels=labels,
            other=other,
            names=(*words.get_feature_names_out(), *pieces.get_feature_names_out()),
            idf=np.concatenate([words.idf_, pieces.idf_]).astype(np.float32),
            weights=_columns(learned).astype(np.float32),
            intercepts=_intercepts(learned).astype(np.float32),
            temperature=heat,
            thresholds=lowest,
            **_to_show(examples, counted),
        ),
        held,
    )


def _vectorizers() -> tuple[TfidfVectorizer, TfidfVectorizer]:
    return tuple(
        TfidfVectorizer(analyzer=named, sublinear_tf=True, min_df=OFTEN_ENOUGH)
        for named in (features.word_names, features.piece_names)
    )


def _scaled(words: Any, pieces: Any) -> Any:
    return sparse.hstack([words, pieces]).tocsr()


def _learn(counted: Any, truth: NDArray[Any]) -> LinearSVC:
    return LinearSVC(C=STRICTNESS, random_state=SEED).fit(counted, truth)


def _held_out(counted: Any, truth: NDArray[Any], labels: int) -> NDArray[Any]:
    """The scores of each message by a model that did not see it."""
    scored = np.zeros((len(truth), labels))
    parts = FOLDS_OF_FEW if len(truth) < FEW else FOLDS
    folds = StratifiedKFold(parts, shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(counted, truth):
        fold = _learn(counted[seen], truth[seen])
        scored[unseen] = counted[unseen] @ _columns(fold) + _intercepts(fold)
    return scored


def _columns(learned: LinearSVC) -> NDArray[Any]:
    """A column a label. Of two labels the library tells only the second's."""
    told = learned.coef_
    both: NDArray[Any] = np.vstack([-told, told]) if len(told) == 1 else told
    return both.T


def _intercepts(learned: LinearSVC) -> NDArray[Any]:
    told = learned.intercept_
    both: NDArray[Any] = np.concatenate([-told, told]) if len(told) == 1 else told
    return both


def _held(
    scored: NDArray[Any], truth: NDArray[Any], heat: float, labels: Sequence[str]
) -> tuple[Held, ...]:
    told = models.probabilities(scored, heat)
    return tuple(
        Held(labels[int(row.argmax())], float(row.max()), labels[int(was)])
        for row, was in zip(told, truth, strict=True)
    )


def _to_show(examples: Sequence[Example], counted: Any) -> dict[str, Any]:
    kept = counted[-MOST_TO_SHOW:].tocsr().astype(np.float32)
    return {
        "examples": tuple(examples[-MOST_TO_SHOW:]),
        "near_starts": kept.indptr[:-1].astype(np.int32),
        "near_features": kept.indices.astype(np.int32),
        "near_values": kept.data.astype(np.float32),
    }
