"""Quiet hours and digest times against a walk along the wall clock, minute by minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.quiet import is_quiet, latest, quiet_until

ZONES = [ZoneInfo(name) for name in ("Europe/Amsterdam", "America/Chicago", "Asia/Kolkata", "UTC")]
MINUTE = timedelta(minutes=1)
# Around the nights in which Europe and America change their clocks, and one in which nobody does.
DAYS = [
    date(2026, 3, 28),
    date(2026, 10, 24),
    date(2026, 3, 7),
    date(2026, 10, 31),
    date(2026, 6, 1),
]

minutes_of_day = st.integers(0, 1439).map(lambda m: time(m // 60, m % 60))
instants = st.builds(
    lambda day, minute: datetime.combine(day, time(), UTC) + minute * MINUTE,
    st.sampled_from(DAYS),
    st.integers(0, 2 * 1440),
)


def walked(at: datetime) -> Iterator[datetime]:
    for n in range(2 * 1440):
        yield at + n * MINUTE


@given(since=minutes_of_day, until=minutes_of_day, zone=st.sampled_from(ZONES), at=instants)
def test_quiet_hours_end_when_the_wall_clock_says_so(
    since: time, until: time, zone: ZoneInfo, at: datetime
) -> None:
    """The end is the first minute from `at` on that is not quiet."""
    end = quiet_until(since, until, zone, at)
    reference = next(m for m in walked(at) if not is_quiet(since, until, zone, m))

    assert (end or at) == reference


@given(of_day=minutes_of_day, zone=st.sampled_from(ZONES), at=instants)
def test_a_time_of_the_day_comes_once_a_day(of_day: time, zone: ZoneInfo, at: datetime) -> None:
    """Walking through two days, a new instant comes once for each calendar day that has the time,
    and each is the first minute at which the wall clock shows it, or what follows a jump over it.
    """
    seen = {latest(of_day, zone, at + n * 20 * MINUTE) for n in range(145)}

    assert len({instant.astimezone(zone).date() for instant in seen}) == len(seen)
    for instant in seen:
        shown = instant.astimezone(zone).time()
        jumped = (datetime.combine(date(2026, 1, 1), of_day) + timedelta(hours=1)).time()
        assert shown in (of_day, jumped)
    gaps = sorted(seen)
    assert all(timedelta(hours=22) <= b - a <= timedelta(hours=26) for a, b in pairwise(gaps))


@pytest.mark.parametrize(
    ("zone", "since", "until", "at", "end"),
    [
        # Over midnight, on either side of it.
        ("Europe/Amsterdam", "22:00", "07:00", "2026-11-17T21:30Z", "2026-11-18T06:00Z"),
        ("Europe/Amsterdam", "22:00", "07:00", "2026-11-18T02:00Z", "2026-11-18T06:00Z"),
        ("Europe/Amsterdam", "22:00", "07:00", "2026-11-17T12:00Z", None),
        ("Asia/Kolkata", "22:00", "07:00", "2026-11-17T21:30Z", "2026-11-18T01:30Z"),
        # The night is an hour shorter, or longer.
        ("Europe/Amsterdam", "22:00", "07:00", "2026-03-28T22:00Z", "2026-03-29T05:00Z"),
        ("Europe/Amsterdam", "22:00", "07:00", "2026-10-24T22:00Z", "2026-10-25T06:00Z"),
        # It ends at 02:30, which is left out: at the jump. Which comes twice: it is quiet twice.
        ("Europe/Amsterdam", "22:00", "02:30", "2026-03-28T23:00Z", "2026-03-29T01:00Z"),
        ("Europe/Amsterdam", "22:00", "02:30", "2026-10-25T00:00Z", "2026-10-25T00:30Z"),
        ("Europe/Amsterdam", "22:00", "02:30", "2026-10-25T01:10Z", "2026-10-25T01:30Z"),
        # No quiet hours.
        ("Europe/Amsterdam", "07:00", "07:00", "2026-11-17T06:00Z", None),
    ],
)
def test_nights(zone: str, since: str, until: str, at: str, end: str | None) -> None:
    found = quiet_until(
        time.fromisoformat(since),
        time.fromisoformat(until),
        ZoneInfo(zone),
        datetime.fromisoformat(at),
    )
    assert found == (datetime.fromisoformat(end) if end else None)


def test_without_hours_nothing_is_quiet() -> None:
    at = datetime(2026, 11, 17, tzinfo=UTC)
    assert quiet_until(None, None, ZONES[0], at) is None
    assert quiet_until(time(22), None, ZONES[0], at) is None
