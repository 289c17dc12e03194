"""Quarters of an hour of the days of sites: in which of them a place was at work.

Quarter 0 of a day begins at midnight by the site's wall clock, quarter 95 at 23:45. One is worked
when the place is open as it begins.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from exceptions import calendars
from exceptions.business_time import Hours, Opening
from exceptions.models import CalendarVersion, Site
from exceptions.queries.scope import Scope

A_DAY = 96
MINUTES = 15


@dataclass(frozen=True, slots=True)
class Quarters:
    """Of one day of a site: from the first until just before the last."""

    site: int
    day: date
    start: int
    end: int


def worked(scope: Scope) -> list[Quarters]:
    """The working hours of the scope's sites, by the calendar that each had on the day. A site
    without a calendar works around the clock.
    """
    found: list[Quarters] = []
    for site, versions in _calendars(scope.sites):
        for day in scope.days:
            hours = _on(versions, day, site)
            found += [Quarters(site.pk, day, a, b) for a, b in _stretches(hours, day)]
    return found


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Of one site: its openings by the calendar in force as the day began. None on a day off; all
    of the day where the site has no calendar.
    """

    site: Site
    day: date
    openings: tuple[Opening, ...]


def working_days(sites: Iterable[int], days: Sequence[date]) -> Iterator[WorkingDay]:
    for site, versions in _calendars(sites):
        for day in days:
            hours = _on(versions, day, site)
            yield WorkingDay(site, day, _openings(hours, day))


def parameters(found: Iterable[Quarters]) -> dict[str, Any]:
    """As the statements take them."""
    rows = list(found)
    return {
        "at_sites": [str(row.site) for row in rows],
        "on_days": [row.day for row in rows],
        "from_quarters": [row.start for row in rows],
        "to_quarters": [row.end for row in rows],
    }


def _calendars(ids: Iterable[int]) -> Iterator[tuple[Site, list[CalendarVersion]]]:
    """Each site with the versions of its calendar, the first one first."""
    sites = list(Site.objects.filter(pk__in=ids).order_by("pk"))
    versions: defaultdict[int, list[CalendarVersion]] = defaultdict(list)
    of_sites = CalendarVersion.objects.filter(calendar__in=[s.calendar_id for s in sites])
    for version in of_sites.order_by("number"):
        versions[version.calendar_id].append(version)
    for site in sites:
        yield site, versions[site.calendar_id or 0]


def _on(versions: list[CalendarVersion], day: date, site: Site) -> Hours | None:
    """What was in force when the day began; of the days before the first version, the first."""
    place = ZoneInfo(site.time_zone)
    known = [v for v in versions if v.at.astimezone(place).date() < day] or versions[:1]
    return calendars.hours_of(known[-1]) if known else None


def _stretches(hours: Hours | None, day: date) -> list[tuple[int, int]]:
    if hours is None:
        return [(0, A_DAY)]
    return [] if _closed(hours, day) else _open(hours.weekly[day.weekday()])


def _openings(hours: Hours | None, day: date) -> tuple[Opening, ...]:
    if hours is None:
        return (Opening(0, A_DAY * MINUTES),)
    return () if _closed(hours, day) else hours.weekly[day.weekday()]


def _closed(hours: Hours, day: date) -> bool:
    return any(closure.day == day for closure in hours.closures)


@lru_cache(maxsize=256)
def _open(openings: tuple[Opening, ...]) -> list[tuple[int, int]]:
    """Runs of quarters that begin within the openings."""
    within = [any(o.start <= q * MINUTES < o.end for o in openings) for q in range(A_DAY)]
    runs = [list(run) for is_open, run in groupby(range(A_DAY), within.__getitem__) if is_open]
    return [(run[0], run[-1] + 1) for run in runs]
