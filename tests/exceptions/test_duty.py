"""Duty, held to looking at the wall clock minute by minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from exceptions import business_time, duty
from exceptions.business_time import Hours, Opening, Stretch
from exceptions.duty import Pattern, Span, Worker
from tests.exceptions import minutes

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AMSTERDAM = "Europe/Amsterdam"
EVERY_DAY = frozenset(range(1, 8))


def wall(month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0) -> datetime:
    """In 2026, in Amsterdam."""
    place = ZoneInfo(AMSTERDAM)
    return datetime(2026, month, day, hour, minute, tzinfo=place, fold=fold).astimezone(UTC)


def pattern(start: int, end: int, *, first: date = date(2026, 1, 1), **said: object) -> Pattern:
    days = said.get("weekdays", EVERY_DAY)
    last = said.get("last")
    assert isinstance(days, frozenset)
    assert last is None or isinstance(last, date)
    return Pattern(weekdays=days, start=start * 60, end=end * 60, first=first, last=last)


@pytest.mark.parametrize(
    ("shift", "start", "end", "worked"),
    [
        # By day, on weekdays alone: Friday, then Monday.
        (
            pattern(8, 16, weekdays=frozenset({1, 2, 3, 4, 5})),
            wall(11, 20, 9),
            wall(11, 24),
            [(wall(11, 20, 9), wall(11, 20, 16)), (wall(11, 23, 8), wall(11, 23, 16))],
        ),
        # Over midnight, on Sunday alone: it ends on Monday.
        (
            pattern(22, 6, weekdays=frozenset({7})),
            wall(11, 20),
            wall(11, 27),
            [(wall(11, 22, 22), wall(11, 23, 6))],
        ),
        # The last night of a roster ends the morning after its last day.
        (
            pattern(22, 6, first=date(2026, 11, 20), last=date(2026, 11, 20)),
            wall(11, 19),
            wall(11, 27),
            [(wall(11, 20, 22), wall(11, 21, 6))],
        ),
        # Until midnight is one day's; from midnight to midnight, all of it.
        (
            pattern(16, 0, weekdays=frozenset({1})),
            wall(11, 16),
            wall(11, 20),
            [(wall(11, 16, 16), wall(11, 17))],
        ),
        (
            pattern(0, 0, weekdays=frozenset({1})),
            wall(11, 15),
            wall(11, 20),
            [(wall(11, 16), wall(11, 17))],
        ),
        # The night in which the clocks go back is nine hours, the one in which they go on seven.
        (
            pattern(22, 6),
            wall(10, 24, 12),
            wall(10, 25, 12),
            [(wall(10, 24, 22), wall(10, 24, 22) + 9 * 60 * MINUTE)],
        ),
        (
            pattern(22, 6),
            wall(3, 28, 12),
            wall(3, 29, 12),
            [(wall(3, 28, 22), wall(3, 28, 22) + 7 * 60 * MINUTE)],
        ),
    ],
)
def test_shifts_by_hand(
    shift: Pattern, start: datetime, end: datetime, worked: list[Stretch]
) -> None:
    assert duty.stretches([shift], AMSTERDAM, start, end) == worked


# -- By chance, against a minute at a time --------------------------------------------------------

STARTS = some.builds(
    lambda day, minute: datetime(day.year, day.month, day.day, tzinfo=UTC) + minute * MINUTE,
    some.sampled_from(minutes.CHANGES),
    some.integers(-2160, 720),
)
TIMES = some.integers(0, 1439)


@some.composite
def patterns(draw: some.DrawFn, around: date) -> Pattern:
    first = around + draw(some.integers(-4, 3)) * DAY
    length = draw(some.none() | some.integers(0, 5))
    return Pattern(
        weekdays=draw(some.frozensets(some.integers(1, 7), min_size=1)),
        start=draw(TIMES),
        end=draw(TIMES),
        first=first,
        last=None if length is None else first + length * DAY,
    )


@some.composite
def workers(draw: some.DrawFn, start: datetime) -> Worker:
    away = [
        (start + a * MINUTE, start + (a + length) * MINUTE)
        for a, length in draw(
            some.lists(some.tuples(some.integers(-900, 4000), some.integers(1, 2000)), max_size=3)
        )
    ]
    return Worker(
        patterns=tuple(draw(some.lists(patterns(start.date()), max_size=3))), away=tuple(away)
    )


@some.composite
def weeks(draw: some.DrawFn) -> tuple[Hours | None, list[Worker], Span | None, str, datetime]:
    start, zone = draw(STARTS), draw(some.sampled_from(minutes.ZONES))
    chance = draw(some.randoms(use_true_random=False))
    hours = minutes.some_hours(chance, start.date()) if draw(some.booleans()) else None
    first = start.date() + draw(some.integers(-3, 2)) * DAY
    span = draw(
        some.none()
        | some.builds(
            Span, first=some.just(first), last=some.sampled_from([None, first, first + 2 * DAY])
        )
    )
    return hours, draw(some.lists(workers(start), max_size=3)), span, zone, start


def works(shift: Pattern, at: datetime, zone: str) -> bool:
    """Whether the wall clock shows a time within it, for the night before or this day."""
    shown = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for days_ago in (0, 1):
        day = shown.date() - days_ago * DAY
        if day.isoweekday() not in shift.weekdays or day < shift.first:
            continue
        if shift.last is not None and day > shift.last:
            continue
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - what the wall clock shows
        begins = midnight + shift.start * MINUTE
        ends = midnight + shift.end * MINUTE + (DAY if shift.end <= shift.start else 0 * DAY)
        if begins <= shown < ends:
            return True
    return False


def nobody(
    hours: Hours | None, team: list[Worker], span: Span | None, zone: str, at: datetime
) -> bool:
    if not minutes.is_open(hours, at):
        return False
    day = at.astimezone(ZoneInfo(zone)).date()
    rostered = span is not None and span.first <= day and (span.last is None or day <= span.last)
    for worker in team:
        if any(a <= at < b for a, b in worker.away):
            continue
        if not rostered or any(works(shift, at, zone) for shift in worker.patterns):
            return False
    return True


def each_minute(start: datetime, count: int) -> Iterator[datetime]:
    return (start + number * MINUTE for number in range(count))


@given(weeks())
@settings(max_examples=60, deadline=None)
def test_gaps_are_as_counted_minute_by_minute(
    week: tuple[Hours | None, list[Worker], Span | None, str, datetime],
) -> None:
    hours, team, span, zone, start = week
    end = start + 3000 * MINUTE
    found = duty.gaps(business_time.open_stretches(hours, start), team, span, zone, start, end)
    told = [at for a, b in found for at in each_minute(a, int((b - a) / MINUTE))]

    assert told == [at for at in each_minute(start, 3000) if nobody(hours, team, span, zone, at)]
    assert all(b < c for (_a, b), (c, _d) in pairwise(found))


@given(STARTS.flatmap(lambda start: some.tuples(some.just(start), patterns(start.date()))))
@settings(max_examples=60, deadline=None)
def test_the_instant_and_the_stretch_agree(case: tuple[datetime, Pattern]) -> None:
    start, shift = case
    for zone in minutes.ZONES:
        worked = duty.stretches([shift], zone, start, start + 1500 * MINUTE)
        for at in each_minute(start, 1500):
            inside = any(a <= at < b for a, b in worked)
            assert inside == duty.covers(shift, at.astimezone(ZoneInfo(zone))), (zone, at)


def test_absences_that_follow_one_another_are_one() -> None:
    monday, hour = wall(11, 16, 8), 60 * MINUTE
    away = [(monday, monday + hour), (monday + hour, monday + 3 * hour)]

    assert duty.until_when(away, monday) == monday + 3 * hour
    assert duty.until_when(away, monday + 3 * hour) is None
    assert duty.until_when(away, monday - MINUTE) is None


def test_a_site_around_the_clock_without_a_roster_has_a_gap_only_when_all_are_away() -> None:
    start = wall(11, 16, 8)
    away = (start + 60 * MINUTE, start + 120 * MINUTE)
    opened = business_time.open_stretches(None, start)
    both = [Worker(away=(away,)), Worker(away=((start, start + 90 * MINUTE),))]

    assert duty.gaps(opened, both, None, AMSTERDAM, start, start + DAY) == [
        (start + 60 * MINUTE, start + 90 * MINUTE)
    ]


def test_openings_of_one_day() -> None:
    """Two shifts that overlap are one stretch."""
    start = wall(11, 16)
    shifts = [pattern(6, 14), pattern(13, 22), pattern(22, 6)]

    assert duty.stretches(shifts, AMSTERDAM, start, start + DAY) == [(start, start + DAY)]
    assert business_time.on_day(AMSTERDAM, date(2026, 11, 16), (Opening(360, 840),)) == (
        (wall(11, 16, 6), wall(11, 16, 14)),
    )
