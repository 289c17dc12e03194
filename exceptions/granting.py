"""Giving people more than they have: one integration admin proposes it, another confirms it.

Who confirms is neither who proposed it nor whom it is about. Until then nothing is given. Where
there is no second admin who could, one is enough, and the history marks it as an override. Giving
less takes effect at once (see `access`).

A proposal holds for two weeks, and for the rights that the person had when it was made: where these
have changed since, it is void.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exceptions import access, actors, chains
from exceptions.access import NotAllowed
from exceptions.actors import Actor
from exceptions.models import Access, AccessProposal, Membership, Site, Team, User
from exceptions.vocabulary import ProposalEnd, Role

LASTS = timedelta(days=14)


class Given(StrEnum):
    """What became of giving somebody something."""

    NOW = "now"
    HAD = "had"
    WAITS = "waits"


@transaction.atomic
def grant(
    whose: User, role: Role, *, site: Site | None, team: Team | None, by: Actor, at: datetime
) -> Given:
    """One role more, at a site or (None) at every site. Raises access.NotAllowed.

    Sites that are not the actor's are refused before: the sentence tells nothing about them.
    """
    actor = access.deciding(by, whose)
    access.check(actor, role, site, team)
    if Membership.objects.filter(user=whose, role=role, site=site, team=team).exists():
        return Given.HAD
    wanted = AccessProposal(user=whose, role=role, site=site, team=team)
    return _give_or_propose(wanted, actor, at)


@transaction.atomic
def let_in(whose: User, *, by: Actor, at: datetime) -> Given:
    """Somebody who was shut out may sign in again. Raises access.NotAllowed."""
    actor = access.deciding(by, whose)
    if User.objects.filter(pk=whose.pk, is_active=True).exists():
        return Given.HAD
    return _give_or_propose(AccessProposal(user=whose), actor, at)


@transaction.atomic
def confirm(proposal_id: int, *, by: Actor, at: datetime) -> bool:
    """It is given now. False where it is void, because the person's rights have changed since.

    Raises access.NotAllowed, or AccessProposal.DoesNotExist.
    """
    actor, proposal = _held(proposal_id, by)
    if says := why_not(proposal, actor, at):
        raise NotAllowed(says)
    if proposal.digest != digest_of(proposal.user):
        _end(proposal, ProposalEnd.VOID, actor, at)
        return False
    _end(proposal, ProposalEnd.CONFIRMED, actor, at)
    _give(proposal, actor, at)
    return True


@transaction.atomic
def take_back(proposal_id: int, *, by: Actor, at: datetime) -> None:
    """It is not given: who proposed it has changed their mind, or another admin says no.

    Raises access.NotAllowed, or AccessProposal.DoesNotExist.
    """
    actor, proposal = _held(proposal_id, by)
    if proposal.ended_at:
        raise NotAllowed(_("It is not open any more: it was %s.") % proposal.get_end_display())
    _end(proposal, ProposalEnd.TAKEN_BACK, actor, at)


def take_all_back(whose: User, actor: Actor, *, at: datetime) -> None:
    """Nothing that waits for this person is given: they are not to come in at all."""
    rows = AccessProposal.objects.filter(user=whose, ended_at=None)
    for proposal in rows.select_for_update(no_key=True):
        _end(proposal, ProposalEnd.TAKEN_BACK, actor, at)


def waiting(actor: Actor, at: datetime) -> QuerySet[AccessProposal]:
    """The open proposals about people whose access the actor administers."""
    theirs = actors.administered_people(actor)
    rows = AccessProposal.objects.filter(ended_at=None, expires_at__gt=at, user__in=theirs)
    return rows.select_related("user", "site", "team", "proposed_by").order_by("id")


def why_not(proposal: AccessProposal, actor: Actor, at: datetime) -> str:
    """Why the actor, who administers the person, cannot confirm it; empty when they can."""
    if proposal.ended_at:
        return _("It is not open any more: it was %s.") % proposal.get_end_display()
    if proposal.expires_at <= at:
        return _("Nobody confirmed it for two weeks, so it has expired. Propose it again.")
    if actor.user is not None and actor.user.pk == proposal.proposed_by_id:
        return _("You proposed this, so another integration admin confirms it.")
    return access.why_not_role(actor, proposal.role, proposal.site, proposal.team)


def in_words(proposal: AccessProposal) -> str:
    """`operator · Rotterdam · Procurement`, or that they may sign in again."""
    if not proposal.role:
        return _("may sign in again")
    return access.of_role(Role(proposal.role), proposal.site, proposal.team)


def digest_of(whose: User) -> str:
    """SHA-256 over the roles that the person has, as the database says now. Whether they are in
    yet is none of them: who is invited may accept before their role is confirmed.
    """
    rows = Membership.objects.filter(user=whose).order_by("pk")
    roles = [list(row) for row in rows.values_list("role", "site", "team")]
    return chains.seal({"user": whose.pk, "roles": roles})


def who_may_confirm(proposal: AccessProposal, proposer: User) -> Iterator[User]:
    """Admins other than both whom it concerns and who proposes it."""
    admins = Membership.objects.filter(role=Role.INTEGRATION_ADMIN).values("user")
    others = User.objects.filter(pk__in=admins, is_active=True)
    for user in others.exclude(pk__in=[proposer.pk, proposal.user.pk]).order_by("pk"):
        actor = actors.person(user)
        if access.why_not(actor, proposal.user):
            continue
        if not access.why_not_role(actor, proposal.role, proposal.site, proposal.team):
            yield user


def _give_or_propose(wanted: AccessProposal, actor: Actor, at: datetime) -> Given:
    assert actor.user is not None  # machines administer nothing
    if next(who_may_confirm(wanted, actor.user), None) is None:
        _give(wanted, actor, at, alone=True)
        return Given.NOW
    _propose(wanted, actor.user, actor, at)
    return Given.WAITS


def _propose(wanted: AccessProposal, proposer: User, actor: Actor, at: datetime) -> None:
    same = AccessProposal.objects.filter(
        user=wanted.user, role=wanted.role, site=wanted.site, team=wanted.team, ended_at=None
    )
    for before in same.select_for_update(no_key=True):
        if before.expires_at > at and before.digest == digest_of(wanted.user):
            return  # it waits already
        _end(before, ProposalEnd.EXPIRED, actor, at)
    wanted.digest = digest_of(wanted.user)
    wanted.proposed_by, wanted.proposed_at, wanted.expires_at = proposer, at, at + LASTS
    wanted.save()
    access.keep(Access.PROPOSED, wanted.user, actor, at, in_words(wanted), wanted.site)


def _give(wanted: AccessProposal, actor: Actor, at: datetime, *, alone: bool = False) -> None:
    """`alone`: there is no second admin who could have confirmed it."""
    because = "" if alone else _("proposed by %s") % wanted.proposed_by
    if not wanted.role:
        access.activate(wanted.user, actor, at, because=because, alone=alone)
        return
    role = Role(wanted.role)
    access.give(
        wanted.user, role, wanted.site, wanted.team, actor, at, because=because, alone=alone
    )


def _end(proposal: AccessProposal, how: ProposalEnd, actor: Actor, at: datetime) -> None:
    proposal.end, proposal.ended_at = how, at
    proposal.ended_by = actor.user
    proposal.save(update_fields=["end", "ended_at", "ended_by"])
    if how != ProposalEnd.CONFIRMED:
        about = f"{in_words(proposal)} · {how.label}"
        access.keep(Access.NOT_GIVEN, proposal.user, actor, at, about, proposal.site)


def _held(proposal_id: int, by: Actor) -> tuple[Actor, AccessProposal]:
    """The actor as they stand now, and the proposal, locked in this order as by who proposes."""
    rows = AccessProposal.objects.select_related("user", "site", "team", "proposed_by")
    actor = access.deciding(by, rows.get(pk=proposal_id).user)
    return actor, rows.select_for_update(of=("self",), no_key=True).get(pk=proposal_id)
