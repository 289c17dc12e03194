"""Decisions that were approved, and records that move before they are sent: nothing is done about
facts that nobody approved. `SENDING_ATTEMPTS=1000` tries in as many worlds as that takes.
"""

import os
import random

import pytest

from exceptions import lifecycle, voting
from exceptions.actors import person
from exceptions.models import ApprovalRequest, Decision, Membership, User
from exceptions.vocabulary import DecisionState, Move, Role
from tests.integrations.linked import Linked

ATTEMPTS = 12  # in one world
WORLDS = max(1, int(os.environ.get("SENDING_ATTEMPTS", "0")) // (2 * ATTEMPTS))  # of each version


@pytest.fixture
def pieter(linked: Linked) -> User:
    made = User.objects.create_user("pieter")
    Membership.objects.create(user=made, role=Role.APPROVER)
    return made


def approved(linked: Linked, pieter: User, receipt: int) -> Decision:
    """Air freight for a late receipt, which an approver has allowed."""
    case = linked.case("stock.picking", receipt)
    owner = linked.owner(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=linked.at)
    seen = case.document.substance
    data = {"decision": "expedite", "substance": seen, "reason": "So.", "cost": "1200"}
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=linked.at, data=data)
    request = ApprovalRequest.objects.get(case=case)
    voting.vote(request.pk, "yes", person(pieter), digest=request.digest, at=linked.at)
    return request.decision


@pytest.mark.parametrize("seed", range(31, 31 + WORLDS))
def test_what_moved_after_it_was_approved_is_not_done(
    linked: Linked, pieter: User, seed: int
) -> None:
    """The tower hears of it only when it looks again, just before sending."""
    lot = random.Random(seed)
    fate = {}
    for n in range(ATTEMPTS):
        receipt = linked.receipt(value=900.0 + n)
        linked.sync()
        linked.deliver()  # what the playbook says, before anybody decides
        decision = approved(linked, pieter, receipt)
        moves = lot.random() < 0.5
        if moves:
            linked.later(minutes=1)
            linked.tell(
                "stock.picking", receipt, scheduled_date=linked.wire(days=lot.randrange(5, 9))
            )
        linked.deliver()
        fate[decision.pk] = moves

    wrong = []
    for decision in Decision.objects.filter(pk__in=fate):
        moved = fate[decision.pk]
        done = sum(len(linked.effects(message.key)) for message in decision.outbox.all())
        void = decision.state == DecisionState.VOID
        if (moved, not moved) != (void, done > 0):
            wrong.append((decision.pk, moved, decision.state, done))
    assert wrong == []
    assert set(fate.values()) == {True, False}
