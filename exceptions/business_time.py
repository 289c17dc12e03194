"""Business time: when a place is at work, and how much of its time lies between two instants. Pure.

A place is open while its wall clock shows a time within its hours. What counts is time that really
passes: where the clocks go back within the hours, the hour that is shown twice counts twice; where
they go forward, the hour that is never shown does not count.

All instants are aware; those given back are UTC.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
NOTHING = timedelta()
LONGEST_CLOSED = 400  # days in a row; a place that is closed for longer never opens again

Stretch = tuple[datetime, datetime]  # from, until; never empty


class NeverOpen(ValueError):
    """The place is closed for so long that nothing could ever fall due there."""


@dataclass(frozen=True, slots=True)
class Opening:
    """From a minute of the local day until another: 08:00 to 17:30 is (480, 1050)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Closure:
    """A day on which the place is closed, and why."""

    day: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a place is at work: `weekly` has the openings of Monday to Sunday, each in order and
    apart from one another; `closures` are in the order of their days. `zone` is an IANA name.
    """

    zone: str
    weekly: tuple[tuple[Opening, ...], ...]
    closures: tuple[Closure, ...] = ()

    def closed(self) -> dict[date, str]:
        return {closure.day: closure.name for closure in self.closures}


def worked(
    hours: Hours | None, start: datetime, end: datetime, pauses: Iterable[Stretch] = ()
) -> timedelta:
    """The business time from `start` to `end`, without what lies in `pauses`.

    Without hours it is around the clock.
    """
    stretches = without(until(open_stretches(hours, start), end), pauses)
    return sum((b - a for a, b in stretches), NOTHING)


def after(
    hours: Hours | None, start: datetime, span: timedelta, pauses: Iterable[Stretch] = ()
) -> datetime:
    """The instant by which `span` of business time has passed since `start`, `pauses` apart.

    What is used up just when the place closes is due then, not when it opens again. Raises
    NeverOpen.
    """
    if span <= NOTHING:
        return start.astimezone(UTC)
    for a, b in without(open_stretches(hours, start), pauses):
        if b - a >= span:
            return a + span
        span -= b - a
    raise NeverOpen


def opens(hours: Hours | None, start: datetime) -> datetime:
    """`start` if the place is open then, else when it opens next. Raises NeverOpen."""
    for a, _b in open_stretches(hours, start):
        return a
    raise NeverOpen


def open_stretches(hours: Hours | None, start: datetime) -> Iterator[Stretch]:
    """When the place is open, from `start` on; ends where it would be closed for very long."""
    start = start.astimezone(UTC)
    if hours is None:
        yield start, datetime.max.replace(tzinfo=UTC)
        return
    closed, day, idle = hours.closed(), _first_day(start, hours.zone), 0
    while idle < LONGEST_CLOSED:
        idle += 1
        openings = () if day in closed else hours.weekly[day.weekday()]
        for a, b in on_day(hours.zone, day, openings):
            if b > start:
                yield max(a, start), b
                idle = 0
        day += DAY


def _first_day(start: datetime, zone: str) -> date:
    """The day before, to be sure: where clocks go back at midnight, a date comes twice."""
    return start.astimezone(ZoneInfo(zone)).date() - DAY


@lru_cache(maxsize=4096)
def on_day(zone: str, day: date, openings: tuple[Opening, ...]) -> tuple[Stretch, ...]:
    """When the wall clock of the zone shows that day and a time within the openings."""
    both = (
        (max(a, midnight + MINUTE * o.start), min(b, midnight + MINUTE * o.end))
        for a, b, midnight in _parts(zone, day)
        for o in openings
    )
    return tuple((a, b) for a, b in both if a < b)


def _parts(zone: str, day: date) -> Iterator[tuple[datetime, datetime, datetime]]:
    """The parts of a local day between which the clocks change: from, until, and the instant which
    that part's offset calls midnight. One part on most days, two on those of a change.
    """
    place = ZoneInfo(zone)
    for a, b in pairwise(_edges(place, day)):
        yield a, b, datetime.combine(day, time.min, UTC) - _offset(a, place)


def _edges(place: ZoneInfo, day: date) -> list[datetime]:
    start, end = (
        datetime.combine(each, time.min, place).astimezone(UTC) for each in (day, day + DAY)
    )
    if start >= end:  # a day that the place has skipped
        return []
    if _offset(start, place) == _offset(end - SECOND, place):
        return [start, end]
    return [start, _change(start, end - SECOND, place), end]


def _change(a: datetime, b: datetime, place: ZoneInfo) -> datetime:
    """The second at which the offset of `a` ends, between `a` and `b`, by halving."""
    before = _offset(a, place)
    while b - a > SECOND:
        middle = a + (b - a) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        a, b = (middle, b) if _offset(middle, place) == before else (a, middle)
    return b


def _offset(at: datetime, place: ZoneInfo) -> timedelta:
    return at.astimezone(place).utcoffset() or NOTHING


def until(stretches: Iterable[Stretch], end: datetime) -> Iterator[Stretch]:
    for a, b in stretches:
        if a >= end:
            return
        yield a, min(b, end)


def without(stretches: Iterable[Stretch], pauses: Iterable[Stretch]) -> Iterator[Stretch]:
    """The stretches with the pauses cut out, in order."""
    cuts = sorted(pauses)
    for stretch in stretches:
        yield from _cut(stretch, cuts)


def _cut(stretch: Stretch, cuts: Iterable[Stretch]) -> Iterator[Stretch]:
    left, end = stretch
    for begins, ends in cuts:
        if left < min(begins, end):
            yield left, min(begins, end)
        left = max(left, ends)
    if left < end:
        yield left, end
