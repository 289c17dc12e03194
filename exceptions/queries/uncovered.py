"""Cells of the approval matrix that nobody can answer soon, as `outlook` found them."""

from django.db.models import QuerySet

from exceptions.actors import Actor, site_ids
from exceptions.models import CoverageHole
from exceptions.vocabulary import Role


def standing() -> QuerySet[CoverageHole]:
    """Those that are open, the first day first."""
    return CoverageHole.objects.filter(closed_at=None).select_related("site")


def alarm(actor: Actor) -> int:
    """How many the actor is to see to: those at sites where they are a policy admin."""
    sites = site_ids(actor, [Role.POLICY_ADMIN])
    if sites == frozenset():
        return 0
    found = standing()
    return (found if sites is None else found.filter(site__in=sites)).count()
