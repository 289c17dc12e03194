"""Access of people and programs: roles given and taken away, people and tokens let in and shut out.

Giving more is proposed by one and confirmed by another (see `granting`); giving less, and tokens,
are one person's. Each change is kept in `AccessChange`. An integration admin changes it at their
sites, and never their own: so nobody gives themselves casework, and whoever takes a role away is an
admin who remains. Two who would take each other's role at once wait for each other: `deciding`.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history, tokens
from exceptions.actors import Actor, administered_people, administers, machine, person
from exceptions.models import Access, AccessChange, Membership, ServiceToken, Site, Team, User
from exceptions.vocabulary import WORKING_ROLES, Governed, Role, Via


class NotAllowed(Exception):
    """It is not theirs to change, or cannot be; the text is a sentence for whoever tried."""


def why_not(actor: Actor, whose: User) -> str:
    """Why the actor may not change this person's access, in a sentence; empty when they may."""
    if administers(actor) == frozenset():
        return _("Only an integration admin changes access.")
    if actor.user is not None and actor.user.pk == whose.pk:
        return _("Nobody changes their own access: ask another integration admin.")
    if not administered_people(actor).filter(pk=whose.pk).exists():
        return _("%s also has roles where you are no admin: ask an admin of every site.") % whose
    return ""


def may_give(by: Actor, role: Role, site: Site | None, team: Team | None) -> Actor:
    """The actor as they stand now, who may give this role to somebody new. Raises NotAllowed."""
    actor = admin_now(by)
    check(actor, role, site, team)
    return actor


def check(actor: Actor, role: Role, site: Site | None, team: Team | None) -> None:
    """Raises NotAllowed where the actor gives no such role there."""
    if says := why_not_role(actor, role, site, team):
        raise NotAllowed(says)


def why_not_role(actor: Actor, role: str, site: Site | None, team: Team | None) -> str:
    """Why the actor gives no such role there, in a sentence. An empty role is none at all: they
    may sign in again with those they have.
    """
    sites = administers(actor)
    if role and sites is not None and (site is None or site.pk not in sites):
        return _("Choose one of the sites that you administer.")
    if team is not None and role not in WORKING_ROLES:
        return _("Only operators and supervisors work in a team. Leave the team empty.")
    return ""


@transaction.atomic
def appoint(whose: User, *, at: datetime) -> bool:
    """Makes somebody integration admin of every site, from the command line: the first, or the next
    when none can sign in any more. False when they were one.
    """
    return give(whose, Role.INTEGRATION_ADMIN, None, None, machine(Via.COMMAND), at)


@transaction.atomic
def withdraw(membership: Membership, *, by: Actor, at: datetime) -> bool:
    """The role is theirs no more; cases that they own stay theirs. False when it was gone before.

    Raises NotAllowed.
    """
    actor = deciding(by, membership.user)
    told = in_words(membership)
    if not Membership.objects.filter(pk=membership.pk).delete()[0]:
        return False
    keep(Access.WITHDRAWN, membership.user, actor, at, told, membership.site)
    return True


@transaction.atomic
def shut_out(whose: User, *, by: Actor, at: datetime) -> bool:
    """Sessions and tokens of theirs open nothing from now on. False when it was so before.

    Raises NotAllowed.
    """
    actor = deciding(by, whose)
    if not User.objects.filter(pk=whose.pk, is_active=True).update(is_active=False):
        return False
    keep(Access.DEACTIVATED, whose, actor, at)
    return True


def activate(
    whose: User, by: Actor, at: datetime, *, because: str = "", alone: bool = False
) -> None:
    """They may sign in again. Who may say so is `granting`'s to know."""
    User.objects.filter(pk=whose.pk).update(is_active=True)
    keep(Access.ACTIVATED, whose, by, at, because, alone=alone)


