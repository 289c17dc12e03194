"""Rosters: who is on duty at a site at an instant, who is away, and when nobody is on duty.

Without a roster, everybody who is not away counts as on duty: a site need not keep one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from exceptions import business_time, calendars, duty
from exceptions.business_time import DAY, Stretch
from exceptions.duty import Pattern, Span, Worker
from exceptions.models import Absence, Membership, Shift, Site, Team, User
from exceptions.vocabulary import WORKING_ROLES


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away until then. `deputy` acts for them at the site now: one who works there and
    is not away, the deputy's own deputy included; None when nobody does.
    """

    until: datetime
    deputy: User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """How the people that one asked for stand at an instant.

    `has_roster`: whether the site (for the team) has a roster on that day. `working` are those
    with a shift that covers the instant, `absences` those who are away, both by the person's id.
    """

    has_roster: bool
    working: frozenset[int]
    absences: Mapping[int, Away]

    def away(self, person: User) -> Away | None:
        return self.absences.get(person.pk)

    def on_duty(self, person: User) -> bool:
        """Not away and, where there is a roster, on a shift."""
        return person.pk not in self.absences and (not self.has_roster or person.pk in self.working)


def present(people: QuerySet[User], site: Site, at: datetime, team: Team | None = None) -> Presence:
    """Who of `people` is on duty at the site, for the team if one is named, and who is away.

    A handful of statements, however many the people; those of the queryset are fetched.
    """
    asked = frozenset(person.pk for person in people)
    wall = at.astimezone(ZoneInfo(site.time_zone))
    span = span_of(site, team)
    return Presence(
        has_roster=span is not None and span.on(wall.date()),
        working=frozenset(
            shift.person_id
            for shift in shifts_between(site, at, at, team).filter(person__in=asked)
            if duty.covers(pattern_of(shift), wall)
        ),
        absences=_away(asked, site, at),
    )


def gaps(site: Site, team: Team | None, from_: datetime, until: datetime) -> list[Stretch]:
    """When the site is at work and nobody of the team (without one: nobody at all) is on duty."""
    hours = calendars.hours_of(calendars.of_site(site))
    return duty.gaps(
        business_time.open_stretches(hours, from_),
        list(workers_between(site, team, from_, until).values()),
        span_of(site, team),
        site.time_zone,
        from_,
        until,
    )


def workers_between(
    site: Site, team: Team | None, from_: datetime, until: datetime
) -> dict[int, Worker]:
    """The people of the team at the site by id, with their shifts and absences in that time."""
    people = set(workers(site, team).values_list("pk", flat=True))
    patterns = patterns_between(site, from_, until, team)
    away = absences_between(people, from_, until)
    return {pk: Worker(patterns=patterns.get(pk, ()), away=away.get(pk, ())) for pk in people}


def patterns_between(
    site: Site, from_: datetime, until: datetime, team: Team | None = None
) -> dict[int, tuple[Pattern, ...]]:
    """The shifts that may cover some of that time, by the ids of their people."""
    found: defaultdict[int, list[Pattern]] = defaultdict(list)
    for shift in shifts_between(site, from_, until, team):
        found[shift.person_id].append(pattern_of(shift))
    return {pk: tuple(patterns) for pk, patterns in found.items()}


def absences_between(
    people: Iterable[int], from_: datetime, until: datetime
) -> dict[int, tuple[Stretch, ...]]:
    """When each of the people is away in that time."""
    return {pk: tuple(_times(rows)) for pk, rows in _absences(people, from_, until).items()}


def workers(site: Site, team: Team | None = None) -> QuerySet[User]:
    """Active people who work on cases at the site, in the team if one is named."""
    works = Membership.objects.filter(
        Q(site=site) | Q(site=None), user=OuterRef("pk"), role__in=WORKING_ROLES
    )
    if team is not None:
        works = works.filter(team=team)
    return User.objects.filter(Exists(works), is_active=True)


def span_of(site: Site, team: Team | None = None) -> Span | None:
    """The days on which the site (for the team) has a roster; None when it has none.

    A shift without a team makes a roster for the teams that its person works in.
    """
    shifts = Shift.objects.filter(site=site)
    if team is not None:
        theirs = Q(team=None, person__in=workers(site, team).values("pk"))
        shifts = shifts.filter(Q(team=team) | theirs)
    found = shifts.aggregate(
        first=Min("first_day"),
        last=Max("last_day"),
        endless=Count("pk", filter=Q(last_day=None)),
    )
    if found["first"] is None:
        return None
    return Span(first=found["first"], last=None if found["endless"] else found["last"])


def shifts_between(
    site: Site, from_: datetime, until: datetime, team: Team | None = None
) -> QuerySet[Shift]:
    """Shifts at the site that may cover some of that time: for the team, or for any."""
    place = ZoneInfo(site.time_zone)
    first, last = from_.astimezone(place).date() - DAY, until.astimezone(place).date() + DAY
    not_over = Q(last_day=None) | Q(last_day__gte=first)
    found = Shift.objects.filter(not_over, site=site, first_day__lte=last)
    return found if team is None else found.filter(Q(team=team) | Q(team=None))


def pattern_of(shift: Shift) -> Pattern:
    return Pattern(
        weekdays=frozenset(shift.weekdays),
        start=_minute(shift.starts),
        end=_minute(shift.ends),
        first=shift.first_day,
        last=shift.last_day,
    )


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _absences(
    people: Iterable[int], from_: datetime, until: datetime | None = None
) -> defaultdict[int, list[Absence]]:
    """Those of each person that reach into that time; without `until`, all to come as well."""
    rows = Absence.objects.filter(person__in=list(people), ends_at__gt=from_)
    if until is not None:
        rows = rows.filter(starts_at__lt=until)
    found: defaultdict[int, list[Absence]] = defaultdict(list)
    for row in rows.select_related("deputy").order_by("starts_at", "pk"):
        found[row.person_id].append(row)
    return found


def _times(absences: Iterable[Absence]) -> list[Stretch]:
    return [(row.starts_at, row.ends_at) for row in absences]


def _away(asked: Iterable[int], site: Site, at: datetime) -> dict[int, Away]:
    here = {person.pk: person for person in workers(site)}
    absences = _absences({*asked, *here}, at)
    until = {pk: duty.until_when(_times(rows), at) for pk, rows in absences.items()}
    named = {
        pk: row.deputy_id
        for pk, rows in absences.items()
        for row in reversed(rows)  # of several at once, the one that began first
        if row.deputy_id and row.starts_at <= at
    }
    return {
        pk: Away(until=back, deputy=here.get(_stands_in(pk, named, until, here)))
        for pk in asked
        if (back := until.get(pk)) is not None
    }


def _stands_in(
    person: int,
    named: Mapping[int, int],
    until: Mapping[int, datetime | None],
    here: Mapping[int, User],
) -> int:
    """Along the deputies, to the first who works here and is not away; 0 when there is none."""
    seen = {person}
    deputy = named.get(person, 0)
    while deputy and deputy not in seen:
        if until.get(deputy) is None:
            return deputy if deputy in here else 0
        seen.add(deputy)
        deputy = named.get(deputy, 0)
    return 0
