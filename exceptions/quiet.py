"""Quiet hours and digest times: instants from times of the day in somebody's zone. Pure.

A time of the day may not exist, or come twice, when the clocks are changed. Quiet is what the clock
on the wall says is quiet: hours that come twice are quiet twice, those left out end at the jump.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def is_quiet(since: time | None, until: time | None, zone: ZoneInfo, at: datetime) -> bool:
    """Whether `at` lies in the quiet hours, which may go over midnight. Equal ends are none."""
    if since is None or until is None or since == until:
        return False
    now = at.astimezone(zone).time()
    if since < until:
        return since <= now < until
    return now >= since or now < until


def quiet_until(
    since: time | None, until: time | None, zone: ZoneInfo, at: datetime
) -> datetime | None:
    """When the quiet hours in which `at` lies end; None outside of them."""
    if until is None or not is_quiet(since, until, zone, at):
        return None
    today = at.astimezone(zone).date()
    ends = (_readings(datetime.combine(today + n * DAY, until), zone) for n in (0, 1))
    first, last = next(pair for pair in ends if pair[1] > at)
    end = max(first, at)
    while end < last and is_quiet(since, until, zone, end):
        end = min(end.replace(second=0, microsecond=0) + MINUTE, last)
    return end


def latest(of_day: time, zone: ZoneInfo, at: datetime) -> datetime:
    """The latest instant up to `at` at which the wall clock of the zone came to `of_day`."""
    today = at.astimezone(zone).date()
    days = (datetime.combine(today - n * DAY, of_day) for n in (0, 1, 2))
    return next(first for first in (_once(day, zone) for day in days) if first <= at)


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both instants that a reading of the wall clock may mean, the earlier first."""
    first, last = sorted(wall.replace(tzinfo=zone, fold=f).astimezone(UTC) for f in (0, 1))
    return first, last


def _once(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first of two; where the reading is left out, as long after the jump as it is late."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
