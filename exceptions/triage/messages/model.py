"""A model of messages as plain arrays: what it has learned, kept as data that cannot run.

Whoever predicts needs numpy alone; only training (`training`) needs scikit-learn.
"""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exceptions.triage.messages import features

Floats = NDArray[np.float32]
Whole = NDArray[np.int32]

FORMAT = 1


class NotAModel(Exception):
    """What was read is no model, or one of another format."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message that a model learned from. `case` is the case that came of it, where one did."""

    label: str
    text: str
    case: int | None = None


@dataclass(frozen=True)
class Model:
    """`weights` has a row a feature and a column a label. `thresholds` are probabilities below
    which the model abstains; a label without one is never proposed. `temperature` makes
    probabilities of scores. `examples` are what it learned from, their features as rows of
    `near_features` and `near_values`, each beginning at its place in `near_starts`.
    """

    labels: tuple[str, ...]
    other: str
    names: tuple[str, ...]
    idf: Floats
    weights: Floats
    intercepts: Floats
    temperature: float
    thresholds: Mapping[str, float]
    examples: tuple[Example, ...]
    near_starts: Whole
    near_features: Whole
    near_values: Floats

    @cached_property
    def places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def first_piece(self) -> int:
        """Where in `names` the pieces of words begin; words and pairs stand before them."""
        return sum(1 for name in self.names if name[0] == "w")


def vector(model: Model, names: Iterable[str]) -> tuple[Whole, Floats]:
    """The features that the model knows, and their values: TF-IDF with dampened counts; words and
    pieces each of length one.
    """
    counts = Counter(model.places[name] for name in names if name in model.places)
    known = np.array(sorted(counts), dtype=np.int32)
    if not len(known):
        return known, np.zeros(0, dtype=np.float32)
    often = np.array([counts[int(place)] for place in known], dtype=np.float32)
    values = (np.log(often) + 1) * model.idf[known]
    middle = int(np.searchsorted(known, model.first_piece))
    halves = [_of_length_one(half) for half in (values[:middle], values[middle:])]
    return known, np.concatenate(halves).astype(np.float32)


def _of_length_one(values: Floats) -> Floats:
    return values / max(float(np.linalg.norm(values)), 1e-12)


def scores(model: Model, known: Whole, values: Floats) -> Floats:
    """By label, as the model was trained: comparable within a message only."""
    found: Floats = values @ model.weights[known] + model.intercepts
    return found


def probabilities(scored: NDArray[Any], temperature: float) -> NDArray[Any]:
    """Of the last axis. A temperature is fitted to messages that were held out."""
    heated = scored / temperature
    raised = np.exp(heated - heated.max(axis=-1, keepdims=True))
    found: NDArray[Any] = raised / raised.sum(axis=-1, keepdims=True)
    return found


def alike(model: Model, known: Whole, values: Floats) -> Floats:
    """How alike each example is to a message: 0 for nothing in common, 1 for the same words."""
    asked = np.zeros(len(model.names), dtype=np.float32)
    asked[known] = values
    if not len(model.near_starts):
        return np.zeros(0, dtype=np.float32)
    products = np.append(model.near_values * asked[model.near_features], np.float32(0))
    sums = np.add.reduceat(products, model.near_starts)
    empty = np.diff(np.append(model.near_starts, len(model.near_values))) == 0
    found: Floats = np.where(empty, 0, sums / 2).astype(np.float32)  # two halves of length one
    return found


def to_bytes(model: Model) -> bytes:
    told = {
        "format": FORMAT,
        "features": {"pieces": list(features.PIECES)},
        "labels": model.labels,
        "other": model.other,
        "names": model.names,
        "temperature": model.temperature,
        "thresholds": dict(model.thresholds),
        "examples": [asdict(example) for example in model.examples],
    }
    file = io.BytesIO()
    np.savez_compressed(
        file,
        told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8),
        **{name: getattr(model, name) for name in _ARRAYS},
    )
    return file.getvalue()


def from_bytes(content: bytes) -> Model:
    """Nothing in it is carried out, whoever made it. Raises NotAModel."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
            told = json.loads(file["told"].tobytes())
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise NotAModel(str(error)) from error
    if told.get("format") != FORMAT:
        raise NotAModel("It was made by another version of the tower.")
    return Model(
        labels=tuple(told["labels"]),
        other=told["other"],
        names=tuple(told["names"]),
        temperature=told["temperature"],
        thresholds=told["thresholds"],
        examples=tuple(Example(**example) for example in told["examples"]),
        **arrays,
    )


_ARRAYS = ("idf", "weights", "intercepts", "near_starts", "near_features", "near_values")
