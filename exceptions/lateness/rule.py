"""The plain rule of lateness: shares of what was promised before, drawn together. Pure.

Each group's share is drawn towards that of the wider one by the m-estimate (B. Cestnik, "Estimating
probabilities", ECAI 1990; as smoothing of categories: D. Micci-Barreca, SIGKDD Explorations 2001):

    share = (late + M · share of the wider group) / (n + M)

so that one late delivery of one does not say 100 %. Two chains are drawn and their mean is taken:
lately (halving every 90 days) all → lane → who brings it; longer (halving every 180 days) all → who
brings it → the same on this lane. The window is a year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from exceptions.facts.transit import Transit
from exceptions.lateness.past import Past, Tally
from exceptions.vocabulary import Among

M = 2.0
LEAST = 20  # of so few promises of a direction nothing is concluded
LEAST_LATE = 5  # of so few late ones no range of days is told
LOW, HIGH = 25, 75  # percentiles of the days late, by nearest rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One group that a risk rests on: how many promises of the past year, how many of them late."""

    among: Among
    name: str
    n: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How likely it is late, on what that rests, and by how many days the late ones were late.

    `n` is how many promises of who brings it fell due in the past year; `newest` the last of these.
    `lately` and `longer` are the two shares of which `share` is the mean. The days are None where
    too few were late.
    """

    share: float
    lately: float
    longer: float
    n: int
    newest: date | None
    low_days: int | None
    high_days: int | None
    grounds: tuple[Ground, ...]


def foresee(one: Transit, past: Past) -> Risk | None:
    """The risk of `one` by what was known on the day of `past`; None: too little is known."""
    groups = past.of(one)
    if groups[Among.ALL].n < LEAST:
        return None
    lately, longer = _lately(groups), _longer(groups)
    low, high = _days(groups)
    return Risk(
        share=(lately + longer) / 2,
        lately=lately,
        longer=longer,
        n=groups[Among.BY].n,
        newest=groups[Among.BY].newest,
        low_days=low,
        high_days=high,
        grounds=tuple(_ground(one, among, tally) for among, tally in groups.items() if tally.n),
    )


def _lately(groups: dict[Among, Tally]) -> float:
    share = 0.5
    for among in (Among.ALL, Among.LANE, Among.BY):
        share = drawn(groups[among].lately_late, groups[among].lately, share)
    return share


def _longer(groups: dict[Among, Tally]) -> float:
    share = 0.5
    for among in (Among.ALL, Among.BY, Among.BY_ON_LANE):
        share = drawn(groups[among].longer_late, groups[among].longer, share)
    return share


def drawn(late: float, n: float, wider: float) -> float:
    """The m-estimate: as if M promises more had been seen, late as those of the wider group."""
    return (late + M * wider) / (n + M)


def _days(groups: dict[Among, Tally]) -> tuple[int | None, int | None]:
    """Of the narrowest group that has enough late ones; None where none has."""
    for among in (Among.BY, Among.LANE, Among.ALL):
        days = sorted(groups[among].days_late)
        if len(days) >= LEAST_LATE:
            return nearest_rank(days, LOW), nearest_rank(days, HIGH)
    return None, None


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The least value that so many percent of all do not exceed."""
    return ordered[max(ceil(len(ordered) * percent / 100), 1) - 1]


def _ground(one: Transit, among: Among, tally: Tally) -> Ground:
    names = {
        Among.BY_ON_LANE: f"{one.by}, {one.lane}",
        Among.BY: one.by,
        Among.LANE: one.lane,
        Among.ALL: "",
    }
    return Ground(among=among, name=names[among], n=tally.n, late=tally.late)
