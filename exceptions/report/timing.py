"""When a subscriber's report is due, and which period it is about. Pure.

Days and hours are those of the wall clock in the subscriber's zone. Where the clocks are put
forward over the hour, it is sent as long after the jump as the hour is late; where an hour comes
twice, it is sent at the first. A day that a month does not have is its last.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exceptions.report import period
from exceptions.report.period import Period
from exceptions.vocabulary import Cadence

DAY = timedelta(days=1)


def next_due(every: Cadence, day: int, hour: time, zone: ZoneInfo, after: datetime) -> datetime:
    """The first instant later than `after`. `day` is 1 (Monday) to 7, or 1 to 31 of the month."""
    today = after.astimezone(zone).date()
    days = _weekdays(today, day) if every == Cadence.WEEKLY else _days_of_months(today, day)
    instants = (_instant(each, hour, zone) for each in days)
    return next(instant for instant in instants if instant > after)


def about(every: Cadence, at: datetime, zone: ZoneInfo) -> Period:
    """The seven days before the one in which `at` lies, or the month before."""
    today = at.astimezone(zone).date()
    found = period.named("week" if every == Cadence.WEEKLY else "last-month", today)
    assert found is not None
    return found


def _weekdays(today: date, weekday: int) -> Iterator[date]:
    first = today + (weekday - today.isoweekday()) % 7 * DAY
    return (first + n * 7 * DAY for n in range(3))


def _days_of_months(today: date, day: int) -> Iterator[date]:
    first = today.replace(day=1)
    for _month in range(3):
        last = monthrange(first.year, first.month)[1]
        yield first.replace(day=min(day, last))
        first += last * DAY


def _instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
