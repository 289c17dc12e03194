"""Person-hours: how much time people were on duty by the rosters of their sites.

By the wall clock of each site, in the hours of its day; who is away is not on duty. Only days count
on which a site keeps a roster, from its first shift to its last, and only time that has passed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from exceptions import duty, rosters
from exceptions.business_time import DAY, Stretch, without
from exceptions.duty import MIDNIGHT, Pattern, Span
from exceptions.models import Membership, Shift, Site
from exceptions.queries.quarters import A_DAY, Quarters
from exceptions.queries.scope import FARTHEST_ZONE, Scope
from exceptions.vocabulary import WORKING_ROLES

HOUR = timedelta(hours=1)
HOURS = 24


@dataclass(frozen=True, slots=True)
class Roster:
    """The shifts of one site that the scope asks about; never without any."""

    site: Site
    shifts: tuple[Shift, ...]

    @property
    def span(self) -> Span:
        lasts = [shift.last_day for shift in self.shifts if shift.last_day]
        endless = len(lasts) < len(self.shifts)
        first = min(shift.first_day for shift in self.shifts)
        return Span(first=first, last=None if endless else max(lasts))


def rostered(scope: Scope) -> list[Quarters]:
    """The days of the range, whole, on which a site (for the teams asked about) has a roster."""
    return [
        Quarters(roster.site.pk, day, 0, A_DAY)
        for roster in _rosters(scope)
        for day in scope.days
        if roster.span.on(day)
    ]


def by_hour(scope: Scope) -> list[float]:
    """Person-hours on duty in the range, in each of the 24 hours of the day."""
    found = _rosters(scope)
    people = {shift.person_id for roster in found for shift in roster.shifts}
    away = rosters.absences_between(people, *_bounds(scope))
    minutes = [0.0] * HOURS
    for roster in found:
        for stretch in _on_duty(roster, away, scope):
            for hour, part in by_hour_of_day(stretch):
                minutes[hour] += part
    return [part / 60 for part in minutes]


def _bounds(scope: Scope) -> tuple[datetime, datetime]:
    """Instants around every local day of the range."""
    first, last = (datetime.combine(d, time.min, UTC) for d in (scope.first_day, scope.last_day))
    return first - FARTHEST_ZONE, last + DAY + FARTHEST_ZONE


def by_hour_of_day(stretch: Stretch) -> Iterator[tuple[int, float]]:
    """The minutes of a stretch in each hour that it touches, by the clock that it is told by."""
    a, end = stretch
    while a < end:
        b = min(a.replace(minute=0, second=0, microsecond=0) + HOUR, end)
        yield a.hour, (b - a).total_seconds() / 60
        a = b


def _rosters(scope: Scope) -> list[Roster]:
    shifts = Shift.objects.filter(site__in=scope.sites, person__is_active=True)
    if scope.teams:
        works = Membership.objects.filter(team__in=scope.teams, role__in=WORKING_ROLES)
        theirs = Q(team=None, person__in=works.values("user"))
        shifts = shifts.filter(Q(team__in=scope.teams) | theirs)
    found: defaultdict[int, list[Shift]] = defaultdict(list)
    for shift in shifts.select_related("site").order_by("site_id", "pk"):
        found[shift.site_id].append(shift)
    return [Roster(each[0].site, tuple(each)) for each in found.values()]


def _on_duty(
    roster: Roster, away: Mapping[int, tuple[Stretch, ...]], scope: Scope
) -> Iterator[Stretch]:
    """When each of its people was on duty, by the site's wall clock (naive)."""
    place = ZoneInfo(roster.site.time_zone)
    start, last = _midnight(scope.first_day), _midnight(scope.last_day + DAY)
    end = min(last, _wall(scope.at, place))
    patterns: defaultdict[int, list[Pattern]] = defaultdict(list)
    for shift in roster.shifts:
        patterns[shift.person_id].append(rosters.pattern_of(shift))
    for person, theirs in patterns.items():
        absent = [(_wall(a, place), _wall(b, place)) for a, b in away.get(person, ())]
        worked = duty.joined(
            (max(a, start), min(b, end))
            for pattern in theirs
            for a, b in _shifts(pattern, scope.first_day - DAY, scope.last_day)
            if max(a, start) < min(b, end)
        )
        yield from without(worked, absent)


def _shifts(pattern: Pattern, first: date, last: date) -> Iterator[Stretch]:
    """Those that begin from the first day to the last."""
    day, length = first, pattern.end - pattern.start + (MIDNIGHT if pattern.overnight else 0)
    while day <= last:
        if pattern.on(day):
            begins = _midnight(day) + timedelta(minutes=pattern.start)
            yield begins, begins + timedelta(minutes=length)
        day += DAY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)  # by the wall clock


def _wall(at: datetime, place: ZoneInfo) -> datetime:
    return at.astimezone(place).replace(tzinfo=None)
