"""Undoing a decision: a decision of its own, which puts back what stood there before. It goes the
way of all decisions, through the matrix and the outbox.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions.kinds import Offer
from exceptions.models import Decision, OutboxMessage
from exceptions.vocabulary import (
    HARMLESS,
    UNDONE_BY,
    DecisionKind,
    DecisionState,
    OutboxState,
    Verb,
    lasting,
    reversing,
)

# While an undoing is in one of these states, or done, there is no second one.
UNDER_WAY = (
    DecisionState.PROPOSED,
    DecisionState.APPROVED,
    DecisionState.SENDING,
    DecisionState.CONFIRMED,
)
Told = dict[str, Any]


def in_words(verbs: Iterable[Verb]) -> str:
    """Whether what the verbs do can be undone, and by what; empty where there is nothing to."""
    verbs = tuple(verbs)
    if last := lasting(verbs):
        words = _("It cannot be undone (%s), so a second person confirms it.")
        return words % ", ".join(str(verb.label) for verb in last)
    back = reversing(verbs)
    return _("It can be undone, by: %s.") % ", ".join(str(v.label) for v in back) if back else ""


def offer(undone: Decision) -> Offer:
    """What an undoing does: for each step, the last first, the verb that takes it back."""
    verbs = reversing(message_verbs(undone))
    return Offer(
        kind=DecisionKind.UNDO,
        says=_("Puts back what stood there before: %s.") % undone.get_kind_display(),
        verbs=(*verbs, Verb.NOTE),
    )


def message_verbs(undone: Decision) -> list[Verb]:
    return [Verb(message.verb) for message in _messages(undone)]


def parameters(undone: Decision) -> Told:
    """What each verb of the undoing has to be told: by verb, under `steps`."""
    steps: Told = {}
    for message in _messages(undone):
        verb = Verb(message.verb)
        back = UNDONE_BY.get(verb)
        if verb not in HARMLESS and back:
            steps[back] = _BACK[verb](message)
    return {"steps": steps}


def why_not(undone: Decision) -> str:
    """Why it cannot be undone (now), in a sentence; empty when it can."""
    if undone.state != DecisionState.CONFIRMED:
        return _("Only what was carried out can be undone.")
    if Decision.objects.filter(undoes=undone, state__in=UNDER_WAY).exists():
        return _("It is undone already, or about to be.")
    verbs = message_verbs(undone)
    if last := lasting(verbs):
        return _("This cannot be undone: %s.") % ", ".join(str(verb.label) for verb in last)
    if not reversing(verbs):
        return _("There is nothing to undo: it only told people.")
    if any(told is None for told in parameters(undone)["steps"].values()):
        return _("What stood there before is not one value, so it has to be put back by hand.")
    return ""


def _messages(undone: Decision) -> list[OutboxMessage]:
    """Those that were done: what was given up by hand never was."""
    done = (row for row in undone.outbox.all() if row.state != OutboxState.GIVEN_UP)
    return sorted(done, key=lambda message: message.pk)


def _date(message: OutboxMessage) -> Told | None:
    """The date that all of the records had; several had several."""
    before = set((message.before or {}).values())
    date = _instant(before.pop()) if len(before) == 1 else None
    return {"date": date.isoformat()} if date else None


def _instant(text: object) -> datetime | None:
    """Sources write instants in UTC."""
    found = parse_datetime(text) if isinstance(text, str) else None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _urgent(message: OutboxMessage) -> Told | None:
    """One that was flagged before stays flagged."""
    before = set(map(str, (message.before or {}).values()))
    return {"urgent": before == {"1"}} if len(before) == 1 else None


def _held(message: OutboxMessage) -> Told | None:
    """A bill that was not to be paid before stays so."""
    before = set(map(str, (message.before or {}).values()))
    return {"held": not before.isdisjoint({"True", "blocked"}), **_for_a_person(message)}


def _for_a_person(message: OutboxMessage) -> Told:
    """What somebody is asked where the source cannot do it."""
    summary = _("Undo: %s") % message.case.title
    return {"summary": summary[:120], "due_in_days": 1}


def _made(message: OutboxMessage) -> Told | None:
    """What it made bears its key."""
    return {"what": message.verb, "made_by": message.key}


_BACK: Mapping[Verb, Callable[[OutboxMessage], Told | None]] = {
    Verb.NEW_DATE: _date,
    Verb.PRIORITY: _urgent,
    Verb.TRANSFER: _made,
    Verb.PURCHASE: _made,
    Verb.RETURN: _made,
    Verb.CREDIT_NOTE: _made,
    Verb.HOLD_BILL: _held,
}
