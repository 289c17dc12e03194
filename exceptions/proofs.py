"""What became of an outbox message, told to its case and its decision. Called by the adapter.

A sender that was held up for longer than its lease may come back when another has taken the message
over. Its word does not count any more: here it changes nothing.

Locks are taken in one order everywhere: the document, its case, the messages of the case. A move
writes messages under the lock of its case; were one held here first, the two would wait for each
other.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exceptions import approvals, audit, clocks, lifecycle, notices, nudges, playbooks
from exceptions.actors import Actor, machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import (
    UNFINISHED,
    ClockKind,
    DecisionKind,
    DecisionState,
    Happening,
    Move,
    Notice,
    OutboxState,
    Outcome,
    Target,
    Verb,
    Via,
    lasting,
)

ODOO = machine(Via.ODOO)
# Whose word it is that a message arrived, or did not. A mail server is nobody in a history.
WHO: dict[str, Actor] = {
    Target.SOURCE: ODOO,
    Target.MAIL: machine(Via.POLICY),
    Target.N8N: machine(Via.N8N),
    Target.CHAT: machine(Via.POLICY),
    Target.AUTOMATION: ODOO,
}
STEP_BEFORE_FAILED = "Not sent: a step of the same decision before it failed."
CASE_HAD_ENDED = "Not sent: the case had ended before."
NOT_APPROVED = "Not sent: what was approved is not what the decision says now, or not any more."
FACTS_MOVED = "Not sent: the record changed after the decision was made, so the decision is void."


@transaction.atomic
def confirm(message: OutboxMessage, *, at: datetime, after: Any) -> None:
    """It stands in the source, read back. A decision that resolves its kind ends the case."""
    case = _held_case(message)
    if case is None:
        return
    message.state, message.error, message.lease_until = OutboxState.CONFIRMED, "", None
    message.after, message.read_back_at = after, at
    message.save()
    _tell(case, message, Happening.CONFIRMED, at)
    if message.decision and not _rest(message.decision).exists():
        carry_out(case, message.decision, ODOO, at=at)


def carry_out(case: Case, decision: Decision, actor: Actor, *, at: datetime) -> None:
    """Nothing of the decision is left to be sent: it is done, by whoever's word. The caller holds
    the lock of the case.
    """
    _set(decision, DecisionState.CONFIRMED)
    _end_claim(case, decision, at)
    _tell_people(case, decision, Notice.DECISION_CONFIRMED, at)
    _resolve(decision, actor, at)


@transaction.atomic
def fail(
    message: OutboxMessage,
    *,
    at: datetime,
    words: str,
    decision_is: DecisionState = DecisionState.FAILED,
) -> None:
    """The source said no for good; the rest of the decision is not sent."""
    case = _held_case(message)
    if case is None:
        return
    message.state, message.error, message.lease_until = OutboxState.FAILED, words[:500], None
    message.save()
    _tell(case, message, Happening.FAILED, at, words=words)
    if message.decision:
        _rest(message.decision).update(
            state=OutboxState.FAILED, error=STEP_BEFORE_FAILED, lease_until=None
        )
        _set(message.decision, decision_is)
        _tell_people(case, message.decision, Notice.DECISION_FAILED, at, words=words)


@transaction.atomic
def withdraw(message: OutboxMessage, *, at: datetime, words: str) -> None:
    """It is not wanted any more, and was never sent."""
    case = _held_case(message)
    if case is None:
        return
    message.state, message.error, message.lease_until = OutboxState.WITHDRAWN, words[:500], None
    message.save()
    _tell(case, message, Happening.WITHDRAWN, at, words=words)


def void(message: OutboxMessage, *, at: datetime, words: str = FACTS_MOVED) -> None:
    """The facts that were decided on have moved: nothing of the decision is sent."""
    fail(message, at=at, words=words, decision_is=DecisionState.VOID)


@transaction.atomic
def doubt(message: OutboxMessage, *, at: datetime, until: datetime, words: str) -> None:
    """It may have been done or not; it is looked for at `until`. The history says it once."""
    case = _held_case(message)
    if case is None:
        return
    said_before = message.error == words[:500]
    message.state, message.error, message.lease_until = OutboxState.AMBIGUOUS, words[:500], None
    message.next_attempt_at = until
    message.save()
    if not said_before:
        _tell(case, message, Happening.AMBIGUOUS, at, words=words)


@transaction.atomic
def tell_of_writing(message: OutboxMessage, who: str, *, at: datetime) -> None:
    """Somebody has written to the record since the decision was made, and nothing that it rests on
    is different: it is carried out, and the history says so, once.
    """
    case = _held_case(message)
    if case is None or case.events.filter(data__written_before=message.decision_id).exists():
        return
    words = _("%(who)s changed %(document)s after this was proposed. What it rests on is the same.")
    text = words % {"who": who, "document": case.document}
    told = {"text": text, "written_before": message.decision_id}
    append(case, Happening.NOTED, WHO[message.target], at, told)


@transaction.atomic
def postpone(message: OutboxMessage, *, until: datetime, words: str) -> None:
    """It was certainly not done; it is tried again at `until`."""
    if _held_case(message) is None:
        return
    message.state, message.error, message.lease_until = OutboxState.PENDING, words[:500], None
    message.next_attempt_at = until
    message.save()


@transaction.atomic
def stumble(message: OutboxMessage, *, at: datetime, most: int, words: str) -> None:
    """A mistake of our own. It may have struck after sending, so the lease is left to run out and
    the effect is looked for first; with the `most`-th mistake the message is given up.
    """
    if _held_case(message) is None:
        return
    message.mistakes += 1
    message.save(update_fields=["mistakes", "answered_at"])  # a yes that was heard is kept
    if message.mistakes >= most:
        fail(message, at=at, words=words)


@transaction.atomic
def sending(message: OutboxMessage, *, at: datetime, until: datetime, before: Any) -> bool:
    """It is about to be sent, and this is what stands there now. False: it must not be sent.

    The lease starts anew, until `until`: looking before may have used up most of it.
    """
    if _held_case(message) is None or not is_approved(message):
        return False
    message.before, message.sent_at, message.lease_until = before, at, until
    message.save(update_fields=["before", "sent_at", "lease_until"])
    if message.decision and message.decision.state == DecisionState.APPROVED:
        _set(message.decision, DecisionState.SENDING)
    return True


def is_approved(message: OutboxMessage) -> bool:
    """Whether its decision may be carried out, by what stands in the database now; the automatic
    responses of a playbook need nobody's approval.
    """
    return message.decision is None or approvals.stands(message.decision)


@transaction.atomic
def try_again(message_id: int, actor: Actor, *, at: datetime) -> OutboxMessage:
    """Put a failed message, and what failed with it of the same decision, back among those that
    wait. Attempts go on counting, so the effect is looked for before it is sent; mistakes do not.
    Where nobody can look for it (e-mail), the person has: it counts as not sent.

    Raises Refused with a sentence, or OutboxMessage.DoesNotExist. Who may ask is the caller's to
    know.
    """
    message = OutboxMessage.objects.get(pk=message_id)
    case = lifecycle.locked(message.case_id)
    message = OutboxMessage.objects.select_for_update(of=("self",), no_key=True).get(pk=message_id)
    _check_may_go_again(message)
    failed = OutboxMessage.objects.filter(pk=message.pk)
    if message.decision:
        failed = message.decision.outbox.filter(state=OutboxState.FAILED)
        begun = message.decision.outbox.filter(state=OutboxState.CONFIRMED).exists()
        _set(message.decision, DecisionState.SENDING if begun else DecisionState.APPROVED)
    failed.update(
        state=OutboxState.PENDING,
        next_attempt_at=at,
        error="",
        lease_until=None,
        sent_at=None,
        answered_at=None,
        mistakes=0,
    )
    text = _("Put back to be sent again: %s") % message.get_verb_display()
    append(case, Happening.NOTED, actor, at, {"text": text, "key": message.key})
    nudges.outbox()
    message.refresh_from_db()
    return message


@transaction.atomic
def send_again(message_id: int, actor: Actor, *, at: datetime) -> OutboxMessage:
    """Send anew what was proved and is gone from the source since, by its old key and through the
    same gates. Attempts go on counting, so it is looked for once more before it is sent.

    Raises Refused with a sentence, or OutboxMessage.DoesNotExist. Who may ask, and that it is gone,
    is the caller's to know.
    """
    case_id = OutboxMessage.objects.values_list("case_id", flat=True).get(pk=message_id)
    case = lifecycle.locked(case_id)
    rows = OutboxMessage.objects.select_for_update(of=("self",), no_key=True)
    message = rows.select_related("decision", "case").get(pk=message_id)
    if says := why_not_again(message):
        raise Refused(says)
    message.state, message.next_attempt_at, message.error = OutboxState.PENDING, at, ""
    message.sent_at = message.answered_at = message.read_back_at = message.lease_until = None
    message.mistakes = 0
    message.save()
    if message.decision:
        _set(message.decision, DecisionState.SENDING)
    text = _("It was gone, and is sent again: %s") % message.get_verb_display()
    append(case, Happening.NOTED, actor, at, {"text": text, "key": message.key})
    nudges.outbox()
    return message


def why_not_again(message: OutboxMessage) -> str:
    """Why what was proved may not be sent anew, in a sentence; empty where it may."""
    if message.state != OutboxState.CONFIRMED:
        return _("Nothing is to be sent again: it is %s.") % message.get_state_display()
    if lasting([Verb(message.verb)]):
        return _("It cannot be undone, so it is not done twice. Propose it anew on the case.")
    if not message.case.is_open:
        return _("The case has ended, so nothing is sent for it any more.")
    if message.decision and not approvals.stands(message.decision):
        return _("What was approved does not stand any more. Propose it anew on the case.")
    return ""


def _check_may_go_again(message: OutboxMessage) -> None:
    if message.state != OutboxState.FAILED:
        raise Refused(
            _("Only what failed can be sent again; this is %s.") % message.get_state_display()
        )
    if message.decision and message.decision.state == DecisionState.VOID:
        raise Refused(_("The record changed after the decision was made. Propose it anew."))
    if not message.case.is_open:
        raise Refused(_("The case has ended, so nothing is sent for it any more."))


def _held_case(message: OutboxMessage) -> Case | None:
    """The message's case, both rows locked; None when the message is not as it was claimed any
    more. Each claim counts `attempts` up.
    """
    case = lifecycle.locked(message.case_id)
    unchanged = OutboxMessage.objects.filter(
        pk=message.pk, attempts=message.attempts, state__in=UNFINISHED
    )
    return case if unchanged.select_for_update(no_key=True).only("pk").first() else None


def _tell(
    case: Case, message: OutboxMessage, what: Happening, at: datetime, *, words: str = ""
) -> None:
    data = {"verb": message.verb, "key": message.key} | ({"words": words} if words else {})
    append(case, what, WHO[message.target], at, data)


def append(case: Case, what: Happening, actor: Actor, at: datetime, data: dict[str, Any]) -> None:
    """One line more in the history of a case whose lock the caller holds."""
    audit.append(case, what, actor, at=at, data=data)
    Case.objects.filter(pk=case.pk).update(event_count=case.event_count, last_hash=case.last_hash)


def _tell_people(
    case: Case, decision: Decision, what: Notice, at: datetime, *, words: str = ""
) -> None:
    """Who proposed it and who owns the case; where it resolves the case, that tells the owner."""
    offer = playbooks.offer_of(decision)
    resolves = what == Notice.DECISION_CONFIRMED and offer is not None and offer.resolves
    people = {decision.proposed_by, case.owner} - ({case.owner} if resolves else set())
    data = {"decision": decision.kind, "words": words}
    notices.tell(case, what, people, at=at, data=data)


def _rest(decision: Decision) -> QuerySet[OutboxMessage]:
    return decision.outbox.filter(state__in=UNFINISHED)


def _set(decision: Decision, state: DecisionState) -> None:
    decision.state = state
    decision.save(update_fields=["state"])


def _end_claim(case: Case, decision: Decision, at: datetime) -> None:
    """The claim is on its way: its deadline is kept."""
    if decision.kind == DecisionKind.CLAIM:
        clocks.stop(case, ClockKind.CLAIM, at=at)
        Case.objects.filter(pk=case.pk).update(next_due_at=clocks.next_due(case))


def _resolve(decision: Decision, actor: Actor, at: datetime) -> None:
    """Not where a step was given up: whether that is all, a person says."""
    offer = playbooks.offer_of(decision)
    if offer is None or not offer.resolves:
        return
    if decision.outbox.filter(state=OutboxState.GIVEN_UP).exists():
        return
    data = {"outcome": Outcome.FIXED, "reason": str(decision.get_kind_display())}
    try:
        lifecycle.move(decision.case_id, Move.RESOLVE, actor, at=at, data=data)
    except Refused:  # it has ended already, or a file is missing that a person has to see to
        return
