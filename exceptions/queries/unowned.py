"""Open cases that nobody owns who may work on them: none is as it should be, any is an alarm."""

from dataclasses import dataclass

from django.db.models import Count

from exceptions.actors import Actor, site_ids
from exceptions.models import Case, Membership
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import OPEN_STATES, WORKING_ROLES, Role


@dataclass(frozen=True, slots=True)
class Unowned:
    """How many there are for the reader, and the filter that lists exactly these; `asked` is None
    where the reader sees no cases, but can give people the work.
    """

    n: int
    asked: CaseFilter | None


def count() -> int:
    """At all sites."""
    return _without(None)


def alarm(actor: Actor) -> Unowned | None:
    """What the actor is alarmed of: as a supervisor of sites, else as an integration admin of
    sites; None where all is well, or where it is not theirs to see to.
    """
    return _at(actor, Role.SUPERVISOR) or _at(actor, Role.INTEGRATION_ADMIN)


def _at(actor: Actor, role: Role) -> Unowned | None:
    sites = site_ids(actor, [role])
    if sites == frozenset():
        return None
    n = _without(sites)
    asked = CaseFilter(unowned=True, sites=tuple(sorted(sites or ())))
    return Unowned(n, asked if role == Role.SUPERVISOR else None) if n else None


def _without(sites: frozenset[int] | None) -> int:
    """As many as `routing.unowned` lists. Every page asks, so it looks once at each owner of a site
    instead of at each case.
    """
    cases = Case.objects.filter(state__in=OPEN_STATES)
    cases = cases if sites is None else cases.filter(site__in=sites)
    owned = cases.values_list("site_id", "owner_id").annotate(n=Count("pk")).order_by()
    working = Membership.objects.filter(role__in=WORKING_ROLES, user__is_active=True)
    may = set(working.values_list("site_id", "user_id"))
    return sum(n for site, owner, n in owned if not {(site, owner), (None, owner)} & may)
