"""Who owns a case: a named person who may work on it."""

from django.db.models import Count, Q, QuerySet

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


def owner_for(case: Case, team: Team) -> User | None:
    """The operator of the team at the site with the fewest open cases; else the site's lead, if
    they work there; else a supervisor of the site or of all sites.

    None when nobody is left who may work there. The chain does not reach people of other sites, nor
    a lead who has no work there: they could not act on the case, and an owner in name only would
    hide that nobody does.
    """
    return _operators(case, team).first() or _lead(case) or _supervisors(case).first()


def _operators(case: Case, team: Team) -> QuerySet[User]:
    works = Q(memberships__role=Role.OPERATOR, memberships__team=team) & _here(case)
    return _least_loaded(User.objects.filter(works, is_active=True))


def _lead(case: Case) -> User | None:
    lead = case.site.lead
    return lead if lead and may_own(lead, case) else None


def _supervisors(case: Case) -> QuerySet[User]:
    leads = Q(memberships__role=Role.SUPERVISOR) & _here(case)
    return _least_loaded(User.objects.filter(leads, is_active=True))


def _here(case: Case) -> Q:
    return Q(memberships__site=case.site) | Q(memberships__site=None)


def _least_loaded(people: QuerySet[User]) -> QuerySet[User]:
    load = Count("cases", filter=Q(cases__state__in=OPEN_STATES), distinct=True)
    return people.annotate(load=load).order_by("load", "id")
