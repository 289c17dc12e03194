"""Who owns a case: a named person who may work on it."""

from datetime import datetime
from itertools import chain

from django.db.models import Count, Q, QuerySet

from exceptions import rosters
from exceptions.kinds import kind as kind_of
from exceptions.models import Case, Team, User
from exceptions.vocabulary import OPEN_STATES, WORKING_ROLES, Role


def team_for(case: Case) -> Team:
    code = kind_of(case.kind).team
    return Team.objects.get_or_create(code=code, defaults={"name": str(code.label)})[0]


def may_own(person: User, case: Case) -> bool:
    """Whether the person may work on cases of the site. To lead it gives no right by itself: what
    people may do comes from their memberships alone.
    """
    works = person.memberships.filter(role__in=WORKING_ROLES)
    return person.is_active and works.filter(Q(site=case.site) | Q(site=None)).exists()


def owner_for(case: Case, team: Team, *, at: datetime) -> User | None:
    """The operator of the team at the site with the fewest open cases; else the site's lead, if
    they work there; else a supervisor of the site or of all sites.

    Nobody who is away at `at` gets it: their deputy does in their place. Who is on duty comes
    before who is not, but a thin roster leaves no case without an owner.

    None when nobody is left who may work there. The chain does not reach people of other sites, nor
    a lead who has no work there: they could not act on the case, and an owner in name only would
    hide that nobody does.
    """
    return (
        _first(_operators(case, team), case, team, at)
        or lead_for(case, at=at)
        or _first(_supervisors(case), case, None, at)
    )


def lead_for(case: Case, *, at: datetime) -> User | None:
    """The lead of the case's site, if they work there; while they are away, their deputy."""
    lead = case.site.lead
    return stand_in(lead, case, at=at) if lead and may_own(lead, case) else None


def stand_in(person: User, case: Case, *, at: datetime) -> User | None:
    """The person; while they are away, whoever acts for them at the case's site, if anybody."""
    away = rosters.present(User.objects.filter(pk=person.pk), case.site, at).away(person)
    return away.deputy if away else person


def _first(people: QuerySet[User], case: Case, team: Team | None, at: datetime) -> User | None:
    """Of people in order: one on duty, else a deputy on duty, else anybody, else any deputy."""
    presence = rosters.present(people, case.site, at, team)
    here = [person for person in people if not presence.away(person)]
    for person in here:
        if presence.on_duty(person):
            return person
    away = (presence.away(person) for person in people)
    named = {each.deputy.pk for each in away if each and each.deputy}
    deputies = _least_loaded(User.objects.filter(pk__in=named))
    standing = rosters.present(deputies, case.site, at)
    on_duty = (deputy for deputy in deputies if standing.on_duty(deputy))
    return next(chain(on_duty, here, deputies), None)


def _operators(case: Case, team: Team) -> QuerySet[User]:
    works = Q(memberships__role=Role.OPERATOR, memberships__team=team) & _here(case)
    return _least_loaded(User.objects.filter(works, is_active=True))


def _supervisors(case: Case) -> QuerySet[User]:
    leads = Q(memberships__role=Role.SUPERVISOR) & _here(case)
    return _least_loaded(User.objects.filter(leads, is_active=True))


def _here(case: Case) -> Q:
    return Q(memberships__site=case.site) | Q(memberships__site=None)


def _least_loaded(people: QuerySet[User]) -> QuerySet[User]:
    load = Count("cases", filter=Q(cases__state__in=OPEN_STATES), distinct=True)
    return people.annotate(load=load).order_by("load", "id")
