"""Kill switches: an integration admin stops what the tower sends, by verb, by site, or all of it.
Letting it go on takes two.

Nothing is lost: what is stopped waits, and goes out in its order once the switch is released. What
was sent before is still looked for, so that it is proved.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.actors import Actor, administers, site_ids
from exceptions.actors import person as actor_of
from exceptions.models import KillSwitch, Membership, OutboxMessage, Site, User
from exceptions.vocabulary import UNFINISHED, Governed, Role, Verb

ASKED_FOR = timedelta(days=14)  # then whoever wants it released asks anew


class NoSwitch(Exception):
    """It cannot be switched; the text is a sentence for whoever tried."""


def engaged() -> QuerySet[KillSwitch]:
    rows = KillSwitch.objects.filter(released_at=None)
    return rows.select_related("site", "engaged_by")


def visible(actor: Actor) -> QuerySet[KillSwitch]:
    """Those, engaged or released, that concern the sites where the actor has any role."""
    sites = site_ids(actor, Role)
    people = ("engaged_by", "released_by", "release_asked_by")
    rows = KillSwitch.objects.select_related("site", *people)
    if sites is None:
        return rows
    return rows.filter(Q(site=None) | Q(site__in=sites)) if sites else rows.none()


def why_not(actor: Actor, site_id: int | None) -> str:
    """Why the actor may not switch there, in a sentence; empty when they may."""
    sites = administers(actor)
    if sites is None or (site_id is not None and site_id in sites):
        return ""
    if sites:
        return _("Choose one of the sites that you administer.")
    return _("Only an integration admin stops what is sent.")


@transaction.atomic
def engage(
    actor: Actor, *, verb: Verb | None, site: Site | None, reason: str, at: datetime
) -> KillSwitch:
    """Nothing of the verb (None: of any) is sent for the site (None: for any) from now on.

    Raises NoSwitch.
    """
    person = _admin(actor, site.pk if site else None)
    if not reason.strip():
        raise NoSwitch(_("Say in a sentence why: it stands on every page while it is stopped."))
    switch = KillSwitch(
        verb=verb or "", site=site, reason=reason.strip()[:300], engaged_at=at, engaged_by=person
    )
    try:
        with transaction.atomic():
            switch.save()
    except IntegrityError:
        raise NoSwitch(_("That is stopped already.")) from None
    _tell(switch, _("Stopped: %s") % in_words(switch), actor, switch.reason, at)
    return switch


@transaction.atomic
def release(switch_id: int, actor: Actor, *, reason: str, at: datetime) -> KillSwitch:
    """Let it go on: one admin asks, another confirms, and then what waited goes out. Where there is
    no other admin who could, one is enough, and the history marks it as an override.

    Raises NoSwitch, or KillSwitch.DoesNotExist.
    """
    switch = KillSwitch.objects.select_for_update(of=("self",), no_key=True).get(pk=switch_id)
    person = _admin(actor, switch.site_id)
    if switch.released_at:
        raise NoSwitch(_("It was released before."))
    if not reason.strip():
        raise NoSwitch(_("Say in a sentence why it may go on."))
    because, asked = reason.strip()[:300], asked_now(switch, at)
    if asked and switch.release_asked_by != person:
        return _release(switch, person, actor, because, at)
    if not others_who_may(switch, person):
        return _release(switch, person, actor, because, at, alone=True)
    if asked:
        raise NoSwitch(_("You asked for it, so another integration admin confirms it."))
    switch.release_asked_by, switch.release_asked_at = person, at
    switch.released_because = because
    switch.save()
    _tell(switch, _("Asked to let go on: %s") % in_words(switch), actor, because, at)
    return switch


def asked_now(switch: KillSwitch, at: datetime) -> bool:
    """Whether somebody has asked to release it and a second person may confirm that still."""
    asked = switch.release_asked_at
    return switch.released_at is None and asked is not None and at < asked + ASKED_FOR


def others_who_may(switch: KillSwitch, person: User) -> list[User]:
    """The other admins who could let it go on."""
    admins = Membership.objects.filter(role=Role.INTEGRATION_ADMIN).values("user")
    others = User.objects.filter(pk__in=admins, is_active=True).exclude(pk=person.pk)
    return [u for u in others.order_by("pk") if not why_not(actor_of(u), switch.site_id)]


def _release(
    switch: KillSwitch,
    person: User,
    actor: Actor,
    because: str,
    at: datetime,
    *,
    alone: bool = False,
) -> KillSwitch:
    switch.released_at, switch.released_by, switch.alone = at, person, alone
    switch.released_because = because
    switch.save()
    _tell(switch, _("Goes on: %s") % in_words(switch), actor, because, at, alone=alone)
    return switch


def stopping(
    message: OutboxMessage, among: Iterable[KillSwitch] | None = None
) -> KillSwitch | None:
    """The engaged switch that stops the message, where one does."""
    site_id = message.case.site_id
    for switch in engaged() if among is None else among:
        if switch.verb in ("", message.verb) and switch.site_id in (None, site_id):
            return switch
    return None


def waiting(switch: KillSwitch) -> int:
    """How many messages it keeps from being sent."""
    rows = OutboxMessage.objects.filter(state__in=UNFINISHED, answered_at=None)
    if switch.verb:
        rows = rows.filter(verb=switch.verb)
    return rows.filter(case__site=switch.site_id).count() if switch.site_id else rows.count()


def in_words(switch: KillSwitch) -> str:
    """`new date at Rotterdam`, `everything at every site`."""
    what = str(Verb(switch.verb).label) if switch.verb else _("everything that is sent")
    where = str(switch.site) if switch.site else _("every site")
    return _("%(what)s at %(where)s") % {"what": what, "where": where}


def _admin(actor: Actor, site_id: int | None) -> User:
    if says := why_not(actor, site_id):
        raise NoSwitch(says)
    if actor.user is None:
        raise NoSwitch(_("Only an integration admin stops what is sent."))
    return actor.user


def _tell(
    switch: KillSwitch,
    says: str,
    actor: Actor,
    reason: str,
    at: datetime,
    *,
    alone: bool = False,
) -> None:
    marked = {"override": True, "instead_of": "second person"} if alone else {}
    if switch.release_asked_by and not alone:
        marked = {"asked by": str(switch.release_asked_by)}
    settings_history.add(
        Governed.SWITCH,
        says,
        by=actor.user,
        via=actor.via,
        at=at,
        because=reason,
        data={"id": switch.pk, "verb": switch.verb, "site": switch.site_id} | marked,
        site=switch.site,
    )
