"""Which cells of the approval matrix nobody can answer on the days to come, and telling of them.

Somebody can answer on a day if they are at work for some of the site's hours: not away and, where
they have shifts, on one. Who is not there is answered for by the first person who votes for them
then and is there themselves; a capped delegation counts where its cap is above the whole band.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from exceptions import business_time, calendars, coverage, duty, matrices, notices, rosters
from exceptions.business_time import Stretch
from exceptions.coverage import Staff
from exceptions.duty import Worker
from exceptions.matrix import Matrix, level_in_words
from exceptions.matrix_soundness import Known, name_of
from exceptions.models import CoverageHole, Delegation, Site, User
from exceptions.vocabulary import Notice, Role

AHEAD = timedelta(days=14)
LOOK_LOCK = 0x70011C4


@dataclass(frozen=True, slots=True)
class Ahead:
    """Levels that nobody can answer at a site, on that day first."""

    site: Site
    says: str
    first_day: date


@dataclass(frozen=True, slots=True)
class People:
    """Those who may answer at a site: when each is at work, and who votes for whom."""

    at_work: Mapping[int, Sequence[Stretch]]
    lent: Mapping[int, Sequence[Delegation]]


@transaction.atomic
def look(*, at: datetime) -> int:
    """Compare what is found with what is known: tell of what is new, close what is filled. How many
    are open then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOOK_LOCK])
    found = {(hole.site.pk, hole.says): hole for hole in ahead(at)}
    for known in CoverageHole.objects.filter(closed_at=None):
        hole = found.pop((known.site_id, known.says), None)
        if hole is None:
            known.closed_at = at
        else:
            known.first_day = hole.first_day
        known.save(update_fields=["closed_at", "first_day"])
    for hole in found.values():
        _tell(hole, at)
    return CoverageHole.objects.filter(closed_at=None).count()


def _tell(hole: Ahead, at: datetime) -> None:
    row = CoverageHole.objects.create(
        site=hole.site, says=hole.says[:300], first_day=hole.first_day, found_at=at
    )
    day = hole.first_day.isoformat()
    data = {"site": hole.site.name, "says": hole.says, "day": day}
    people = _responsible(hole.site)
    notices.tell_of_tower(Notice.COVERAGE, people, at=at, key=f"coverage:{row.pk}", data=data)


def _responsible(site: Site) -> list[User]:
    """The policy admins of the site, and its lead."""
    here = Q(memberships__site=site) | Q(memberships__site=None)
    admins = User.objects.filter(here, memberships__role=Role.POLICY_ADMIN)
    return [*admins.distinct(), *([site.lead] if site.lead else [])]


def ahead(at: datetime) -> list[Ahead]:
    """What nobody can answer between `at` and two weeks later, by the matrix in force; each with
    the first day of it.
    """
    matrix, known = matrices.of(matrices.newest()), matrices.known()
    sites = Site.objects.select_related("lead").order_by("name")
    return [hole for site in sites for hole in _of_site(site, matrix, known, at)]


def _of_site(site: Site, matrix: Matrix, known: Known, at: datetime) -> Iterator[Ahead]:
    staff, until = coverage.staff_of(site), at + AHEAD
    people = _people(site, staff.readers, at, until)
    told: set[str] = set()
    for day, hours in _days(site, at, until).items():
        for says in _on(hours, site, staff, people, matrix, known):
            if says not in told:
                told.add(says)
                yield Ahead(site, says, day)


def _days(site: Site, at: datetime, until: datetime) -> dict[date, list[Stretch]]:
    """The hours of each day on which the site is at work."""
    hours = calendars.hours_of(calendars.of_site(site))
    whole = business_time.until(business_time.open_stretches(hours, at), until)
    found: defaultdict[date, list[Stretch]] = defaultdict(list)
    for day, part in duty.by_day(whole, site.time_zone):
        found[day].append(part)
    return dict(sorted(found.items()))


def _people(site: Site, readers: frozenset[int], at: datetime, until: datetime) -> People:
    shifts, span = rosters.patterns_between(site, at, until), rosters.span_of(site)
    away = rosters.absences_between(readers, at, until)
    workers = {pk: Worker(patterns=shifts.get(pk, ()), away=away.get(pk, ())) for pk in readers}
    at_work = {
        pk: duty.manned(worker, span if worker.patterns else None, site.time_zone, at, until)
        for pk, worker in workers.items()
    }
    return People(at_work, _lent(site, readers, at, until))


def _lent(
    site: Site, readers: frozenset[int], at: datetime, until: datetime
) -> dict[int, list[Delegation]]:
    lasting = Delegation.objects.filter(
        starts_at__lt=until, ends_at__gt=at, taken_back_at=None, to_person__in=readers
    )
    found: defaultdict[int, list[Delegation]] = defaultdict(list)
    for each in lasting.order_by("id").prefetch_related("sites"):
        where = {one.pk for one in each.sites.all()}
        if not where or site.pk in where:
            found[each.from_person_id].append(each)
    return found


def _on(
    hours: Sequence[Stretch],
    site: Site,
    staff: Staff,
    people: People,
    matrix: Matrix,
    known: Known,
) -> Iterator[str]:
    """What nobody can answer in these hours."""
    there = {pk for pk, times in people.at_work.items() if _meet(times, hours)}
    for band in range(matrix.band_count):
        instead = {pk: _for(pk, band, there, people, hours, matrix) for pk in staff.readers - there}
        present = replace(staff, instead=instead)
        for row in matrix.rows:
            if row.site in (None, site.pk):
                for n in coverage.unanswered(row.bands[band], present, matrix):
                    yield f"{name_of(row, known)}: {level_in_words(row.bands[band][n])}"


def _for(
    person: int,
    band: int,
    there: set[int],
    people: People,
    hours: Sequence[Stretch],
    matrix: Matrix,
) -> int | None:
    """Who votes for somebody who is away."""
    for each in people.lent.get(person, ()):
        lasts = [(each.starts_at, each.ends_at)]
        if each.to_person_id in there and _meet(lasts, hours) and _covers(each, band, matrix):
            return each.to_person_id
    return None


def _covers(delegation: Delegation, band: int, matrix: Matrix) -> bool:
    if delegation.most is None:
        return True
    bounds = matrix.bounds.get(delegation.currency, ())
    return band < len(bounds) and bounds[band] <= delegation.most


def _meet(times: Iterable[Stretch], hours: Iterable[Stretch]) -> bool:
    whole = list(hours)
    return any(max(a, c) < min(b, d) for a, b in times for c, d in whole)
