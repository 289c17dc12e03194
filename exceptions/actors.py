"""Actors: who does something, with which roles, via what; and what they may see."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from exceptions.models import (
    ApprovalRequest,
    Blackout,
    Case,
    Connection,
    Evidence,
    InboundMessage,
    KeptTransit,
    Membership,
    Sighting,
    Site,
    User,
)
from exceptions.vocabulary import WORKING_ROLES, Role, Via

# Roles that let one read the cases of their sites. Running integrations is no casework.
READING_ROLES = frozenset(set(Role) - {Role.INTEGRATION_ADMIN})

# Roles that let one see who works at their sites, and what these people may do.
PEOPLE_READERS = frozenset({Role.SUPERVISOR, Role.INTEGRATION_ADMIN, Role.AUDITOR})


# Roles that let one open files that were withdrawn.
OPENS_WITHDRAWN = frozenset({Role.SUPERVISOR, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership: a role at a site, or everywhere when `site_id` is None."""

    role: str
    site_id: int | None
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user` is None for machines (policy, clock, a source system)."""

    name: str
    via: Via
    user: User | None = None
    grants: tuple[Grant, ...] = ()

    def roles_at(self, site_id: int) -> frozenset[str]:
        return frozenset(g.role for g in self.grants if g.site_id in (None, site_id))

    def has_role(self, *roles: Role) -> bool:
        """Whether the actor has one of `roles` at any site."""
        return any(g.role in roles for g in self.grants)

    def works_for(self, team_id: int | None, site_id: int) -> bool:
        """Whether the actor works in the team at the site (the team's cases are theirs to work).

        Reading for a team, as an auditor or an executive does, is not working in it.
        """
        here = (g for g in self.grants if g.site_id in (None, site_id))
        return team_id is not None and any(
            g.team_id == team_id and g.role in WORKING_ROLES for g in here
        )


def person(user: User, via: Via = Via.WEB) -> Actor:
    """The actor that `user` is, with today's memberships."""
    rows = user.memberships.values_list("role", "site_id", "team_id")
    return Actor(name=str(user), via=via, user=user, grants=tuple(Grant(*row) for row in rows))


def machine(via: Via, name: str = "") -> Actor:
    return Actor(name=name or str(via.label), via=via)


def within(actor: Actor, sites: Collection[int]) -> Actor:
    """The actor with what they may do at these sites, and nothing else."""
    grants = [
        replace(grant, site_id=site)
        for grant in actor.grants
        for site in sites
        if grant.site_id in (None, site)
    ]
    return replace(actor, grants=tuple(grants))


def site_ids(actor: Actor, roles: Iterable[str] = READING_ROLES) -> frozenset[int] | None:
    """The sites where the actor has one of `roles`; None means every site."""
    grants = [g for g in actor.grants if g.role in roles]
    if any(g.site_id is None for g in grants):
        return None
    return frozenset(g.site_id for g in grants if g.site_id is not None)


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The cases the actor may see. Pages, API, exports and figures all start from here."""
    sites = site_ids(actor)
    return Case.objects.all() if sites is None else Case.objects.filter(site_id__in=sites)


def visible_approvals(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Requests about the cases that the actor may see."""
    sites = site_ids(actor)
    every = ApprovalRequest.objects.all()
    return every if sites is None else every.filter(case__site_id__in=sites)


# Roles that let one read what carriers and suppliers wrote: no more people than work with it.
MESSAGE_READERS = frozenset({*WORKING_ROLES, Role.AUDITOR})


def visible_messages(actor: Actor) -> QuerySet[InboundMessage]:
    sites = site_ids(actor, MESSAGE_READERS)
    every = InboundMessage.objects.all()
    return every if sites is None else every.filter(site_id__in=sites)


def readers_of(case: Case) -> QuerySet[User]:
    """The people who may see the case: for whom it is among their `visible_cases`."""
    here = Q(site=case.site_id) | Q(site=None)
    reads = Membership.objects.filter(here, user=OuterRef("pk"), role__in=READING_ROLES)
    return User.objects.filter(Exists(reads), is_active=True)


def visible_evidence(actor: Actor) -> QuerySet[Evidence]:
    """The files that the actor may open: of the cases they see; what was withdrawn only where they
    lead or audit, and what was erased nobody.
    """
    files = Evidence.objects.select_related("case__site").filter(erased_at=None)
    sites = site_ids(actor)
    seen = files if sites is None else files.filter(case__site_id__in=sites)
    leads = site_ids(actor, OPENS_WITHDRAWN)
    if leads is None:
        return seen
    return seen.filter(Q(withdrawn_at=None) | Q(case__site_id__in=leads))


def opens(file: Evidence, actor: Actor) -> bool:
    """Whether the file, of a case that the actor sees, is among their `visible_evidence`."""
    roles = actor.roles_at(file.case.site_id)
    here = roles & (READING_ROLES if file.withdrawn_at is None else OPENS_WITHDRAWN)
    return bool(here) and file.erased_at is None


def visible_sightings(actor: Actor) -> QuerySet[Sighting]:
    """What is held back at the sites whose cases the actor may see."""
    sites = site_ids(actor)
    return Sighting.objects.all() if sites is None else Sighting.objects.filter(site_id__in=sites)


def visible_transits(actor: Actor) -> QuerySet[KeptTransit]:
    """What is on its way to and from the sites whose cases the actor may see."""
    sites = site_ids(actor)
    every = KeptTransit.objects.all()
    return every if sites is None else every.filter(site_id__in=sites)


def visible_blackouts(actor: Actor) -> QuerySet[Blackout]:
    """Blackouts of the sites that the actor sees, and of partners whom their sources know."""
    sites = site_ids(actor)
    if sites is None:
        return Blackout.objects.all()
    sources = Site.objects.filter(id__in=sites).values("connection_id")
    of_partners = Q(site=None, connection__in=sources)
    return Blackout.objects.filter(Q(site__in=sites) | of_partners)


def visible_sites(actor: Actor) -> QuerySet[Site]:
    sites = site_ids(actor)
    return Site.objects.all() if sites is None else Site.objects.filter(id__in=sites)


def visible_people(actor: Actor, roles: Iterable[str] = PEOPLE_READERS) -> QuerySet[User]:
    """Those with a role at a site where the actor has one of `roles`.

    Integration admins also see who has no role at all yet: they give them the first.
    """
    sites = site_ids(actor, roles)
    if sites is None:
        return User.objects.all()
    here = Membership.objects.filter(Q(site__in=sites) | Q(site=None))
    seen = User.objects.filter(pk__in=here.values("user")) if sites else User.objects.none()
    if administers(actor) != frozenset():
        roleless = ~Exists(Membership.objects.filter(user=OuterRef("pk")))
        return User.objects.filter(Q(pk__in=seen.values("pk")) | roleless)
    return seen


def visible_memberships(
    actor: Actor, roles: Iterable[str] = PEOPLE_READERS
) -> QuerySet[Membership]:
    """Roles at sites where the actor has one of `roles`, roles at every site, and their own."""
    sites = site_ids(actor, roles)
    if sites is None:
        return Membership.objects.all()
    here = Q(site__in=sites) | Q(site=None) if sites else Q(pk__in=[])
    return Membership.objects.filter(here | Q(user=actor.user))


def administers(actor: Actor) -> frozenset[int] | None:
    """The sites whose people and tokens the actor administers; None means every site."""
    return site_ids(actor, [Role.INTEGRATION_ADMIN])


def administered_people(actor: Actor) -> QuerySet[User]:
    """Those all of whose roles lie at sites that the actor administers, the roleless included."""
    sites = administers(actor)
    if sites is None:
        return User.objects.all()
    if not sites:
        return User.objects.none()
    theirs = Membership.objects.filter(user=OuterRef("pk"))
    return User.objects.exclude(Exists(theirs.exclude(site__in=sites)))


def visible_connections(actor: Actor) -> QuerySet[Connection]:
    """The sources of the sites where the actor has any role: who runs integrations sees no cases,
    but where they come from.
    """
    sites = site_ids(actor, roles=Role)
    if sites is None:
        return Connection.objects.all()
    serving = Site.objects.filter(id__in=sites).values("connection_id")
    return Connection.objects.filter(pk__in=serving)
