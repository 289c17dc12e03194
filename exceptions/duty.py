"""Duty: when shifts are worked, and when nobody works them. Pure.

A shift is worked while the site's wall clock shows a time within it, as `business_time` has it:
an hour that is shown twice is worked twice. All instants are aware; those given back are UTC.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from exceptions.business_time import DAY, Opening, Stretch, on_day, until, without

MIDNIGHT = 24 * 60
WHOLE_DAY = (Opening(0, MIDNIGHT),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """`weekdays` are ISO (Monday is 1); `start` and `end` minutes of the local day. One that ends
    no later than it starts ends on the next day. `last` None: it has no end.
    """

    weekdays: frozenset[int]
    start: int
    end: int
    first: date
    last: date | None = None

    def on(self, day: date) -> bool:
        """Whether a shift begins on that day."""
        ended = self.last is not None and day > self.last
        return day.isoweekday() in self.weekdays and day >= self.first and not ended

    @property
    def overnight(self) -> bool:
        return self.end <= self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days on which there is a roster: from its first shift to its last, both included."""

    first: date
    last: date | None

    def on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One person: when they are to work, and when they are away."""

    patterns: tuple[Pattern, ...] = ()
    away: tuple[Stretch, ...] = ()


def covers(pattern: Pattern, wall: datetime) -> bool:
    """Whether the shift is worked when the site's wall clock shows `wall`."""
    minute, day = wall.hour * 60 + wall.minute, wall.date()
    if not pattern.overnight:
        return pattern.on(day) and pattern.start <= minute < pattern.end
    begun = pattern.on(day) and minute >= pattern.start
    return begun or (pattern.on(day - DAY) and minute < pattern.end)


def stretches(
    patterns: Iterable[Pattern], zone: str, start: datetime, end: datetime
) -> list[Stretch]:
    """When one of the shifts is worked between `start` and `end`: in order and apart."""
    known = tuple(patterns)
    found = chain.from_iterable(
        on_day(zone, day, _openings(known, day)) for day in days(zone, start, end)
    )
    return joined(_within(found, start, end))


def gaps(
    open_hours: Iterable[Stretch],
    workers: Sequence[Worker],
    span: Span | None,
    zone: str,
    start: datetime,
    end: datetime,
) -> list[Stretch]:
    """The parts of the open hours between `start` and `end` in which nobody is on duty.

    Outside the days of the roster (None: there is none), everybody who is not away is.
    """
    by_somebody = chain.from_iterable(manned(worker, span, zone, start, end) for worker in workers)
    return joined(without(_within(until(open_hours, end), start, end), joined(by_somebody)))


def manned(
    worker: Worker, span: Span | None, zone: str, start: datetime, end: datetime
) -> list[Stretch]:
    """When one person is on duty between `start` and `end`."""
    free = _outside(span, zone, start, end)
    whole = joined([*free, *stretches(worker.patterns, zone, start, end)])
    return list(without(whole, worker.away))


def by_day(found: Iterable[Stretch], zone: str) -> Iterator[tuple[date, Stretch]]:
    """The parts of each stretch by the local day that they lie in."""
    for a, b in found:
        for day in days(zone, a, b):
            for part in _within(on_day(zone, day, WHOLE_DAY), a, b):
                yield day, part


def days(zone: str, start: datetime, end: datetime) -> Iterator[date]:
    """The local days that may have a part of the time between, a day more on either side."""
    place = ZoneInfo(zone)
    day, last = start.astimezone(place).date() - DAY, end.astimezone(place).date() + DAY
    while day <= last:
        yield day
        day += DAY


def joined(found: Iterable[Stretch]) -> list[Stretch]:
    """In order, and those that touch or overlap as one."""
    whole: list[Stretch] = []
    for a, b in sorted(found):
        if whole and a <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(b, whole[-1][1]))
        else:
            whole.append((a, b))
    return whole


def _openings(patterns: tuple[Pattern, ...], day: date) -> tuple[Opening, ...]:
    """What of the shifts falls on that day; they may overlap."""
    begun = [(p.start, MIDNIGHT if p.overnight else p.end) for p in patterns if p.on(day)]
    over = [(0, p.end) for p in patterns if p.overnight and p.end and p.on(day - DAY)]
    return tuple(Opening(a, b) for a, b in sorted({*begun, *over}))


def _outside(span: Span | None, zone: str, start: datetime, end: datetime) -> list[Stretch]:
    """The days without a roster between `start` and `end`."""
    free = (d for d in days(zone, start, end) if span is None or not span.on(d))
    found = chain.from_iterable(on_day(zone, day, WHOLE_DAY) for day in free)
    return joined(_within(found, start, end))


def _within(found: Iterable[Stretch], start: datetime, end: datetime) -> Iterator[Stretch]:
    for a, b in found:
        if max(a, start) < min(b, end):
            yield max(a, start), min(b, end)


def until_when(away: Iterable[Stretch], at: datetime) -> datetime | None:
    """When somebody who is away at `at` is back, absences that follow at once included."""
    for a, b in joined(away):
        if a <= at < b:
            return b
    return None
