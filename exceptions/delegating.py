"""Letting somebody else vote for a while. Raises Refused, with a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions.actors import READING_ROLES, Actor, person
from exceptions.effects import Refused
from exceptions.models import Delegation, Site, User
from exceptions.vocabulary import Role

LONGEST = timedelta(days=366)
VOTING_ROLES = frozenset({Role.APPROVER, Role.SUPERVISOR, Role.EXECUTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """To whom, from when until when, up to how much of what currency, and where (none: all)."""

    to: User | None
    starts_at: datetime | None
    ends_at: datetime | None
    most: Decimal | None = None
    currency: str = ""
    sites: tuple[Site, ...] = ()
    reason: str = ""


@transaction.atomic
def lend(lent: Lent, actor: Actor, *, at: datetime) -> Delegation:
    """The actor's own votes, to somebody who may see the same cases."""
    if actor.user is None or not may_lend(actor):
        raise Refused(_("Only who may be asked for approval can let somebody else vote."))
    starts_at, ends_at = _span(lent, at)
    to = _delegate(lent, actor.user)
    if lent.most is not None and (lent.most <= 0 or not lent.currency):
        raise Refused(_("Give the amount as a number above 0, with its currency."))
    made = Delegation.objects.create(
        from_person=actor.user,
        to_person=to,
        starts_at=starts_at,
        ends_at=ends_at,
        most=lent.most,
        currency=lent.currency if lent.most is not None else "",
        reason=lent.reason.strip()[:200],
        made_at=at,
    )
    made.sites.set(lent.sites)
    return made


@transaction.atomic
def take_back(delegation_id: int, actor: Actor, *, at: datetime) -> Delegation:
    """By whoever lent it, or to whom it was lent. Raises Delegation.DoesNotExist."""
    found = Delegation.objects.select_for_update(no_key=True).get(pk=delegation_id)
    if actor.user is None or actor.user.pk not in (found.from_person_id, found.to_person_id):
        raise Refused(_("Only those two can end this."))
    if found.taken_back_at or found.ends_at <= at:
        raise Refused(_("This is over already."))
    found.taken_back_at = at
    found.save(update_fields=["taken_back_at"])
    return found


def may_lend(actor: Actor) -> bool:
    return actor.has_role(*VOTING_ROLES)


def candidates(actor: Actor) -> Iterable[User]:
    """Who could vote instead: everybody who may see cases at one of the actor's sites."""
    everybody = User.objects.filter(is_active=True).exclude(pk=actor.user.pk if actor.user else 0)
    people = everybody.order_by("first_name", "username").prefetch_related("memberships")
    return [each for each in people if _shares(person(each), actor)]


def _shares(other: Actor, actor: Actor) -> bool:
    """Whether they see cases at a site where the actor may be asked."""
    theirs = {g.site_id for g in other.grants if g.role in READING_ROLES}
    mine = {g.site_id for g in actor.grants if g.role in VOTING_ROLES}
    return bool(theirs) and (None in theirs or None in mine or bool(theirs & mine))


def _span(lent: Lent, at: datetime) -> tuple[datetime, datetime]:
    starts_at = max(lent.starts_at or at, at)
    if lent.ends_at is None or not starts_at < lent.ends_at <= starts_at + LONGEST:
        raise Refused(_("Say until when: after it begins, and within a year."))
    return starts_at, lent.ends_at


def _delegate(lent: Lent, who: User) -> User:
    if lent.to is None or not lent.to.is_active:
        raise Refused(_("Choose who shall vote for you."))
    if lent.to == who:
        raise Refused(_("Choose somebody else than yourself."))
    if not _shares(person(lent.to), person(who)):
        raise Refused(_("%s sees none of the cases that you are asked about.") % lent.to)
    return lent.to