@transaction.atomic
def issue_token(
    whose: User, *, name: str, scopes: Sequence[str], days: int, by: Actor, at: datetime
) -> str:
    """A key by which a program acts as the person; it can be read from nowhere later.

    It opens whatever the person may do from then on; but one that an admin of some sites makes
    opens nothing elsewhere, also where the person is given roles later. Raises NotAllowed.
    """
    actor = deciding(by, whose)
    sites = administers(actor)
    if sites is not None and not tokens.BEYOND_SITES.isdisjoint(scopes):
        raise NotAllowed(_("Only an integration admin of every site lets a program tell facts."))
    if not User.objects.filter(pk=whose.pk, is_active=True).exists():
        raise NotAllowed(_("%s is deactivated: a key of theirs would open nothing.") % whose)
    key = tokens.issue(
        whose, name=name, scopes=scopes, at=at, days=days, sites=sites, by=actor.user
    )
    keep(Access.TOKEN_MADE, whose, actor, at, told_of(name, scopes))
    return key


@transaction.atomic
def revoke_token(token: ServiceToken, *, by: Actor, at: datetime) -> bool:
    """The key opens nothing any more. False when it was revoked before. Raises NotAllowed.

    One that acts as the admin themselves is theirs to revoke, too: it only narrows what they may.
    """
    actor = deciding(by, token.user, own=True)
    if not ServiceToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        return False
    keep(Access.TOKEN_REVOKED, token.user, actor, at, token.name)
    return True


def keep(
    what: Access,
    whose: User,
    by: Actor,
    at: datetime,
    about: str = "",
    site: Site | None = None,
    *,
    alone: bool = False,
) -> None:
    """Adds a row to the record, and a line to the settings history; in the transaction of what it
    tells. `alone`: a second person is wanted for it, and there was none: an override.
    """
    about = ", ".join(said for said in (about, _("no second admin") if alone else "") if said)
    marked = {"override": True, "instead_of": "second person"} if alone else {}
    AccessChange.objects.create(
        user=whose,
        by=by.user,
        by_name=by.name[:150],
        at=at,
        what=what,
        about=about[:250],
        site=site,
    )
    settings_history.add(
        Governed.SECRET if what in (Access.TOKEN_MADE, Access.TOKEN_REVOKED) else Governed.ACCESS,
        f"{whose}: {what.label}{': ' if about else ''}{about}",
        by=by.user,
        name=by.name,
        via=by.via,
        at=at,
        data={"user": whose.pk, "username": whose.username, "what": str(what), "about": about}
        | marked,
        site=site,
    )


def told_of(name: str, scopes: Sequence[str]) -> str:
    """`n8n: cases:read, facts:write`."""
    return f"{name}: {', '.join(sorted(set(scopes)))}"


def in_words(membership: Membership) -> str:
    """`operator · Rotterdam · Procurement`."""
    return of_role(Role(membership.role), membership.site, membership.team)


def of_role(role: Role, site: Site | None, team: Team | None) -> str:
    """The same of a role that nobody has yet."""
    said = [str(role.label), str(site) if site else _("every site")]
    return " · ".join([*said, str(team)] if team else said)


def give(
    whose: User,
    role: Role,
    site: Site | None,
    team: Team | None,
    by: Actor,
    at: datetime,
    *,
    because: str = "",
    alone: bool = False,
) -> bool:
    """The role is theirs. Who may give it is `granting`'s to know. False when they had it."""
    found, made = Membership.objects.get_or_create(user=whose, role=role, site=site, team=team)
    if made:
        about = f"{in_words(found)}{', ' if because else ''}{because}"
        keep(Access.GRANTED, whose, by, at, about, site, alone=alone)
    return made


def admin_now(by: Actor) -> Actor:
    """The actor as they stand now, with all integration admins held still until the end.

    Raises NotAllowed where they are none, or no longer.
    """
    admins = Membership.objects.filter(role=Role.INTEGRATION_ADMIN).order_by("pk")
    list(admins.select_for_update(no_key=True).values_list("pk"))
    user = by.user and User.objects.filter(pk=by.user.pk, is_active=True).first()
    actor = person(user, by.via) if user else None
    if actor is None or administers(actor) == frozenset():
        raise NotAllowed(_("Only an integration admin changes access."))
    return actor


def deciding(by: Actor, whose: User, *, own: bool = False) -> Actor:
    """The actor as they stand now, who may change this person's access; `own`: also their own.

    Raises NotAllowed.
    """
    actor = admin_now(by)
    if own and actor.user == whose:
        return actor
    if says := why_not(actor, whose):
        raise NotAllowed(says)
    return actor
