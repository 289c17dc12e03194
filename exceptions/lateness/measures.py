"""How well foreseen risks agree with what came. Pure.

A pair is a foreseen share and whether it was late.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

Pair = tuple[float, bool]
BANDS = 5


@dataclass(frozen=True, slots=True)
class Band:
    """Those foreseen between two shares: how many, what was foreseen and what came, as means."""

    least: float
    most: float
    n: int
    foreseen: float
    came: float


def brier(pairs: Sequence[Pair]) -> float | None:
    """The mean squared difference (0: always right and sure; 0.25: always one half)."""
    return sum((share - late) ** 2 for share, late in pairs) / len(pairs) if pairs else None


def auc(pairs: Sequence[Pair]) -> float | None:
    """How often a late one had the higher share than one in time, a tie counting half.

    None where all were late or none was.
    """
    late = sum(was for _, was in pairs)
    if not late or late == len(pairs):
        return None
    rank_sum = sum(rank for rank, was in _ranked(pairs) if was)
    return (rank_sum - late * (late + 1) / 2) / (late * (len(pairs) - late))


def _ranked(pairs: Sequence[Pair]) -> Iterator[tuple[float, bool]]:
    """Each with its rank; equal shares have the mean of theirs."""
    before = 0
    for _share, tied in groupby(sorted(pairs), key=lambda pair: pair[0]):
        members = list(tied)
        rank = before + (len(members) + 1) / 2
        before += len(members)
        yield from ((rank, was) for _, was in members)


def reliability(pairs: Sequence[Pair], bands: int = BANDS) -> list[Band]:
    """Bands of equal width from 0 to 1; those without a pair are left out."""
    found = []
    for i in range(bands):
        inside = [p for p in pairs if min(int(p[0] * bands), bands - 1) == i]
        if inside:
            foreseen = sum(share for share, _ in inside) / len(inside)
            came = sum(was for _, was in inside) / len(inside)
            found.append(Band(i / bands, (i + 1) / bands, len(inside), foreseen, came))
    return found
