"""Drafting: the next version of a policy is written by one policy admin and published by another.

Raises Refused, with a sentence, where somebody may not or comes too late.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import policies, settings_history
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import MatrixVersion, Membership, Policy, RoutingSet, User
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import Governed, KindCode, Role

DRAFTERS = (Role.POLICY_ADMIN,)

# Each is drafted by one person and published by another.
Draft = Policy | RoutingSet | MatrixVersion


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs: where it stands (`targets`, `resolve`, `high`), and both values.

    None stands for what is not there. Lists, such as a playbook, are compared as a whole.
    """

    path: tuple[str, ...]
    before: Any
    after: Any


def may_draft(actor: Actor) -> bool:
    return actor.has_role(*DRAFTERS)


def open_draft(kind: str) -> Policy | None:
    drafts = Policy.objects.filter(kind=kind, version=None, discarded_at=None)
    return drafts.select_related("author", "based_on").first()


@transaction.atomic
def start(kind: str, actor: Actor, *, at: datetime) -> Policy:
    """The open draft of the kind, or a new one that says what is in force."""
    person = drafter(actor)
    policies.hold_for_publishing()  # so that two who start at once get the same draft
    in_force = policies.newest_of(kind)
    if in_force is None:
        raise Refused(_("This kind has no policy yet."))
    if draft := open_draft(kind):
        return draft
    return Policy.objects.create(
        kind=kind,
        settings=in_force.settings,
        based_on=in_force,
        author=person,
        drafted_at=at,
        changed_at=at,
    )


@transaction.atomic
def change(
    draft_id: int,
    settings: PolicySettings,
    actor: Actor,
    *,
    revision: int,
    at: datetime,
    note: str = "",
) -> Policy:
    """Keep `settings` in the draft, whether or not they hold together already.

    `revision` is the one that was changed: what a colleague has saved meanwhile is not overwritten.
    """
    person = drafter(actor)
    draft = _locked(draft_id)
    must_be_seen(draft, revision)
    draft.settings, draft.note = policies.to_json(settings), note.strip()[:200]
    draft.hands = sorted({*draft.hands, person.pk})
    draft.author, draft.changed_at = person, at
    draft.revision += 1
    draft.save()
    return draft


@transaction.atomic
def discard(draft_id: int, actor: Actor, *, at: datetime) -> Policy:
    person = drafter(actor)
    draft = _locked(draft_id)
    draft.discarded_at = at
    draft.save(update_fields=["discarded_at"])
    says = f"{KindCode(draft.kind).label}: draft discarded"
    data = {"kind": draft.kind, "drafted by": str(draft.author)}
    settings_history.add(Governed.POLICY, says, by=person, via=actor.via, at=at, data=data)
    return draft


@transaction.atomic
def bring_up_to_date(draft_id: int, actor: Actor, *, at: datetime) -> Policy:
    """Put what the draft changes onto the version that was published since it was begun.

    Where both changed the same setting, the draft's value stands: it is there to be looked at.
    """
    person = drafter(actor)
    policies.hold_for_publishing()
    draft, newest = _locked(draft_id), _newest(_locked(draft_id).kind)
    assert draft.based_on is not None
    settings = newest.settings
    for difference in differences(draft.based_on.settings, draft.settings):
        settings = _with(settings, difference.path, difference.after)
    draft.settings, draft.based_on, draft.changed_at = settings, newest, at
    draft.hands = sorted({*draft.hands, person.pk})
    draft.revision += 1
    draft.save()
    return draft


@transaction.atomic
def publish(draft_id: int, actor: Actor, *, revision: int, at: datetime) -> Policy:
    """Put the draft in force. `revision` is the one that was read and found good.

    Raises policies.NotPublished too, when the settings do not hold together.
    """
    person = drafter(actor)
    policies.hold_for_publishing()
    draft = _locked(draft_id)
    must_be_seen(draft, revision)
    must_be_a_second_person(draft, person)
    _must_be_news(draft)
    if found := policies.problems(draft.kind, policies.from_json(draft.settings)):
        raise policies.NotPublished(found)
    draft.published_by = person
    return policies.enact(draft, at=at)


