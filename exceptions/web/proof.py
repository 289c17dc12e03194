"""Decisions, playbooks, and what became in the source of each thing that was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions import playbooks
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import UNFINISHED, DecisionState, OutboxState, Target, Verb
from exceptions.web import formats

DECISION_LOOKS = {
    DecisionState.APPROVED: ("info", "clock"),
    DecisionState.SENDING: ("info", "send"),
    DecisionState.CONFIRMED: ("ok", "check"),
    DecisionState.FAILED: ("bad", "x"),
    DecisionState.VOID: ("warn", "alert"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A value in the source before and after; `before` is empty if it was not set, or the same."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: its way (intent, sent, read back) and what there is to say about it."""

    message: OutboxMessage
    says: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and what it sent. `decision` is None for what the playbook did by itself."""

    decision: Decision | None
    look: str
    symbol: str
    sent: list[Sent]


def decided(case: Case, at: datetime) -> list[Decided]:
    """The decisions, the latest first, and last the automatic responses."""
    messages = list(case.outbox.select_related("connection").order_by("id"))
    decisions = case.decisions.select_related("proposed_by").order_by("-id")
    found = [
        Decided(d, *DECISION_LOOKS[DecisionState(d.state)], _sent(d.pk, messages, at))
        for d in decisions
    ]
    automatic = _sent(None, messages, at)
    return [*found, Decided(None, "", "", automatic)] if automatic else found


def in_flight(case: Case) -> bool:
    """Whether a decision is on its way to the source."""
    return case.decisions.filter(state__in=[DecisionState.APPROVED, DecisionState.SENDING]).exists()


def needed_words(case: Case) -> dict[str, list[str]]:
    """What each decision that the kind offers does in the source, by decision."""
    return {o.kind: [str(verb.label) for verb in o.verbs] for o in playbooks.offers_for(case)}


def _sent(decision_id: int | None, messages: list[OutboxMessage], at: datetime) -> list[Sent]:
    return [
        Sent(m, says(m, messages, at), changes(m)) for m in messages if m.decision_id == decision_id
    ]


def says(message: OutboxMessage, others: Iterable[OutboxMessage], at: datetime) -> str:
    """Why it stands where it stands, where that is not plain."""
    state = OutboxState(message.state)
    if state in (OutboxState.FAILED, OutboxState.WITHDRAWN):
        return message.error
    if state == OutboxState.AMBIGUOUS:
        return _(
            "It may or may not have been done. It is looked for %(when)s; nothing is sent again "
            "before that. %(words)s"
        ) % {"when": _soon(message.next_attempt_at, at), "words": message.error}
    return _waits(message, others, at) if state == OutboxState.PENDING else ""


def _waits(message: OutboxMessage, others: Iterable[OutboxMessage], at: datetime) -> str:
    if message.target == Target.SOURCE and not message.connection.enabled:
        return _("Waits: the connection %s is switched off.") % message.connection
    if message.target == Target.SOURCE and not message.connection.sending:
        return _("Waits: sending to %s is switched off.") % message.connection
    there = (o for o in others if o.target == message.target)
    first = next((o for o in there if o.state in UNFINISHED), message)
    if first.pk != message.pk:
        return _("Waits for what stands before it on the same record.")
    if message.error:
        words = {"words": message.error, "when": _soon(message.next_attempt_at, at)}
        return _("Not done yet: %(words)s Tried again %(when)s.") % words
    return _("Goes out within seconds.")


def _soon(then: datetime, at: datetime) -> str:
    if then <= at:
        return _("within seconds")
    return _("in %s") % formats.span(max((then - at).total_seconds(), 60))


def changes(message: OutboxMessage) -> list[Change]:
    """What a verb that sets a value changed, record by record."""
    before, after = message.before, message.after
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    tell = _urgency if message.verb == Verb.PRIORITY else _word
    return [
        Change(str(what), "" if before.get(what) == value else tell(before.get(what)), tell(value))
        for what, value in after.items()
    ]


def _urgency(value: object) -> str:
    """The words that the facts use for it. Sources write it as a number, or as its digits."""
    return _("flagged urgent") if str(value) not in ("0", "", "None", "False") else _("not flagged")


def _word(value: object) -> str:
    """A value as the source wrote it; instants, which it writes in UTC, in the reader's zone."""
    if value in (None, False):
        return ""
    instant = _instant(str(value))
    return formats.when(instant) if instant else str(value)


def _instant(text: str) -> datetime | None:
    """Only what has a time of day: a number of eight digits would pass for a day."""
    try:
        found = parse_datetime(text) if ":" in text else None
    except ValueError:
        return None
    return timezone.make_aware(found, UTC) if found and timezone.is_naive(found) else found
