"""What supervisors do by hand about something that is to be sent: give it up, say that it stands
there already, or have it tried again now. The first two are overrides: the history marks them.

Never while a sender is at it: its lease says so. Locks are taken as in `proofs`: the case, then its
messages. A sender that comes back after its lease finds the message changed and is not heard.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import lifecycle, nudges, proofs
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import (
    UNFINISHED,
    DecisionState,
    Happening,
    OutboxState,
    Role,
)

LEFT = (*UNFINISHED, OutboxState.FAILED)  # there is something left that a hand can do
FOLLOWED = Q(state=OutboxState.FAILED, error=proofs.STEP_BEFORE_FAILED)


def refusal(case: Case, actor: Actor) -> str:
    """Why the actor may do nothing here by hand, in a sentence; empty when they may."""
    if actor.user is not None and Role.SUPERVISOR in actor.roles_at(case.site_id):
        return ""
    return _("Only a supervisor of %(site)s can do this.") % {"site": case.site}


@transaction.atomic
def give_up(
    message_id: int, actor: Actor, *, reason: str, rest: bool, at: datetime
) -> OutboxMessage:
    """It is not sent any more. `rest`: what else its decision sends goes out all the same;
    otherwise that is given up with it.

    Raises Refused, or OutboxMessage.DoesNotExist.
    """
    case, message = _held(message_id, actor, at)
    because = _needed(reason, _("Say in a sentence why it is given up."))
    ended = [message]
    if message.decision and not rest:
        others = message.decision.outbox.exclude(pk=message.pk).filter(state__in=LEFT)
        ended += [_free(each, at) for each in others.select_for_update(of=("self",), no_key=True)]
    for each in ended:
        _end(each, OutboxState.GIVEN_UP, actor, because, at)
        _tell(case, Happening.GIVEN_UP, each, actor, because, at)
    if message.decision:
        _go_on(case, message.decision, actor, at) if rest else _stop(message.decision)
    return message


@transaction.atomic
def mark_delivered(message_id: int, actor: Actor, *, reason: str, at: datetime) -> OutboxMessage:
    """The actor has seen it there: their word stands for the proof, and its decision goes on as if
    it had been read back.

    Raises Refused, or OutboxMessage.DoesNotExist.
    """
    case, message = _held(message_id, actor, at)
    because = _needed(reason, _("Say in a sentence where you have seen it."))
    if message.decision and message.decision.state == DecisionState.VOID:
        raise Refused(_("The record changed after the decision was made. Propose it anew."))
    _end(message, OutboxState.CONFIRMED, actor, because, at)
    _tell(case, Happening.MARKED_DELIVERED, message, actor, because, at)
    if message.decision:
        _go_on(case, message.decision, actor, at)
    return message


@transaction.atomic
def again(message_id: int, actor: Actor, *, at: datetime) -> OutboxMessage:
    """What failed is tried again now, with what failed with it. Raises Refused, or
    OutboxMessage.DoesNotExist.
    """
    case = lifecycle.locked(_case_of(message_id))
    if says := refusal(case, actor):
        raise Refused(says)
    return proofs.try_again(message_id, actor, at=at)


def is_leased(message: OutboxMessage, at: datetime) -> bool:
    """Whether a sender is at it."""
    return message.lease_until is not None and message.lease_until >= at


def _case_of(message_id: int) -> int:
    return OutboxMessage.objects.values_list("case_id", flat=True).get(pk=message_id)


def _held(message_id: int, actor: Actor, at: datetime) -> tuple[Case, OutboxMessage]:
    case = lifecycle.locked(_case_of(message_id))
    if says := refusal(case, actor):
        raise Refused(says)
    rows = OutboxMessage.objects.select_for_update(of=("self",), no_key=True)
    message = rows.select_related("decision").get(pk=message_id)
    if message.state not in LEFT:
        raise Refused(_("Nothing is left to do about it: it is %s.") % message.get_state_display())
    return case, _free(message, at)


def _free(message: OutboxMessage, at: datetime) -> OutboxMessage:
    if is_leased(message, at):
        told = {"what": message.get_verb_display()}
        raise Refused(_("The %(what)s is being sent at this moment. Look again shortly.") % told)
    return message


def _needed(text: str, sentence: str) -> str:
    if not text.strip():
        raise Refused(sentence)
    return text.strip()[:300]


def _end(
    message: OutboxMessage, state: OutboxState, actor: Actor, because: str, at: datetime
) -> None:
    message.state, message.lease_until = state, None
    message.by_hand, message.by_hand_at, message.by_hand_because = actor.user, at, because
    message.save()


def _tell(
    case: Case,
    what: Happening,
    message: OutboxMessage,
    actor: Actor,
    because: str,
    at: datetime,
) -> None:
    said = {"verb": message.verb, "key": message.key, "reason": because, "override": True}
    proofs.append(case, what, actor, at, said)


def _go_on(case: Case, decision: Decision, actor: Actor, at: datetime) -> None:
    """The rest of the decision is sent; where nothing is left to send, it is carried out, or it
    came to nothing.
    """
    if decision.state == DecisionState.VOID:
        return
    if case.is_open:
        _revive(decision.outbox.filter(FOLLOWED), at)
    if decision.outbox.filter(state__in=LEFT).exists():
        _wait(decision)
    elif decision.outbox.filter(state=OutboxState.CONFIRMED).exists():
        proofs.carry_out(case, decision, actor, at=at)
    else:
        _set(decision, DecisionState.WITHDRAWN)


def _revive(failed: QuerySet[OutboxMessage], at: datetime) -> None:
    """These were never sent: they only came after what failed."""
    fresh: dict[str, Any] = {"state": OutboxState.PENDING, "error": "", "next_attempt_at": at}
    if failed.update(**fresh):
        nudges.outbox()


def _wait(decision: Decision) -> None:
    rows = decision.outbox.all()
    if not rows.filter(state__in=UNFINISHED).exists():
        _set(decision, DecisionState.FAILED)
    elif rows.filter(state=OutboxState.CONFIRMED).exists():
        _set(decision, DecisionState.SENDING)
    else:
        _set(decision, DecisionState.APPROVED)


def _stop(decision: Decision) -> None:
    """Nothing more of it is sent. What was done before stays done, so it failed half-way."""
    if decision.state == DecisionState.VOID:
        return
    begun = decision.outbox.filter(state=OutboxState.CONFIRMED).exists()
    _set(decision, DecisionState.FAILED if begun else DecisionState.WITHDRAWN)


def _set(decision: Decision, state: DecisionState) -> None:
    decision.state = state
    decision.save(update_fields=["state"])
