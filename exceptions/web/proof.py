"""Decisions, playbooks, and what became in the source of each thing that was sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exceptions import playbooks, switches, undoing
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import UNFINISHED, DecisionState, OutboxState, Target, Verb, lasting
from exceptions.web import change_words, formats
from exceptions.web.change_words import Change

DECISION_LOOKS = {
    DecisionState.PROPOSED: ("info", "approve"),
    DecisionState.APPROVED: ("info", "clock"),
    DecisionState.SENDING: ("info", "send"),
    DecisionState.CONFIRMED: ("ok", "check"),
    DecisionState.FAILED: ("bad", "x"),
    DecisionState.VOID: ("warn", "alert"),
    DecisionState.REJECTED: ("bad", "x"),
    DecisionState.EXPIRED: ("warn", "clock"),
    DecisionState.WITHDRAWN: ("", "x"),
}


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
    answers: list[tuple[str, str]] = field(default_factory=list)
    name: str = ""
    undo: str = ""  # what an undoing would do, where the reader may propose it now
    lasts: str = ""  # of what was carried out: that it cannot be undone


def decided(case: Case, at: datetime, *, may_undo: bool = False) -> list[Decided]:
    """The decisions, the latest first, and last the automatic responses."""
    messages = list(case.outbox.select_related("connection", "by_hand").order_by("id"))
    decisions = case.decisions.select_related("proposed_by", "undoes").order_by("-id")
    found = [_decided(d, case, messages, at, may_undo) for d in decisions]
    automatic = _sent(None, messages, at)
    return [*found, Decided(None, "", "", automatic)] if automatic else found


def _decided(
    decision: Decision, case: Case, messages: list[OutboxMessage], at: datetime, may_undo: bool
) -> Decided:
    decision.case = case
    look, symbol = DECISION_LOOKS[DecisionState(decision.state)]
    answers = playbooks.answers_in_words(decision, formats.when)
    done = decision.state == DecisionState.CONFIRMED
    undo = done and may_undo and not undoing.why_not(decision)
    return Decided(
        decision,
        look,
        symbol,
        _sent(decision.pk, messages, at),
        answers,
        name=playbooks.name_of(decision),
        undo=_undo(decision) if undo else "",
        lasts=_lasts(decision, messages) if done else "",
    )


def _undo(decision: Decision) -> str:
    does = ", ".join(str(verb.label) for verb in undoing.offer(decision).verbs)
    return _("A decision of its own, which puts back what stood there before: %s.") % does


def _lasts(decision: Decision, messages: list[OutboxMessage]) -> str:
    verbs = [Verb(m.verb) for m in messages if m.decision_id == decision.pk]
    last = ", ".join(str(verb.label) for verb in lasting(verbs))
    return _("cannot be undone: %s") % last if last else ""


def in_flight(case: Case) -> bool:
    """Whether a decision is on its way to the source."""
    return case.decisions.filter(state__in=[DecisionState.APPROVED, DecisionState.SENDING]).exists()


def _sent(decision_id: int | None, messages: list[OutboxMessage], at: datetime) -> list[Sent]:
    return [
        Sent(m, says(m, messages, at), changes(m)) for m in messages if m.decision_id == decision_id
    ]


def says(message: OutboxMessage, others: Iterable[OutboxMessage], at: datetime) -> str:
    """Why it stands where it stands, where that is not plain."""
    state = OutboxState(message.state)
    if message.by_hand is not None:
        return _by_hand(message)
    if state in (OutboxState.FAILED, OutboxState.WITHDRAWN):
        return message.error
    if state == OutboxState.AMBIGUOUS and message.target == Target.MAIL:
        words = _("It may or may not have gone out, and is not sent again by itself. %s")
        return words % message.error
    if state == OutboxState.AMBIGUOUS:
        return _(
            "It may or may not have been done. It is looked for %(when)s; nothing is sent again "
            "before that. %(words)s"
        ) % {"when": _soon(message.next_attempt_at, at), "words": message.error}
    if state == OutboxState.CONFIRMED and isinstance(message.after, dict):
        return _arrived(message.verb, message.after)
    return _waits(message, others, at) if state == OutboxState.PENDING else ""


def _by_hand(message: OutboxMessage) -> str:
    """Whose word it is, so that nobody takes it for a proof."""
    words = _("Marked delivered by %(who)s, %(when)s, not read back. “%(why)s”")
    if message.state == OutboxState.GIVEN_UP:
        words = _("Given up by %(who)s, %(when)s. “%(why)s”")
    at = formats.when(message.by_hand_at) if message.by_hand_at else ""
    return words % {"who": message.by_hand, "when": at, "why": message.by_hand_because}


def _arrived(verb: str, after: dict[str, Any]) -> str:
    """Where it arrived, or what was done in its stead."""
    if verb == Verb.EMAIL:
        return _("Handed to the %(handed_to)s, for %(to)s.") % after
    if verb in (Verb.N8N_EVENT, Verb.CHAT, Verb.AUTOMATION):
        return _("%(answered_by)s answered %(status)s. %(answer)s") % after
    if verb == Verb.HOLD:
        return change_words.held(after)
    if verb in change_words.INSTEAD and change_words.is_asked(after):
        return _("Odoo could not do it by itself, so a person was asked to.")
    if verb == Verb.APPROVAL and "request_status" not in after:
        return _("Odoo has no approvals that could take it, so the lead was asked.")
    return ""


def _waits(message: OutboxMessage, others: Iterable[OutboxMessage], at: datetime) -> str:
    if message.answered_at is None and (switch := switches.stopping(message)):
        stopped = {"who": switch.engaged_by, "reason": switch.reason}
        return _("Waits: %(who)s stopped it with a kill switch. “%(reason)s”") % stopped
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
    return change_words.changes(message.verb, message.before, message.after)
