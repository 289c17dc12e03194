"""Who owns a case: a named person who may work on it, by the rules in force, with the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from exceptions import candidates, rosters, route_words, routes, routing_sets
from exceptions.candidates import Ask, Choice
from exceptions.kinds import kind as kind_of
from exceptions.models import Case, Membership, RoutingSet, Team, User
from exceptions.routes import Found, Routes
from exceptions.staff import staff_of
from exceptions.vocabulary import OPEN_STATES, WORKING_ROLES, TeamCode


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a case belongs: `told` are the reasons as data, with the sentence under `because`.

    `owner` is None when nobody is left who may work on it.
    """

    owner: User | None
    team: Team
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules and the number of their version; None before one was published."""

    version: int | None
    routes: Routes


def in_force() -> InForce:
    return of_set(routing_sets.newest())


def of_set(found: RoutingSet | None) -> InForce:
    return InForce(found.version if found else None, routing_sets.routes_of(found))


def team_for(case: Case) -> Team:
    return team_of(kind_of(case.kind).team)


def may_own(person: User, case: Case) -> bool:
    """Whether the person may work on cases of the site. To lead it gives no right by itself: what
    people may do comes from their memberships alone.
    """
    works = person.memberships.filter(role__in=WORKING_ROLES)
    return person.is_active and works.filter(Q(site=case.site) | Q(site=None)).exists()


def lead_for(case: Case, *, at: datetime) -> User | None:
    """The lead of the case's site, if they work there; while they are away, their deputy."""
    lead = case.site.lead
    return stand_in(lead, case, at=at) if lead and may_own(lead, case) else None


def stand_in(person: User, case: Case, *, at: datetime) -> User | None:
    """The person; while they are away, whoever acts for them at the case's site, if anybody."""
    away = rosters.present(User.objects.filter(pk=person.pk), case.site, at).away(person)
    return away.deputy if away else person


def unowned() -> Q:
    """Open cases that nobody owns, or somebody who may not work on them (any more)."""
    works = Membership.objects.filter(
        Q(site=OuterRef("site")) | Q(site=None), user=OuterRef("owner"), role__in=WORKING_ROLES
    )
    nobody = Q(owner=None) | Q(owner__is_active=False) | ~Q(Exists(works))
    return Q(state__in=OPEN_STATES) & nobody


def route(
    case: Case, *, at: datetime, team: Team | None = None, rules: InForce | None = None
) -> Routed:
    """Whose the case is, by the rules in force, or by others that are tried. With a `team` it stays
    there: a rule that gives it to another one is not asked.

    What people have is counted without a lock: cases that are routed in several transactions at
    the same moment do not see each other, so that a limit is overshot by at most what the others
    have not yet committed.
    """
    known = rules or in_force()
    found, ask = asked(known.routes, case, team=team.code if team else "")
    counting = known.routes.counting
    staff = staff_of(case.site, ask.teams, at=at, counting=counting, named=[ask.person])
    choice = candidates.choose(ask, staff)
    owner = User.objects.get(pk=choice.owner.id) if choice.owner else None
    return Routed(owner, team_of(choice.team), reasons(case, known, found, ask, choice))


def asked(known: Routes, case: Case, *, team: str = "") -> tuple[Found, Ask]:
    """The rule for the case, and what is looked for by it."""
    subject = routing_sets.subject_of(case)
    found = routes.rule_for(known, subject)
    if team and (found.rule.team or subject.team) != team:
        found = Found(0, routes.UNRULED)
    first = team or found.rule.team or subject.team
    return found, Ask(
        teams=(first, *(code for code in found.rule.then if code != first)),
        person=found.rule.person,
        limit=routes.limit_of(known, found.rule),
        weight=routes.weight(known.counting, case.tier),
    )


def reasons(case: Case, known: InForce, found: Found, ask: Ask, choice: Choice) -> dict[str, Any]:
    """Why it is that choice: as data, and as a sentence in the zone of the site."""
    told = route_words.told(found, choice, known.version, ask.limit)
    return told | {"because": route_words.because(told, case.site.time_zone)}


def team_of(code: str) -> Team:
    label = str(TeamCode(code).label)
    return Team.objects.get_or_create(code=code, defaults={"name": label})[0]
