"""Deadlines. Pure. Time here is plain elapsed time."""

import re
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


def exact(minutes: int) -> str:
    """A span with nothing left out, as `minutes_of` reads it: `2 d 4 h 30 min`, `0 min`."""
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (rest, "min")) if n]
    return " ".join(parts) or "0 min"


SPAN = re.compile(
    r"(?:(?P<days>\d+)\s*d)?\s*(?:(?P<hours>\d+)\s*h)?\s*(?:(?P<minutes>\d+)\s*(?:min|m)?)?",
    re.IGNORECASE,
)


def minutes_of(text: str) -> int | None:
    """The minutes of a span as `exact` writes it, or as people do: `90`, `1 h 30`, `2d4h`.

    None for what is no span.
    """
    found = SPAN.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes = (int(part or 0) for part in found.group("days", "hours", "minutes"))
    return days * 1440 + hours * 60 + minutes
