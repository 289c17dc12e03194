"""What the page of a roster shows: who is on duty now, the week by person and day, the gaps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import actors, duty, duty_words, rostering, rosters
from exceptions.actors import Actor
from exceptions.business_time import DAY, Stretch
from exceptions.duty import Span, Worker
from exceptions.models import Absence, Membership, Shift, Site, Team, User
from exceptions.queries.case_filter import CaseFilter
from exceptions.rosters import Away, Presence
from exceptions.vocabulary import OPEN_STATES, WORKING_ROLES
from exceptions.web import filters, formats

AHEAD = timedelta(days=14)  # for which gaps are listed
SOON = timedelta(days=8)  # within which the next shift is looked for
MOST_GAPS = 12
TO = duty_words.TO


@dataclass(frozen=True, slots=True)
class Asked:
    """Which roster, and which week of it: `monday` is its first day. No team: everybody there."""

    site: Site
    team: Team | None
    monday: date

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.time_zone)

    @property
    def days(self) -> list[date]:
        return [self.monday + n * DAY for n in range(7)]

    def between(self) -> Stretch:
        """The week, as instants."""
        first, after = (
            datetime.combine(day, time.min, self.zone)
            for day in (self.monday, self.monday + 7 * DAY)
        )
        return first, after

    def query(self, **said: object) -> str:
        """What its address says, with something else in places."""
        values = {
            "site": self.site.pk,
            "team": self.team.pk if self.team else "all",
            "week": self.monday.isoformat(),
        } | said
        return "&".join(f"{name}={value}" for name, value in values.items())


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands now. `until` and `next` may be unknown, or too far off to matter."""

    person: User
    on_duty: bool
    away: Away | None
    until: datetime | None
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One shift or absence in a cell; `may`: whether the reader opens its page."""

    pk: int
    says: str
    may: bool
    of_odoo: bool


@dataclass(frozen=True, slots=True)
class Cell:
    day: date
    shifts: list[Entry]
    away: list[Entry]


@dataclass(frozen=True, slots=True)
class Row:
    person: User
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Listed:
    """An absence that is not over; why, and its page, are only for whom it concerns (`may`)."""

    absence: Absence
    now: bool
    may: bool
    owns: int
    queue: str


def teams_at(site: Site) -> QuerySet[Team]:
    """The teams in which somebody works at the site."""
    here = Membership.objects.filter(
        Q(site=site) | Q(site=None), role__in=WORKING_ROLES, user__is_active=True
    )
    return Team.objects.filter(pk__in=here.values("team")).order_by("name")


def standings(asked: Asked, people: Sequence[User], at: datetime) -> list[Standing]:
    """Those on duty first, then those who are away, then the others."""
    presence = rosters.present(
        User.objects.filter(pk__in=[p.pk for p in people]), asked.site, at, asked.team
    )
    workers = rosters.workers_between(asked.site, asked.team, at, at + SOON)
    span = rosters.span_of(asked.site, asked.team)
    found = [_standing(asked, p, presence, workers.get(p.pk, Worker()), span, at) for p in people]
    return sorted(found, key=lambda s: (not s.on_duty, s.away is None))


def _standing(
    asked: Asked, person: User, presence: Presence, worker: Worker, span: Span | None, at: datetime
) -> Standing:
    found = duty.manned(worker, span, asked.site.time_zone, at, at + SOON)
    on_duty = presence.on_duty(person)
    ends = found[0][1] if found and on_duty else None
    coming = [a for a, _b in found if a > at]
    return Standing(
        person=person,
        on_duty=on_duty,
        away=presence.away(person),
        until=ends if ends and ends < at + SOON else None,
        next=coming[0] if coming and not on_duty else None,
    )


def week(asked: Asked, people: Sequence[User], actor: Actor) -> list[Row]:
    """A row for each of the people, a cell for each day."""
    shifts = _shifts(asked, people, rostering.may_keep(actor, asked.site.pk))
    away = _absences(asked, people, actor)
    return [
        Row(p, [Cell(day, shifts[p.pk, day], away[p.pk, day]) for day in asked.days])
        for p in people
    ]


def _shifts(
    asked: Asked, people: Sequence[User], may: bool
) -> defaultdict[tuple[int, date], list[Entry]]:
    """By person and the day on which the shift begins."""
    found: defaultdict[tuple[int, date], list[Entry]] = defaultdict(list)
    rows = rosters.shifts_between(asked.site, *asked.between(), asked.team)
    for shift in rows.filter(person__in=[p.pk for p in people]):
        pattern = rosters.pattern_of(shift)
        for day in asked.days:
            if pattern.on(day):
                found[shift.person_id, day].append(_entry(shift, may))
    return found


def _entry(shift: Shift, may: bool) -> Entry:
    of_odoo = shift.connection_id is not None
    return Entry(shift.pk, duty_words.hours(shift), may and not of_odoo, of_odoo)


def _absences(
    asked: Asked, people: Sequence[User], actor: Actor
) -> defaultdict[tuple[int, date], list[Entry]]:
    """By person and day: away all day, or from when until when."""
    found: defaultdict[tuple[int, date], list[Entry]] = defaultdict(list)
    start, end = asked.between()
    rows = Absence.objects.filter(
        person__in=[p.pk for p in people], ends_at__gt=start, starts_at__lt=end
    )
    for row in rows.select_related("person"):
        may = rostering.may_excuse(actor, row.person)
        clipped = (max(row.starts_at, start), min(row.ends_at, end))
        for day, part in duty.by_day([clipped], asked.site.time_zone):
            says = _part(part, day, asked.zone)
            entry = Entry(row.pk, says, may, row.connection_id is not None)
            found[row.person_id, day].append(entry)
    return found


def _part(part: Stretch, day: date, zone: ZoneInfo) -> str:
    midnights = [datetime.combine(d, time.min, zone) for d in (day, day + DAY)]
    if part[0] <= midnights[0] and part[1] >= midnights[1]:
        return _("away")
    if part[0] <= midnights[0]:
        return _("away until %s") % f"{part[1].astimezone(zone):%H:%M}"
    if part[1] >= midnights[1]:
        return _("away from %s") % f"{part[0].astimezone(zone):%H:%M}"
    return _("away %s") % hours((part[0], part[1]), zone)


def hours(part: Stretch, zone: ZoneInfo) -> str:
    """`14:00-15:00` with a real dash; midnight at its end is 24:00."""
    start, end = (instant.astimezone(zone) for instant in part)
    last = "24:00" if end.time() == time.min else f"{end:%H:%M}"
    return f"{start:%H:%M}{TO}{last}"


def gap_in_words(gap: Stretch, zone: ZoneInfo) -> str:
    """`Tue 1 Dec 14:00-22:00 CST` with a real dash; over several days, with the day of its end."""
    start, end = (instant.astimezone(zone) for instant in gap)
    if (end - timedelta(minutes=1)).date() == start.date():
        return f"{start:%a} {start.day} {start:%b} {hours(gap, zone)} {end.tzname()}"
    return _("%(from)s until %(to)s") % {
        "from": formats.day_and_time(start),
        "to": formats.when(end),
    }


def gaps_by_day(asked: Asked, at: datetime) -> list[tuple[date, list[str]]]:
    """For each day of the week, the hours to come in which nobody is on duty."""
    start, end = asked.between()
    found: defaultdict[date, list[str]] = defaultdict(list)
    if end > at:
        gaps = rosters.gaps(asked.site, asked.team, max(start, at), end)
        for day, part in duty.by_day(gaps, asked.site.time_zone):
            found[day].append(hours(part, asked.zone))
    return [(day, found[day]) for day in asked.days]


def absences(people: Sequence[User], actor: Actor, at: datetime) -> list[Listed]:
    """Those of the people that are not over, the nearest first."""
    rows = Absence.objects.filter(person__in=[p.pk for p in people], ends_at__gt=at)
    counts = dict(
        actors.visible_cases(actor)
        .filter(owner__in=[p.pk for p in people], state__in=OPEN_STATES)
        .values_list("owner")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return [
        _listed(row, actor, counts.get(row.person_id, 0), at)
        for row in rows.select_related("person", "deputy").order_by("starts_at", "pk")
    ]


def _listed(row: Absence, actor: Actor, owns: int, at: datetime) -> Listed:
    return Listed(
        absence=row,
        now=row.starts_at <= at,
        may=rostering.may_excuse(actor, row.person),
        owns=owns,
        queue=filters.address(CaseFilter(owners=(str(row.person_id),))),
    )
