"""Who owns a case: a named person, always."""

from django.db.models import Count, Q

from exceptions.kinds import kind as kind_of
from exceptions.models import Case, Team, User
from exceptions.vocabulary import OPEN_STATES, Role


class NoOwner(Exception):
    """Nobody can own the case: its team has nobody there and the site has no lead."""


def team_for(case: Case) -> Team:
    code = kind_of(case.kind).team
    return Team.objects.get_or_create(code=code, defaults={"name": str(code.label)})[0]


def owner_for(case: Case, team: Team) -> User:
    """The operator of the team at the site with the fewest open cases; without one, the site's lead.

    Raises NoOwner when there is neither.
    """
    owner = _candidates(case, team).first() or case.site.lead
    if owner is None:
        raise NoOwner(f"{case.site} has no operator in {team} and no lead")
    return owner


def _candidates(case: Case, team: Team):  # type: ignore[no-untyped-def] # annotated queryset
    here = Q(memberships__site=case.site) | Q(memberships__site=None)
    works = Q(memberships__role=Role.OPERATOR, memberships__team=team) & here
    load = Count("cases", filter=Q(cases__state__in=OPEN_STATES), distinct=True)
    members = User.objects.filter(works, is_active=True)
    return members.annotate(load=load).order_by("load", "id")
