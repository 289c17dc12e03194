"""When a report is due, across changes of clocks and ends of months; and what it is about."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from exceptions.report.period import Period
from exceptions.report.timing import about, next_due
from exceptions.vocabulary import Cadence

AMSTERDAM, CHICAGO = ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/Chicago")
WEEKLY, MONTHLY = Cadence.WEEKLY, Cadence.MONTHLY


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day, ...


@pytest.mark.parametrize(
    ("day", "hour", "zone", "after", "due"),
    [
        # Thursday 19 November: the Monday that comes, at 07:00 of winter
        (1, time(7), AMSTERDAM, utc(2026, 11, 19, 12), utc(2026, 11, 23, 6)),
        # on the day itself: before, at, and after the hour
        (4, time(7), AMSTERDAM, utc(2026, 11, 19, 5, 59), utc(2026, 11, 19, 6)),
        (4, time(7), AMSTERDAM, utc(2026, 11, 19, 6), utc(2026, 11, 26, 6)),
        # it is Sunday in Chicago while it is Monday in UTC
        (7, time(21), CHICAGO, utc(2026, 11, 16, 2), utc(2026, 11, 16, 3)),
        # 02:30 is left out on 29 March 2026, and comes twice on 25 October
        (7, time(2, 30), AMSTERDAM, utc(2026, 3, 28), utc(2026, 3, 29, 1, 30)),
        (7, time(2, 30), AMSTERDAM, utc(2026, 10, 24), utc(2026, 10, 25, 0, 30)),
        (7, time(2, 30), AMSTERDAM, utc(2026, 10, 25, 0, 30), utc(2026, 11, 1, 1, 30)),
    ],
)
def test_a_week_goes_from_weekday_to_weekday(
    day: int, hour: time, zone: ZoneInfo, after: datetime, due: datetime
) -> None:
    assert next_due(WEEKLY, day, hour, zone, after) == due


@pytest.mark.parametrize(
    ("day", "after", "due"),
    [
        (1, utc(2026, 11, 19), utc(2026, 12, 1, 6)),
        (31, utc(2026, 11, 19), utc(2026, 11, 30, 6)),
        (31, utc(2026, 11, 30, 6), utc(2026, 12, 31, 6)),
        (30, utc(2027, 1, 31), utc(2027, 2, 28, 6)),
        (29, utc(2028, 2, 1), utc(2028, 2, 29, 6)),
        (31, utc(2026, 12, 31, 6), utc(2027, 1, 31, 6)),
        (15, utc(2026, 5, 1), utc(2026, 5, 15, 5)),  # summer
    ],
)
def test_a_month_that_lacks_the_day_has_its_last(day: int, after: datetime, due: datetime) -> None:
    assert next_due(MONTHLY, day, time(7), AMSTERDAM, after) == due


def test_a_year_of_weeks_has_each_once() -> None:
    """52 Mondays of 2026, each at 07:00 on the wall."""
    at, found = utc(2025, 12, 31, 12), []
    while (at := next_due(WEEKLY, 1, time(7), AMSTERDAM, at)).year == 2026:
        found.append(at.astimezone(AMSTERDAM))

    assert [(d.isoweekday(), d.hour, d.minute) for d in found] == [(1, 7, 0)] * 52
    assert len({d.date() for d in found}) == 52


def test_what_it_is_about_goes_by_the_day_of_its_reader() -> None:
    """At 23:30 UTC on 30 November it is 1 December in Amsterdam, not in Chicago."""
    at = utc(2026, 11, 30, 23, 30)
    november, october = (
        Period(date(2026, 11, 1), date(2026, 11, 30)),
        Period(date(2026, 10, 1), date(2026, 10, 31)),
    )
    assert about(MONTHLY, at, AMSTERDAM) == november
    assert about(MONTHLY, at, CHICAGO) == october
    assert about(WEEKLY, at, CHICAGO) == Period(date(2026, 11, 23), date(2026, 11, 29))