@transaction.atomic
def roll_back(kind: str, version: int, actor: Actor, *, reason: str, at: datetime) -> Policy:
    """Put an earlier version's settings in force again, as a new version.

    One person is enough: two have read these settings before. Raises policies.NotPublished where
    they do not fit the rules of today.
    """
    person = drafter(actor)
    if not reason.strip():
        raise Refused(_("Say in a sentence why: it stands beside the new version."))
    policies.hold_for_publishing()
    then = Policy.objects.filter(kind=kind, version=version).first()
    if then is None or version == _newest(kind).version:
        raise Refused(_("Choose an earlier version than the one in force."))
    if found := policies.problems(kind, policies.from_json(then.settings)):
        raise policies.NotPublished(found)
    note = _("Back to version %(n)s: %(why)s") % {"n": version, "why": reason.strip()}
    again = Policy(kind=kind, settings=then.settings, based_on=then, note=note[:200])
    again.author = again.published_by = person
    return policies.enact(again, at=at)


def who_may_publish(draft: Draft) -> list[User]:
    """The policy admins who had no hand in the draft."""
    admins = Membership.objects.filter(role__in=DRAFTERS).values("user")
    others = User.objects.filter(pk__in=admins, is_active=True).exclude(pk__in=_hands(draft))
    return list(others.order_by("first_name", "username"))


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Every setting that differs between two settings as JSON, in the order of their names."""
    if not (isinstance(before, dict | None) and isinstance(after, dict | None)) or before is after:
        if before != after:
            yield Difference(path, before, after)
        return
    before, after = before or {}, after or {}
    for name in sorted(before.keys() | after.keys()):
        yield from differences(before.get(name), after.get(name), (*path, name))


def _with(settings: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of `settings` with another value at the path; None takes the setting away."""
    name, rest = path[0], path[1:]
    changed = _with(settings.get(name) or {}, rest, value) if rest else value
    kept = {key: old for key, old in settings.items() if key != name}
    return kept if changed is None else kept | {name: changed}


def drafter(actor: Actor) -> User:
    """Who may draft and publish, as a person. Raises Refused for everybody else."""
    if actor.user is None or not may_draft(actor):
        raise Refused(_("Only a policy admin can change policies."))
    return actor.user


def _locked(draft_id: int) -> Policy:
    draft = Policy.objects.select_for_update(of=("self",), no_key=True).get(pk=draft_id)
    if not draft.is_open_draft:
        raise Refused(_("This draft is no longer open: it was published or discarded."))
    return draft


def _newest(kind: str) -> Policy:
    newest = policies.newest_of(kind)
    assert newest is not None  # a draft is based on one
    return newest


def _hands(draft: Draft) -> set[int]:
    return {*draft.hands, *([draft.author_id] if draft.author_id else [])}


def must_be_seen(draft: Draft, revision: int) -> None:
    """Raises Refused where somebody has changed the draft since it was read."""
    if draft.revision != revision:
        raise Refused(
            _("%(who)s changed the draft meanwhile. Look at it as it is now, then decide again.")
            % {"who": draft.author}
        )


def must_be_a_second_person(draft: Draft, person: User) -> None:
    """Raises Refused where the person had a hand in the draft; the sentence says who can."""
    if person.pk not in _hands(draft):
        return
    others = who_may_publish(draft)
    if others:
        names = _(" or ").join(str(other) for other in others[:3])
        raise Refused(_("You drafted this, so you cannot publish it. %s can.") % names)
    raise Refused(
        _("You drafted this, so you cannot publish it, and there is no other policy admin yet.")
    )


def _must_be_news(draft: Policy) -> None:
    newest = _newest(draft.kind)
    if draft.based_on_id != newest.pk:
        raise Refused(
            _("Version %s was published meanwhile. Bring the draft up to date first.")
            % newest.version
        )
    if draft.settings == newest.settings:
        raise Refused(_("The draft says the same as version %s.") % newest.version)
