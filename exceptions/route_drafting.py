"""Drafting rules of routing: written by one policy admin and published by another, as policies are.

Raises Refused, with a sentence, where somebody may not or comes too late.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import route_soundness, routing_sets, settings_history
from exceptions.actors import Actor
from exceptions.drafting import drafter, must_be_a_second_person, must_be_seen
from exceptions.effects import Refused
from exceptions.models import RoutingSet
from exceptions.policies import NotPublished
from exceptions.routes import Routes
from exceptions.vocabulary import Governed


def open_draft() -> RoutingSet | None:
    drafts = RoutingSet.objects.filter(version=None, discarded_at=None)
    return drafts.select_related("author", "based_on").first()


@transaction.atomic
def start(actor: Actor, *, at: datetime) -> RoutingSet:
    """The open draft, or a new one that says what is in force."""
    person = drafter(actor)
    routing_sets.hold_for_publishing()
    if draft := open_draft():
        return draft
    newest = routing_sets.newest()
    return RoutingSet.objects.create(
        settings=routing_sets.to_json(routing_sets.routes_of(newest)),
        based_on=newest,
        author=person,
        drafted_at=at,
        changed_at=at,
    )


@transaction.atomic
def change(
    draft_id: int, routes: Routes, actor: Actor, *, revision: int, at: datetime, note: str = ""
) -> RoutingSet:
    """Keep `routes` in the draft, whether or not they hold together already. `revision` is the one
    that was changed: what a colleague has saved meanwhile is not overwritten.
    """
    person = drafter(actor)
    draft = _locked(draft_id)
    must_be_seen(draft, revision)
    draft.settings, draft.note = routing_sets.to_json(routes), note.strip()[:200]
    draft.hands = sorted({*draft.hands, person.pk})
    draft.author, draft.changed_at = person, at
    draft.revision += 1
    draft.save()
    return draft


@transaction.atomic
def discard(draft_id: int, actor: Actor, *, at: datetime) -> RoutingSet:
    person = drafter(actor)
    draft = _locked(draft_id)
    draft.discarded_at = at
    draft.save(update_fields=["discarded_at"])
    says, data = _("Rules of routing: draft discarded"), {"drafted by": str(draft.author)}
    settings_history.add(Governed.ROUTING, says, by=person, via=actor.via, at=at, data=data)
    return draft


@transaction.atomic
def publish(draft_id: int, actor: Actor, *, revision: int, at: datetime) -> RoutingSet:
    """Put the draft in force. `revision` is the one that was read and found good. Cases that are
    open stay where they are until somebody routes them again (see `rerouting`).

    Raises policies.NotPublished too, when the rules do not hold together.
    """
    person = drafter(actor)
    routing_sets.hold_for_publishing()
    draft = _locked(draft_id)
    must_be_seen(draft, revision)
    must_be_a_second_person(draft, person)
    newest = routing_sets.newest()
    if routing_sets.from_json(draft.settings) == routing_sets.routes_of(newest):
        raise Refused(_("The draft says the same as what is in force."))
    _must_hold_together(draft)
    draft.published_by = person
    return _enact(draft, newest, actor, at)


@transaction.atomic
def roll_back(version: int, actor: Actor, *, reason: str, at: datetime) -> RoutingSet:
    """Put an earlier version's rules in force again, as a new version. One person is enough: two
    have read these rules before. Not while a draft is open, which rests on what is in force.
    """
    person = drafter(actor)
    if not reason.strip():
        raise Refused(_("Say in a sentence why: it stands beside the new version."))
    routing_sets.hold_for_publishing()
    then, newest = RoutingSet.objects.filter(version=version).first(), routing_sets.newest()
    if then is None or newest is None or version == newest.version:
        raise Refused(_("Choose an earlier version than the one in force."))
    if draft := open_draft():
        raise Refused(
            _("%s has a draft under way: publish or discard it first.") % (draft.author or "")
        )
    _must_hold_together(then)
    note = _("Back to version %(n)s: %(why)s") % {"n": version, "why": reason.strip()}
    again = RoutingSet(settings=then.settings, based_on=then, note=note[:200])
    again.author = again.published_by = person
    return _enact(again, newest, actor, at)


def _enact(draft: RoutingSet, newest: RoutingSet | None, actor: Actor, at: datetime) -> RoutingSet:
    draft.version = newest.version + 1 if newest and newest.version else 1
    draft.published_at = at
    draft.save()
    settings_history.add(
        Governed.ROUTING,
        _("Rules of routing: version %s in force") % draft.version,
        by=draft.published_by,
        via=actor.via,
        at=at,
        because=draft.note,
        data={
            "drafted by": str(draft.author),
            "before": newest.settings if newest else {},
            "after": draft.settings,
        },
    )
    return draft


def _must_hold_together(draft: RoutingSet) -> None:
    routes = routing_sets.from_json(draft.settings)
    if found := route_soundness.problems(routes, route_soundness.known()):
        raise NotPublished(found)


def _locked(draft_id: int) -> RoutingSet:
    draft = RoutingSet.objects.select_for_update(of=("self",), no_key=True).get(pk=draft_id)
    if not draft.is_open_draft:
        raise Refused(_("This draft is no longer open: it was published or discarded."))
    return draft
