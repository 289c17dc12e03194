"""What supervisors do by hand instead of the outbox: what becomes of the message, of the rest of
its decision and of the case, and what the history says.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from exceptions import audit, by_hand, lifecycle, proofs
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import DecisionState, Happening, Move, OutboxState, Outcome, State
from tests.exceptions.cases import case_in
from tests.making import Tower

HOUR = timedelta(hours=1)
SEEN = "I see the new date in Odoo."


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """Acknowledged, with nothing of its playbook left to send."""
    found = case_in(State.ACKNOWLEDGED, tower, at=at)
    found.outbox.update(state=OutboxState.CONFIRMED)
    return found


@pytest.fixture
def lead(tower: Tower) -> Actor:
    return tower.supervisor


def two_steps(case: Case, lead: Actor, at: datetime) -> tuple[OutboxMessage, OutboxMessage]:
    """A new date and its note, which wait to be sent."""
    said = {
        "decision": "new_date",
        "substance": case.document.substance,
        "reason": "They said so.",
        "date": at + timedelta(days=3),
    }
    lifecycle.move(case.pk, Move.PROPOSE, lead, at=at, data=said)
    first, second = Decision.objects.get().outbox.order_by("id")
    return first, second


def claimed(message: OutboxMessage, at: datetime) -> OutboxMessage:
    """As a sender has it, with ten minutes for it."""
    message.state, message.attempts = OutboxState.SENDING, message.attempts + 1
    message.lease_until = at + timedelta(minutes=10)
    message.save()
    return OutboxMessage.objects.select_related("decision").get(pk=message.pk)


def refused(message: OutboxMessage, at: datetime) -> OutboxMessage:
    """Odoo has said no."""
    proofs.fail(claimed(message, at), at=at, words="Locked.")
    return message


def states() -> list[str]:
    """Of the two steps."""
    return list(Decision.objects.get().outbox.order_by("id").values_list("state", flat=True))


def refusal(attempt: Callable[..., object], *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as said:
        attempt(*given, **named)
    return str(said.value)


def test_what_is_given_up_with_the_rest_is_never_sent(
    case: Case, lead: Actor, at: datetime
) -> None:
    first, _second = two_steps(case, lead, at)
    by_hand.give_up(first.pk, lead, reason="Done by phone.", rest=False, at=at + HOUR)

    assert states() == [OutboxState.GIVEN_UP, OutboxState.GIVEN_UP]
    assert Decision.objects.get().state == DecisionState.WITHDRAWN
    first.refresh_from_db()
    assert (first.by_hand, first.by_hand_at, first.by_hand_because) == (
        lead.user,
        at + HOUR,
        "Done by phone.",
    )


def test_the_rest_goes_out_all_the_same_where_the_person_says_so(
    case: Case, lead: Actor, at: datetime
) -> None:
    first, second = two_steps(case, lead, at)
    by_hand.give_up(first.pk, lead, reason="Done by phone.", rest=True, at=at)

    assert states() == [OutboxState.GIVEN_UP, OutboxState.PENDING]
    assert Decision.objects.get().state == DecisionState.APPROVED
    proofs.confirm(claimed(second, at), at=at, after={})
    assert Decision.objects.get().state == DecisionState.CONFIRMED
    case.refresh_from_db()
    assert (
        case.state == State.ACKNOWLEDGED
    )  # a step was given up: a person says whether that is all


def test_what_failed_behind_a_step_that_is_given_up_is_sent_after_all(
    case: Case, lead: Actor, at: datetime
) -> None:
    first, _second = two_steps(case, lead, at)
    refused(first, at)
    by_hand.give_up(first.pk, lead, reason="Not needed.", rest=True, at=at + HOUR)

    assert states() == [OutboxState.GIVEN_UP, OutboxState.PENDING]
    assert Decision.objects.get().state == DecisionState.APPROVED


def test_given_up_after_a_first_step_was_done_the_decision_failed(
    case: Case, lead: Actor, at: datetime
) -> None:
    first, second = two_steps(case, lead, at)
    proofs.confirm(claimed(first, at), at=at, after={})
    by_hand.give_up(second.pk, lead, reason="No note.", rest=False, at=at)

    assert Decision.objects.get().state == DecisionState.FAILED


def test_what_a_person_has_seen_counts_as_done_and_says_whose_word_it_is(
    case: Case, lead: Actor, at: datetime
) -> None:
    first, second = two_steps(case, lead, at)
    refused(first, at)
    by_hand.mark_delivered(first.pk, lead, reason=SEEN, at=at + HOUR)

    assert states() == [OutboxState.CONFIRMED, OutboxState.PENDING]
    assert Decision.objects.get().state == DecisionState.SENDING
    first.refresh_from_db()
    assert (first.read_back_at, first.after, first.by_hand) == (None, None, lead.user)
    proofs.confirm(claimed(second, at), at=at + HOUR, after={})
    assert Decision.objects.get().state == DecisionState.CONFIRMED


def test_the_last_step_marked_delivered_resolves_the_case_in_the_person_s_name(
    case: Case, lead: Actor, at: datetime
) -> None:
    first, second = two_steps(case, lead, at)
    proofs.confirm(claimed(first, at), at=at, after={})
    by_hand.mark_delivered(second.pk, lead, reason=SEEN, at=at + HOUR)

    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.RESOLVED, Outcome.FIXED)
    resolved = case.events.get(move=Move.RESOLVE)
    assert resolved.actor == lead.user


@pytest.mark.parametrize("what", ["give_up", "mark_delivered"])
def test_the_history_marks_it_as_an_override(
    case: Case, lead: Actor, at: datetime, what: str
) -> None:
    first, _second = two_steps(case, lead, at)
    if what == "give_up":
        by_hand.give_up(first.pk, lead, reason=SEEN, rest=True, at=at)
    else:
        by_hand.mark_delivered(first.pk, lead, reason=SEEN, at=at)

    happened = Happening.GIVEN_UP if what == "give_up" else Happening.MARKED_DELIVERED
    event = case.events.get(happening=happened)
    assert event.data == {
        "verb": first.verb,
        "key": first.key,
        "reason": SEEN,
        "override": True,
    }
    assert event.actor == lead.user
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


def test_never_while_a_sender_is_at_it(case: Case, lead: Actor, at: datetime) -> None:
    first, second = two_steps(case, lead, at)
    claimed(first, at)
    says = f"The {first.get_verb_display()} is being sent at this moment. Look again shortly."

    assert refusal(by_hand.give_up, first.pk, lead, reason="So", rest=True, at=at) == says
    assert refusal(by_hand.mark_delivered, first.pk, lead, reason="So", at=at) == says
    assert refusal(by_hand.give_up, second.pk, lead, reason="So", rest=False, at=at) == says
    assert states() == [OutboxState.SENDING, OutboxState.PENDING]


def test_a_sender_whose_lease_ran_out_is_not_heard_any_more(
    case: Case, lead: Actor, at: datetime
) -> None:
    first, _second = two_steps(case, lead, at)
    held = claimed(first, at)
    by_hand.give_up(first.pk, lead, reason="It hangs.", rest=True, at=at + HOUR)
    proofs.confirm(held, at=at + HOUR, after={})

    assert states() == [OutboxState.GIVEN_UP, OutboxState.PENDING]


def test_what_is_over_cannot_be_done_by_hand(case: Case, lead: Actor, at: datetime) -> None:
    first, _second = two_steps(case, lead, at)
    by_hand.mark_delivered(first.pk, lead, reason=SEEN, at=at)

    said = refusal(by_hand.give_up, first.pk, lead, reason="So", rest=True, at=at)
    assert said == "Nothing is left to do about it: it is confirmed."


def test_a_reason_is_needed(case: Case, lead: Actor, at: datetime) -> None:
    first, _second = two_steps(case, lead, at)

    assert refusal(by_hand.give_up, first.pk, lead, reason=" ", rest=True, at=at) == (
        "Say in a sentence why it is given up."
    )
    assert refusal(by_hand.mark_delivered, first.pk, lead, reason="", at=at) == (
        "Say in a sentence where you have seen it."
    )


def test_only_supervisors_of_the_site(tower: Tower, case: Case, lead: Actor, at: datetime) -> None:
    first, _second = two_steps(case, lead, at)
    says = "Only a supervisor of Rotterdam can do this."
    for who in (tower.owner_of(case), tower.actor("lead.chi")):
        assert refusal(by_hand.give_up, first.pk, who, reason="So", rest=True, at=at) == says
        assert refusal(by_hand.mark_delivered, first.pk, who, reason="So", at=at) == says
        assert refusal(by_hand.again, first.pk, who, at=at) == says


def test_facts_that_moved_are_decided_anew(case: Case, lead: Actor, at: datetime) -> None:
    first, _second = two_steps(case, lead, at)
    proofs.void(claimed(first, at), at=at)

    said = refusal(by_hand.mark_delivered, first.pk, lead, reason=SEEN, at=at)
    assert said == "The record changed after the decision was made. Propose it anew."
    by_hand.give_up(first.pk, lead, reason="It is void.", rest=False, at=at)
    assert Decision.objects.get().state == DecisionState.VOID


def test_what_failed_is_tried_again_now(case: Case, lead: Actor, at: datetime) -> None:
    first, _second = two_steps(case, lead, at)
    refused(first, at)
    by_hand.again(first.pk, lead, at=at + HOUR)

    assert states() == [OutboxState.PENDING, OutboxState.PENDING]
    assert Decision.objects.get().state == DecisionState.APPROVED


def test_assigning_and_classifying_by_hand_are_overrides(
    tower: Tower, case: Case, lead: Actor, at: datetime
) -> None:
    by_itself = case.events.filter(data__override=True).count()
    said = {"owner": lead.user, "reason": "I know them."}
    lifecycle.move(case.pk, Move.ASSIGN, lead, at=at, data=said)
    graver = {"severity": 90, "reason": "The line stands still."}
    lifecycle.move(case.pk, Move.RECLASSIFY, lead, at=at, data=graver)

    told = case.events.filter(data__override=True).order_by("number")
    assert by_itself == 0
    assert [(event.move, event.data["instead_of"]) for event in told] == [
        (Move.ASSIGN, "routing"),
        (Move.RECLASSIFY, "policy"),
    ]
