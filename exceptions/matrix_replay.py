"""What another approval matrix would have asked about decisions that were made. Pure.

How long a level takes is the median of measured levels of the same voters; where none was
measured, nobody knows, and the decisions that would need it are counted apart.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from statistics import mean, median

from exceptions import matrix
from exceptions.matrix import Asked, Level, Matrix, Row
from exceptions.vocabulary import DecisionKind, Tier, Voters

Whom = tuple[Voters, str]  # a role, or a group by its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision that was proposed, and what the matrix looks at. What it does for good (`lasting`)
    is confirmed by a second person where the matrix asks nobody.
    """

    decision_id: int
    asked: Asked
    lasting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The levels of one decision under both: none means that nobody is asked."""

    made: Made
    before: tuple[Level, ...]
    after: tuple[Level, ...]

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The median of `n` measured levels."""

    takes: timedelta
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of decision at one site: how many were made, how many of them are asked about, and
    the levels of these together.
    """

    decision: DecisionKind
    site: int
    made: int
    asked_before: int
    asked_after: int
    levels_before: int
    levels_after: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What the draft adds to the time of a decision, as a mean over the `n` whose levels all have a
    pace; below zero it saves time. None where there are none. `unknown` are the others.
    """

    takes: timedelta | None
    n: int
    unknown: int


def replay(made: Iterable[Made], before: Matrix, after: Matrix) -> list[Replayed]:
    old, new = _asking(before), _asking(after)
    return [Replayed(made=each, before=old(each), after=new(each)) for each in made]


def _asking(whole: Matrix) -> Callable[[Made], tuple[Level, ...]]:
    """Which levels the matrix asks; each row is looked for once."""

    @cache
    def row(decision: DecisionKind, site: int, tier: Tier | None) -> Row:
        return matrix.row_for(whole, decision, site, tier)

    def levels(made: Made) -> tuple[Level, ...]:
        asked = made.asked
        band = matrix.band_of(whole, asked.stake, asked.currency)
        found = row(asked.decision, asked.site, asked.tier).bands[band]
        return found or ((matrix.SECOND,) if made.lasting else ())

    return levels


def lines(replayed: Iterable[Replayed]) -> list[Line]:
    """By decision and site; what changes most first."""
    parts: defaultdict[tuple[DecisionKind, int], list[Replayed]] = defaultdict(list)
    for each in replayed:
        parts[each.made.asked.decision, each.made.asked.site].append(each)
    found = [_line(decision, site, rows) for (decision, site), rows in parts.items()]
    return sorted(found, key=lambda line: (-line.changed, -line.made, line.decision, line.site))


def _line(decision: DecisionKind, site: int, rows: Sequence[Replayed]) -> Line:
    return Line(
        decision=decision,
        site=site,
        made=len(rows),
        asked_before=sum(bool(each.before) for each in rows),
        asked_after=sum(bool(each.after) for each in rows),
        levels_before=sum(len(each.before) for each in rows),
        levels_after=sum(len(each.after) for each in rows),
        changed=sum(each.changed for each in rows),
    )


def paces(measured: Iterable[tuple[Whom, timedelta]]) -> dict[Whom, Pace]:
    """The median by whom; of the time from when they were asked until they had answered."""
    times: defaultdict[Whom, list[float]] = defaultdict(list)
    for who, took in measured:
        times[who].append(took.total_seconds())
    return {
        who: Pace(takes=timedelta(seconds=median(found)), n=len(found))
        for who, found in times.items()
    }


def added(replayed: Iterable[Replayed], known: Mapping[Whom, Pace]) -> Added:
    """Levels are asked one after the other, so their times add up."""
    more, unknown = [], 0
    for each in replayed:
        before, after = _takes(each.before, known), _takes(each.after, known)
        if before is None or after is None:
            unknown += each.changed  # what stays as it is takes as long as before
            more += [] if each.changed else [0.0]
        else:
            more.append((after - before).total_seconds())
    takes = timedelta(seconds=mean(more)) if more else None
    return Added(takes=takes, n=len(more), unknown=unknown)


def _takes(levels: Iterable[Level], known: Mapping[Whom, Pace]) -> timedelta | None:
    found = [known.get(whom(level)) for level in levels]
    if any(pace is None for pace in found):
        return None
    return sum((pace.takes for pace in found if pace), timedelta())


def whom(level: Level) -> Whom:
    return level.voters, level.group if level.voters == Voters.GROUP else ""
