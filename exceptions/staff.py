"""Who may own cases of a site now, and how much they have: from them `candidates` chooses."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from exceptions import rosters
from exceptions.candidates import Candidate, Staff
from exceptions.models import Case, Membership, Shift, Site, Team, User
from exceptions.rosters import Presence
from exceptions.routes import weight
from exceptions.vocabulary import OPEN_STATES, WORKING_ROLES, Counting, Role


@dataclass(slots=True)
class _Worker:
    user: User
    teams: set[str] = field(default_factory=set)
    supervises: bool = False


def staff_of(
    site: Site,
    teams: Iterable[str],
    *,
    at: datetime,
    counting: Counting = Counting.CASES,
    named: Iterable[int | None] = (),
) -> Staff:
    """Everybody who may own a case of the site, and who of `teams` is on duty. What they have is
    counted for whom it matters: for those teams, whoever is `named`, deputies, lead, supervisors.
    """
    workers, teams = _workers(site), set(teams)
    everybody = rosters.present(User.objects.filter(pk__in=workers), site, at)
    deputies = {away.deputy.pk for away in everybody.absences.values() if away.deputy}
    others = {site.lead_id, *deputies, *named}
    matter = [pk for pk, w in workers.items() if w.supervises or w.teams & teams or pk in others]
    loads = loads_of(matter, counting)
    working = _working(site, teams, workers, at)
    people = {
        pk: _candidate(worker, loads[pk], everybody, working) for pk, worker in workers.items()
    }
    return Staff(people, site.lead_id)


def _workers(site: Site) -> dict[int, _Worker]:
    """Those who are active and work there, by id."""
    here = Membership.objects.filter(Q(site=site) | Q(site=None), role__in=WORKING_ROLES)
    rows = here.filter(user__is_active=True).select_related("user", "team")
    found: dict[int, _Worker] = {}
    for row in rows.order_by("user_id"):
        worker = found.setdefault(row.user_id, _Worker(row.user))
        worker.supervises |= row.role == Role.SUPERVISOR
        if row.role == Role.OPERATOR and row.team:
            worker.teams.add(row.team.code)
    return found


def loads_of(people: Iterable[int], counting: Counting) -> defaultdict[int, int]:
    """What the open cases of each add up to."""
    by = ["owner_id"] if counting == Counting.CASES else ["owner_id", "tier"]
    open_cases = Case.objects.filter(owner__in=list(people), state__in=OPEN_STATES)
    found: Counter[int] = Counter()
    for row in open_cases.values(*by).annotate(n=Count("pk")).order_by():
        found[row["owner_id"]] += row["n"] * weight(counting, row.get("tier", ""))
    return defaultdict(int, found)


def _working(
    site: Site, teams: Iterable[str], workers: dict[int, _Worker], at: datetime
) -> dict[str, Presence]:
    """By the codes of the teams that have a roster there; where there is none, all are on duty."""
    if not Shift.objects.filter(site=site).exists():
        return {}
    return {
        team.code: rosters.present(
            User.objects.filter(pk__in=[pk for pk, w in workers.items() if team.code in w.teams]),
            site,
            at,
            team,
        )
        for team in Team.objects.filter(code__in=set(teams))
    }


def _candidate(
    worker: _Worker, load: int, everybody: Presence, working: dict[str, Presence]
) -> Candidate:
    away = everybody.away(worker.user)
    off = {team for team, there in working.items() if not there.on_duty(worker.user)}
    return Candidate(
        id=worker.user.pk,
        name=str(worker.user),
        load=load,
        teams=frozenset(worker.teams),
        on_duty=frozenset(worker.teams - off),
        here=everybody.on_duty(worker.user),
        supervises=worker.supervises,
        away_until=away.until if away else None,
        deputy=away.deputy.pk if away and away.deputy else None,
    )
