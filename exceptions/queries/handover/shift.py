"""The shift that a hand-over sheet is about, and a line of it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from exceptions import duty, rosters
from exceptions.models import Case, Site, Team

USUAL = timedelta(hours=8)  # where no roster says when the shift began
LONGEST = timedelta(hours=24)
NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """From `since` until `at`, and what is ahead until `until`. `cases` are those that the reader
    may see, of the site, and of the team if one is named.
    """

    cases: QuerySet[Case]
    since: datetime
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case, what there is to say of it, and the instant at which it was or will be so."""

    case: Case
    at: datetime
    says: str
    who: str = ""


def begun(site: Site, team: Team | None, at: datetime) -> datetime:
    """When the running shift began by the site's roster: of several, the one that began last."""
    wall = at.astimezone(ZoneInfo(site.time_zone))
    patterns = map(rosters.pattern_of, rosters.shifts_between(site, at - LONGEST, at, team))
    running = [pattern for pattern in set(patterns) if duty.covers(pattern, wall)]
    starts = [duty.stretches([pattern], site.time_zone, at - LONGEST, at) for pattern in running]
    return max((found[-1][0] for found in starts if found), default=at - USUAL)


def noon_after(site: Site, at: datetime) -> datetime:
    """The next noon at the site."""
    place = ZoneInfo(site.time_zone)
    wall = at.astimezone(place)
    day = wall.date() if wall.time() < NOON else wall.date() + timedelta(days=1)
    return datetime.combine(day, NOON, place)
