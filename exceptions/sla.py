"""Deadlines. Pure. Time here is plain elapsed time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def due(started_at: datetime, target_minutes: int) -> datetime:
    """The instant by which something that started at `started_at` is to be done."""
    return started_at + timedelta(minutes=target_minutes)


def explain(started_at: datetime, target_minutes: int, zone: ZoneInfo) -> str:
    """Why a clock is due when it is: `Due Tue 17 Nov 14:20 CET: 4 h from Tue 17 Nov 10:20.`"""
    start, end = (t.astimezone(zone) for t in (started_at, due(started_at, target_minutes)))
    return (
        f"Due {end:%a %-d %b %H:%M} {end.tzname()}: "
        f"{duration(target_minutes)} from {start:%a %-d %b %H:%M}."
    )


def duration(minutes: float) -> str:
    """A span in the two units that matter: `50 min`, `1 h 12`, `2 d 4 h`."""
    whole = int(abs(minutes))
    days, hours, rest = whole // 1440, whole % 1440 // 60, whole % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    return f"{rest} min"
