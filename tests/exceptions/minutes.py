"""Business time as a child would count it: minute by minute, by what the wall clock shows.

Shares nothing with the engine but the words for hours and pauses. All instants on whole minutes.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from exceptions.business_time import Closure, Hours, Opening

MINUTE = timedelta(minutes=1)
Pauses = Sequence[tuple[datetime, datetime]]

# Half an hour of summer time, changes at midnight, a skipped day, odd offsets, and plain ones.
ZONES = (
    *("Europe/Amsterdam", "America/Chicago", "Australia/Lord_Howe", "America/Havana", "UTC"),
    *("Asia/Beirut", "Pacific/Apia", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca"),
)
# Days on which clocks change in some of these zones, so that chance does not have to find them.
CHANGES = (
    *(date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1)),
    *(date(2026, 4, 5), date(2026, 10, 4), date(2018, 11, 4), date(2019, 2, 17)),
    *(date(2011, 12, 30), date(2020, 3, 29), date(2020, 10, 25), date(2026, 2, 15)),
)


def is_open(hours: Hours | None, at: datetime) -> bool:
    if hours is None:
        return True
    wall = at.astimezone(ZoneInfo(hours.zone))
    if any(closure.day == wall.date() for closure in hours.closures):
        return False
    minute = wall.hour * 60 + wall.minute
    return any(o.start <= minute < o.end for o in hours.weekly[wall.weekday()])


def counted(hours: Hours | None, start: datetime, pauses: Pauses = ()) -> Iterator[datetime]:
    """The beginning of each minute that counts, from `start` on."""
    at = start
    while True:
        paused = any(begins <= at < ends for begins, ends in pauses)
        if not paused and is_open(hours, at):
            yield at
        at += MINUTE


def due(hours: Hours | None, start: datetime, target: int, pauses: Pauses = ()) -> datetime:
    """The end of the minute with which `target` minutes are used up."""
    for number, at in enumerate(counted(hours, start, pauses), start=1):
        if number == target:
            return at + MINUTE
    raise AssertionError


def worked(hours: Hours | None, start: datetime, end: datetime, pauses: Pauses = ()) -> int:
    minutes = int((end - start) / MINUTE)
    return sum(
        is_open(hours, at) and not any(a <= at < b for a, b in pauses)
        for at in (start + i * MINUTE for i in range(minutes))
    )


def some_hours(chance: random.Random, around: date) -> Hours:
    """Hours such that a week has some: shifts, lunch breaks, nights through, odd minutes."""
    weekly = [_some_openings(chance) for _ in range(7)]
    weekly[chance.randrange(5)] = (Opening(480, 1020),)
    days = sorted(
        {around + timedelta(days=chance.randint(-3, 12)) for _ in range(chance.choice((0, 1, 3)))}
    )
    return Hours(
        zone=chance.choice(ZONES),
        weekly=tuple(weekly),
        closures=tuple(Closure(day, "closed") for day in days),
    )


def _some_openings(chance: random.Random) -> tuple[Opening, ...]:
    return chance.choice(
        (
            (),
            (Opening(0, 1440),),
            (Opening(480, 1020),),
            (Opening(450, 720), Opening(757, 1111)),
            (Opening(0, 150), Opening(1320, 1440)),
            (Opening(125, 1435),),
            (Opening(30, 90),),
        )
    )


def some_start(chance: random.Random) -> datetime:
    """Often within a day and a half of a change of the clocks."""
    day = chance.choice(CHANGES) if chance.random() < 0.7 else date(2026, 11, 17)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + timedelta(minutes=chance.randint(-2160, 720))


def some_pauses(chance: random.Random, start: datetime) -> list[tuple[datetime, datetime]]:
    """In order and apart, as one after the other is begun and ended."""
    pauses, at = [], start
    for _ in range(chance.choice((0, 0, 1, 2, 4))):
        begins = at + timedelta(minutes=chance.randint(0, 900))
        at = begins + timedelta(minutes=chance.choice((1, 17, 240, 1500, 2900)))
        pauses.append((begins, at))
    return pauses
