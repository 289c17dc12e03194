"""Deadlines, and the sentences that explain them. Pure.

Without hours, time is counted around the clock.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from exceptions import business_time
from exceptions.business_time import Hours, Stretch

SHOWN = 3  # stretches of open time that a sentence tells one by one; of more, the first and last
NAMED = 3  # closures that it names
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Break:
    """While a clock stood still, and what for: `waiting for Kempten Bearings`."""

    start: datetime
    end: datetime
    why: str


def waiting(counterparty: str) -> str:
    """What a clock stood still for."""
    return f"waiting for {counterparty}"


def due(
    started_at: datetime,
    target_minutes: int,
    hours: Hours | None = None,
    breaks: Sequence[Break] = (),
) -> datetime:
    """The instant by which something that started at `started_at` is to be done."""
    pauses = _stretches(breaks)
    return business_time.after(hours, started_at, target_minutes * MINUTE, pauses)


def _stretches(breaks: Sequence[Break]) -> list[Stretch]:
    return [(b.start, b.end) for b in breaks]


def explain(
    started_at: datetime,
    target_minutes: int,
    zone: ZoneInfo,
    hours: Hours | None = None,
    breaks: Sequence[Break] = (),
) -> str:
    """Why a clock is due when it is, in numbers that add up.

    `Due Tue 17 Nov 10:20 CET: 4 h of business time from Mon 16 Nov 16:20; Mon 16 Nov closes 18:00,
    Tue 17 Nov opens 08:00.` The zone is that of the hours; without hours it is `zone`.
    """
    place = ZoneInfo(hours.zone) if hours else zone
    end = due(started_at, target_minutes, hours, breaks)
    local = end.astimezone(place)
    of = " of business time" if hours else ""
    said = (
        f"Due {_day(local)} {local:%H:%M} {local.tzname()}: "
        f"{in_hours(target_minutes) if hours else duration(target_minutes)}{of} "
        f"from {_day(started_at.astimezone(place))} {started_at.astimezone(place):%H:%M}"
    )
    why = [*(_openings(hours, started_at, end) if hours else ()), *_paused(hours, breaks)]
    return f"{said}; {', '.join(why)}." if why else f"{said}."


def _openings(hours: Hours, start: datetime, end: datetime) -> Iterator[str]:
    """What the hours did between the two: closes, opens, and what was closed and why."""
    stretches = _joined(takewhile(lambda s: s[0] < end, business_time.open_stretches(hours, start)))
    place = ZoneInfo(hours.zone)
    if len(stretches) > SHOWN:
        first, *middle, last = stretches
        yield from _toggles([first], start, place, closes=True)
        spent = sum(((b - a) for a, b in middle), timedelta())
        yield f"then {in_hours(int(spent / MINUTE))} in {len(middle)} openings"
        yield from _closed(hours, start, end)
        yield f"{_day(last[0].astimezone(place))} opens {last[0].astimezone(place):%H:%M}"
        return
    yield from _toggles(stretches, start, place)
    yield from _closed(hours, start, end)


def _joined(stretches: Iterator[Stretch]) -> list[Stretch]:
    """Open through midnight is one stretch."""
    joined: list[Stretch] = []
    for a, b in stretches:
        if joined and joined[-1][1] == a:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _toggles(
    stretches: Sequence[Stretch], start: datetime, place: ZoneInfo, *, closes: bool = False
) -> Iterator[str]:
    """`closes`: the last one too; otherwise the clock is due in it."""
    for number, (a, b) in enumerate(stretches, start=1):
        opens, shuts = a.astimezone(place), b.astimezone(place)
        if a > start:
            yield f"{_day(opens)} opens {opens:%H:%M}"
        if closes or number < len(stretches):
            yield f"{_day(shuts)} closes {shuts:%H:%M}"


def _closed(hours: Hours, start: datetime, end: datetime) -> Iterator[str]:
    """The closures in between that fall on a day which otherwise opens."""
    first, last = (t.astimezone(ZoneInfo(hours.zone)).date() for t in (start, end))
    found = [c for c in hours.closures if first <= c.day <= last and hours.weekly[c.day.weekday()]]
    for closure in found[:NAMED]:
        yield f"closed {closure.day:%a} {closure.day.day} {closure.day:%b} ({closure.name})"
    if len(found) > NAMED:
        yield f"closed on {len(found) - NAMED} more days"


def _paused(hours: Hours | None, breaks: Sequence[Break]) -> Iterator[str]:
    for each in breaks:
        minutes = int(business_time.worked(hours, each.start, each.end) / MINUTE)
        if minutes:
            yield f"paused {in_hours(minutes)} {each.why}"


def _day(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}"


def in_hours(minutes: int) -> str:
    """A span of business time, in which a day has no fixed length: `94 h`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{n} {unit}" for n, unit in ((hours, "h"), (rest, "min")) if n]
    return " ".join(parts) or "0 min"


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
    r"(?:(?P<days>\d{1,9})\s*d)?\s*(?:(?P<hours>\d{1,9})\s*h)?\s*(?:(?P<minutes>\d{1,9})\s*(?:min|m)?)?",
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
