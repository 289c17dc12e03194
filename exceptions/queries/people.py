"""People, as the pages offer them: who may own cases, and how much they have."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from exceptions.actors import Actor, visible_sites
from exceptions.models import Case, Membership, User
from exceptions.vocabulary import OPEN_STATES, WORKING_ROLES


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may own a case. `of_team` tells that they work in the team asked about."""

    id: int
    name: str
    load: int
    of_team: bool


def owners_for(case: Case) -> list[Colleague]:
    """Who may own the case: its team first, then by how little they have. Not who owns it now."""
    here = Q(memberships__site=case.site) | Q(memberships__site=None)
    works = Q(memberships__role__in=WORKING_ROLES) & here
    people = User.objects.filter(works, is_active=True)
    in_team = Count("pk", filter=Q(memberships__team=case.team_id) & works)
    theirs = Case.objects.filter(state__in=OPEN_STATES, owner=OuterRef("pk")).order_by()
    load = Subquery(theirs.values("owner").annotate(n=Count("pk")).values("n"))
    rows = people.annotate(in_team=in_team, load=Coalesce(load, 0))
    found = [Colleague(u.pk, str(u), u.load, u.in_team > 0) for u in rows if u.pk != case.owner_id]
    return sorted(found, key=lambda c: (not c.of_team, c.load, c.name))


def by_site(actor: Actor) -> list[tuple[str, list[User]]]:
    """Who may own cases at each site that the actor may see, by name."""
    anywhere = Membership.objects.filter(role__in=WORKING_ROLES, user__is_active=True)
    rows = list(anywhere.select_related("user").order_by("user__first_name", "user__username"))
    return [(site.name, _at(site.pk, rows)) for site in visible_sites(actor)]


def _at(site_id: int, rows: list[Membership]) -> list[User]:
    return list({m.user_id: m.user for m in rows if m.site_id in (None, site_id)}.values())
