"""Drafting: the next version of what governs is written by one policy admin and published by
another.

What is drafted is a Subject: a kind's policy, the rules of routing, the approval matrix. Each has
at most one open draft. Raises Refused, with a sentence, where somebody may not or comes too late,
and policies.NotPublished where settings do not hold together.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import Membership, User, Versioned
from exceptions.policies import NotPublished
from exceptions.vocabulary import Governed, Role

DRAFTERS = (Role.POLICY_ADMIN,)

V = TypeVar("V", bound=Versioned)
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Subject(Generic[V, S]):
    """What is drafted: versions are rows of `model`, which say an `S` as JSON.

    `hold` lets nobody else begin or publish until the transaction ends. `beginning` is what rules
    before there is a version, None where there must be one. `catches_up`: a draft can be put onto
    a newer version, so that one may come into force beside it. `enact` puts a draft in force in a
    way of its own.
    """

    model: type[V]
    area: Governed
    called: str | Promise
    hold: Callable[[], None]
    to_json: Callable[[S], Any]
    from_json: Callable[[Any], S]
    problems: Callable[[S], list[str]]
    beginning: S | None = None
    key: dict[str, str] = field(default_factory=dict)
    catches_up: bool = False
    enact: Callable[[V, datetime], V] | None = None


def may_draft(actor: Actor) -> bool:
    return actor.has_role(*DRAFTERS)


def open_draft(subject: Subject[V, S]) -> V | None:
    drafts = _rows(subject).filter(version=None, discarded_at=None)
    return drafts.select_related("author", "based_on").first()


def newest(subject: Subject[V, S]) -> V | None:
    """The version in force."""
    return _rows(subject).exclude(version=None).order_by("-version").first()


@transaction.atomic
def start(subject: Subject[V, S], actor: Actor, *, at: datetime) -> V:
    """The open draft, or a new one that says what is in force."""
    person = drafter(actor)
    subject.hold()  # so that two who start at once get the same draft
    in_force = newest(subject)
    if in_force is None and subject.beginning is None:
        raise Refused(_("This kind has no policy yet."))
    if draft := open_draft(subject):
        return draft
    made = subject.model(**subject.key, settings=_said(subject, in_force), based_on=in_force)
    made.author, made.drafted_at, made.changed_at = person, at, at
    made.save()
    return made


@transaction.atomic
def change(
    subject: Subject[V, S],
    draft_id: int,
    settings: S,
    actor: Actor,
    *,
    revision: int,
    at: datetime,
    note: str = "",
) -> V:
    """Keep `settings` in the draft, whether or not they hold together already.

    `revision` is the one that was changed: what a colleague has saved meanwhile is not overwritten.
    """
    person = drafter(actor)
    draft = locked(subject, draft_id)
    _must_be_seen(draft, revision)
    draft.settings, draft.note = subject.to_json(settings), note.strip()[:200]
    draft.author = person
    touch(draft, person, at)
    return draft


def touch(draft: Versioned, person: User, at: datetime) -> None:
    """Store what the person has changed of the draft, and that they had a hand in it."""
    draft.hands = sorted({*draft.hands, person.pk})
    draft.changed_at = at
    draft.revision += 1
    draft.save()


@transaction.atomic
def discard(subject: Subject[V, S], draft_id: int, actor: Actor, *, at: datetime) -> V:
    person = drafter(actor)
    draft = locked(subject, draft_id)
    draft.discarded_at = at
    draft.save(update_fields=["discarded_at"])
    says = _("%s: draft discarded") % subject.called
    data = {**subject.key, "drafted by": str(draft.author)}
    settings_history.add(subject.area, says, by=person, via=actor.via, at=at, data=data)
    return draft


@transaction.atomic
def publish(
    subject: Subject[V, S], draft_id: int, actor: Actor, *, revision: int, at: datetime
) -> V:
    """Put the draft in force. `revision` is the one that was read and found good."""
    person = drafter(actor)
    subject.hold()
    draft = locked(subject, draft_id)
    _must_be_seen(draft, revision)
    _must_be_a_second_person(draft, person)
    _must_be_news(subject, draft)
    _must_hold_together(subject, draft)
    draft.published_by = person
    return _enact(subject, draft, actor, at)


@transaction.atomic
def roll_back(
    subject: Subject[V, S], version: int, actor: Actor, *, reason: str, at: datetime
) -> V:
    """Put an earlier version's settings in force again, as a new version.

    One person is enough: two have read these settings before. Not while a draft is open that
    could not be put onto the new version.
    """
    person = drafter(actor)
    if not reason.strip():
        raise Refused(_("Say in a sentence why: it stands beside the new version."))
    subject.hold()
    then, in_force = _rows(subject).filter(version=version).first(), newest(subject)
    if then is None or in_force is None or version == in_force.version:
        raise Refused(_("Choose an earlier version than the one in force."))
    _must_not_overtake(subject)
    _must_hold_together(subject, then)
    note = _("Back to version %(n)s: %(why)s") % {"n": version, "why": reason.strip()}
    again = subject.model(**subject.key, settings=then.settings, based_on=then, note=note[:200])
    again.author = again.published_by = person
    return _enact(subject, again, actor, at)


def who_may_publish(draft: Versioned) -> list[User]:
    """The policy admins who had no hand in the draft."""
    admins = Membership.objects.filter(role__in=DRAFTERS).values("user")
    others = User.objects.filter(pk__in=admins, is_active=True).exclude(pk__in=_hands(draft))
    return list(others.order_by("first_name", "username"))


def drafter(actor: Actor) -> User:
    """Who may draft and publish, as a person. Raises Refused for everybody else."""
    if actor.user is None or not may_draft(actor):
        raise Refused(_("Only a policy admin can change policies."))
    return actor.user


def locked(subject: Subject[V, S], draft_id: int) -> V:
    """The open draft, which nobody else changes until the transaction ends."""
    draft = _rows(subject).select_for_update(of=("self",), no_key=True).get(pk=draft_id)
    if not draft.is_open_draft:
        raise Refused(_("This draft is no longer open: it was published or discarded."))
    return draft


def _rows(subject: Subject[V, S]) -> QuerySet[V]:
    return subject.model.objects.filter(**subject.key)


def _said(subject: Subject[V, S], found: V | None) -> Any:
    """What a version says, or what rules before the first, as JSON."""
    if found is not None:
        return found.settings
    assert subject.beginning is not None  # `start` refuses without
    return subject.to_json(subject.beginning)


def _enact(subject: Subject[V, S], draft: V, actor: Actor, at: datetime) -> V:
    if subject.enact is not None:
        return subject.enact(draft, at)
    in_force = newest(subject)
    draft.version = in_force.version + 1 if in_force and in_force.version else 1
    draft.published_at = at
    draft.save()
    settings_history.add(
        subject.area,
        _("%(what)s: version %(n)s in force") % {"what": subject.called, "n": draft.version},
        by=draft.published_by,
        via=actor.via,
        at=at,
        because=draft.note,
        data={
            "drafted by": str(draft.author),
            "before": _said(subject, in_force),
            "after": draft.settings,
        },
    )
    return draft


def _hands(draft: Versioned) -> set[int]:
    return {*draft.hands, *([draft.author_id] if draft.author_id else [])}


def _must_be_seen(draft: Versioned, revision: int) -> None:
    """Raises Refused where somebody has changed the draft since it was read."""
    if draft.revision != revision:
        raise Refused(
            _("%(who)s changed the draft meanwhile. Look at it as it is now, then decide again.")
            % {"who": draft.author}
        )


def _must_be_a_second_person(draft: Versioned, person: User) -> None:
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


def _must_be_news(subject: Subject[V, S], draft: V) -> None:
    in_force = newest(subject)
    if in_force is not None and draft.based_on != in_force:
        raise Refused(
            _("Version %s was published meanwhile. Bring the draft up to date first.")
            % in_force.version
        )
    if subject.from_json(draft.settings) == subject.from_json(_said(subject, in_force)):
        raise Refused(_("The draft says the same as what is in force."))


def _must_not_overtake(subject: Subject[V, S]) -> None:
    draft = None if subject.catches_up else open_draft(subject)
    if draft is not None:
        raise Refused(
            _("%s has a draft under way: publish or discard it first.") % (draft.author or "")
        )


def _must_hold_together(subject: Subject[V, S], found: V) -> None:
    if problems := subject.problems(subject.from_json(found.settings)):
        raise NotPublished(problems)
