"""Business time, held to counting minute by minute."""

import os
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions import business_time
from exceptions.business_time import Closure, Hours, NeverOpen, Opening
from tests.exceptions import minutes

# As many histories as CLOCK_HISTORIES says; 10,000 take some minutes.
HISTORIES = int(os.environ.get("CLOCK_HISTORIES", "250"))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAYTIME = (Opening(8 * 60, 18 * 60),)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = Hours(
    zone="Europe/Amsterdam",
    weekly=(DAYTIME,) * 5 + ((),) * 2,
    closures=(Closure(date(2026, 12, 25), "Christmas Day"),),
)
NIGHT = Hours(zone="Europe/Amsterdam", weekly=((Opening(0, 6 * 60),),) * 7)


def wall(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("hours", "start", "span", "due"),
    [
        # Within a day, over a night, over a weekend, over a holiday and the weekend after it.
        (OFFICE, wall(2026, 11, 17, 9), 4 * HOUR, wall(2026, 11, 17, 13)),
        (OFFICE, wall(2026, 11, 16, 16, 20), 4 * HOUR, wall(2026, 11, 17, 10, 20)),
        (OFFICE, wall(2026, 11, 20, 17), 2 * HOUR, wall(2026, 11, 23, 9)),
        (OFFICE, wall(2026, 12, 24, 17), 2 * HOUR, wall(2026, 12, 28, 9)),
        # Used up as it closes is due as it closes; a microsecond more is due the next day.
        (OFFICE, wall(2026, 11, 17, 14), 4 * HOUR, wall(2026, 11, 17, 18)),
        (
            OFFICE,
            wall(2026, 11, 17, 14),
            4 * HOUR + timedelta(microseconds=1),
            wall(2026, 11, 18, 8) + timedelta(microseconds=1),
        ),
        # What begins while it is closed counts from when it opens.
        (OFFICE, wall(2026, 11, 17, 3), HOUR, wall(2026, 11, 17, 9)),
        (OFFICE, wall(2026, 11, 14, 12), HOUR, wall(2026, 11, 16, 9)),
        # Nothing to wait for is due at once, whatever the hours.
        (OFFICE, wall(2026, 11, 14, 12), 0 * HOUR, wall(2026, 11, 14, 12)),
        # The night the clocks go back has seven hours from 0 to 6, the one they go forward five.
        (NIGHT, wall(2026, 10, 25), 7 * HOUR, wall(2026, 10, 25, 6)),
        (NIGHT, wall(2026, 3, 29), 5 * HOUR, wall(2026, 3, 29, 6)),
        # Around the clock, an hour is an hour.
        (None, wall(2026, 10, 24, 22), 24 * HOUR, wall(2026, 10, 25, 21)),
    ],
)
def test_due_by_hand(hours: Hours | None, start: datetime, span: timedelta, due: datetime) -> None:
    assert business_time.after(hours, start, span) == due
    assert business_time.worked(hours, start, due) == span


def test_any_history_is_as_counted_minute_by_minute() -> None:
    for seed in range(HISTORIES):
        chance = random.Random(seed)
        start = minutes.some_start(chance)
        hours = minutes.some_hours(chance, start.date()) if chance.random() < 0.9 else None
        pauses = minutes.some_pauses(chance, start)
        target = chance.choice((1, 30, 59, 240, 601, 1440, 2000))

        due = business_time.after(hours, start, target * MINUTE, pauses)
        assert due == minutes.due(hours, start, target, pauses), (seed, hours)
        end = start + chance.randint(0, 3000) * MINUTE
        worked = business_time.worked(hours, start, end, pauses)
        assert worked == minutes.worked(hours, start, end, pauses) * MINUTE, (seed, hours)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (wall(2026, 11, 17, 9), wall(2026, 11, 17, 9)),
        (wall(2026, 11, 17, 8), wall(2026, 11, 17, 8)),
        (wall(2026, 11, 17, 18), wall(2026, 11, 18, 8)),
        (wall(2026, 12, 24, 18), wall(2026, 12, 28, 8)),
    ],
)
def test_when_it_is_open_next(at: datetime, opens: datetime) -> None:
    assert business_time.opens(OFFICE, at) == opens


def test_around_the_clock_is_always_open() -> None:
    assert business_time.opens(None, wall(2026, 11, 15, 3)) == wall(2026, 11, 15, 3)


def test_a_place_that_never_opens_says_so() -> None:
    shut = Hours(zone="UTC", weekly=((),) * 7)
    with pytest.raises(NeverOpen):
        business_time.after(shut, wall(2026, 11, 17), HOUR)
    with pytest.raises(NeverOpen):
        business_time.opens(shut, wall(2026, 11, 17))
    assert business_time.worked(shut, wall(2026, 1, 1), wall(2028, 1, 1)) == timedelta()


def test_results_are_in_utc() -> None:
    found = [
        business_time.after(OFFICE, wall(2026, 11, 14), HOUR),
        business_time.after(None, wall(2026, 11, 14), timedelta()),
        business_time.opens(OFFICE, wall(2026, 11, 14)),
    ]
    assert [t.tzinfo for t in found] == [UTC, UTC, UTC]


def test_what_is_cut_out_twice_is_cut_out_once() -> None:
    start = wall(2026, 11, 17, 9)
    pauses = [(start + HOUR, start + 3 * HOUR), (start + 2 * HOUR, start + 4 * HOUR)]
    assert business_time.worked(OFFICE, start, start + 5 * HOUR, pauses) == 2 * HOUR
    assert business_time.after(OFFICE, start, 2 * HOUR, pauses) == start + 5 * HOUR
