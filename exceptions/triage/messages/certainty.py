"""How sure a model may be: temperatures, thresholds by a lower bound, and its calibration.

Pure. All of it is reckoned on messages that were held out while the model learned.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exceptions.triage.messages import model as models

SURE = 1.2816  # of 10 bounds one may be missed: the 90 % point of the normal distribution
TEMPERATURES = np.geomspace(0.02, 5, 120)
BINS = 10


def at_least(right: int, of: int, z: float = SURE) -> float:
    """Wilson's lower bound of a share: what it is at least, as few as were looked at."""
    if not of:
        return 0.0
    share, square = right / of, z * z
    middle = share + square / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (middle - spread) / (1 + square / of)


def at_most(right: int, of: int, z: float = SURE) -> float:
    """Wilson's upper bound of a share."""
    return 1 - at_least(of - right, of, z) if of else 1.0


def temperature(scored: NDArray[Any], truth: NDArray[Any]) -> float:
    """The one by which what was held out is least surprising."""
    rows = np.arange(len(truth))

    def surprise(heat: float) -> float:
        told = models.probabilities(scored, heat)[rows, truth]
        return float(-np.log(np.maximum(told, 1e-12)).mean())

    return float(min(TEMPERATURES, key=surprise))


@dataclass(frozen=True, slots=True)
class Held:
    """A held-out message: what the model took it for, how sure it was, what it is."""

    taken_for: str
    probability: float
    label: str


def thresholds(held: Sequence[Held], other: str, *, precision: float) -> dict[str, float]:
    """By label, the lowest probability from which on the label is right in at least `precision` of
    all, by the lower bound. A label of which too few were seen to tell has that of all labels
    together, where there is one; else none, and is never proposed.
    """
    floor, named = _floor(held, other), [each for each in held if each.taken_for != other]
    whole = _lowest(named, precision)
    found = {}
    for label in sorted({each.taken_for for each in named}):
        own = [each for each in named if each.taken_for == label]
        lowest = _lowest(own, precision)
        if lowest is None and len(own) < ENOUGH:
            lowest = whole
        if lowest is not None:
            found[label] = max(lowest, floor)
    return found


ENOUGH = 100  # of a label, to judge it by its own alone


def _lowest(own: Sequence[Held], precision: float) -> float | None:
    right, found = 0, None
    for number, each in enumerate(sorted(own, key=lambda each: -each.probability), 1):
        right += each.taken_for == each.label
        if at_least(right, number) >= precision:
            found = each.probability
    return found


TAKEN_IN = 0.1  # of what is no exception, as many may be taken for one


def _floor(held: Sequence[Held], other: str) -> float:
    """The probability above which hardly anything that is no exception is taken for one."""
    strange = [e for e in held if e.label == other]
    wrong = sorted((e.probability for e in strange if e.taken_for != other), reverse=True)
    allowed = int(TAKEN_IN * len(strange))
    return float(np.nextafter(wrong[allowed], 1)) if len(wrong) > allowed else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Of `n` messages to which the model gave about `told`, the share `true` was right."""

    told: float
    true: float
    n: int


def reliability(told: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """In equal steps of probability; what holds nothing is left out."""
    by_step: dict[int, list[tuple[float, bool]]] = {}
    for probability, was in zip(told, right, strict=True):
        by_step.setdefault(min(int(probability * bins), bins - 1), []).append((probability, was))
    return [
        Bin(
            sum(p for p, _ in pairs) / len(pairs),
            sum(was for _, was in pairs) / len(pairs),
            len(pairs),
        )
        for _, pairs in sorted(by_step.items())
    ]


def calibration_error(found: Sequence[Bin]) -> float:
    """The mean distance between what was told and what was true, each message counting alike."""
    whole = sum(each.n for each in found)
    return sum(abs(each.told - each.true) * each.n for each in found) / whole if whole else 0.0


def share_above(held: Sequence[Held], lowest: Mapping[str, float]) -> float:
    """Coverage: of all, the share that is proposed rather than abstained from."""
    proposed = sum(e.probability >= lowest.get(e.taken_for, 2) for e in held)
    return proposed / len(held) if held else 0.0
