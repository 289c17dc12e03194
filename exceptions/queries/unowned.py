"""Open cases that nobody owns who may work on them: none is as it should be, any is an alarm."""

from dataclasses import dataclass

from exceptions import routing
from exceptions.actors import Actor, site_ids
from exceptions.models import Case
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Unowned:
    """How many there are for the reader, and the filter that lists exactly these; `asked` is None
    where the reader sees no cases, but can give people the work.
    """

    n: int
    asked: CaseFilter | None


def count() -> int:
    """At all sites."""
    return Case.objects.filter(routing.unowned()).count()


def alarm(actor: Actor) -> Unowned | None:
    """What the actor is alarmed of: as a supervisor of sites, else as an integration admin of
    sites; None where all is well, or where it is not theirs to see to.
    """
    return _at(actor, Role.SUPERVISOR) or _at(actor, Role.INTEGRATION_ADMIN)


def _at(actor: Actor, role: Role) -> Unowned | None:
    sites = site_ids(actor, [role])
    if sites == frozenset():
        return None
    found = Case.objects.filter(routing.unowned())
    n = (found if sites is None else found.filter(site__in=sites)).count()
    asked = CaseFilter(unowned=True, sites=tuple(sorted(sites or ())))
    return Unowned(n, asked if role == Role.SUPERVISOR else None) if n else None
