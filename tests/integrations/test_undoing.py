"""Undoing what was carried out: a decision of its own, which puts back what stood there before."""

from datetime import timedelta

import pytest

from exceptions.lifecycle import Refused
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import DecisionState
from tests.integrations.linked import Linked
from tests.integrations.sending import propose

LATER = "2026-11-25T10:30:00+01:00"


def expedited(linked: Linked) -> tuple[int, Case, Decision]:
    """A late receipt that was flagged urgent; all of it is done."""
    transfer = linked.receipt()
    linked.sync()
    linked.deliver()
    case = linked.case("stock.picking", transfer)
    decision = propose(linked, case, "expedite", cost="100")
    linked.deliver()
    decision.refresh_from_db()
    assert decision.state == DecisionState.CONFIRMED
    return transfer, case, decision


def test_a_flag_is_taken_back(linked: Linked) -> None:
    transfer, case, decision = expedited(linked)
    assert linked.picking(transfer)["priority"] == "1"

    undoing = propose(linked, case, "undo", undoes=decision.pk)
    linked.deliver()
    undoing.refresh_from_db()

    assert linked.picking(transfer)["priority"] == "0"
    assert (undoing.state, undoing.undoes) == (DecisionState.CONFIRMED, decision)
    note = OutboxMessage.objects.get(decision=undoing, verb="note").parameters["text"]
    assert note.startswith("Decision: Undo: Expedite freight. Proposed by ")


def test_it_is_undone_once(linked: Linked) -> None:
    _transfer, case, decision = expedited(linked)
    propose(linked, case, "undo", undoes=decision.pk)

    with pytest.raises(Refused, match="undone already, or about to be"):
        propose(linked, case, "undo", undoes=decision.pk)


def test_an_undoing_can_be_undone(linked: Linked) -> None:
    transfer, case, decision = expedited(linked)
    undoing = propose(linked, case, "undo", undoes=decision.pk)
    linked.deliver()
    propose(linked, case, "undo", undoes=undoing.pk)
    linked.deliver()

    assert linked.picking(transfer)["priority"] == "1"


def test_a_date_is_put_back_as_it_was(linked: Linked) -> None:
    transfer = linked.delivery()
    was = linked.picking(transfer)["scheduled_date"]
    linked.sync()
    linked.deliver()
    case = linked.case("sale.order", linked.order_of(transfer))
    decision = propose(linked, case, "new_date", parameters={"date": LATER})
    linked.deliver()
    assert linked.picking(transfer)["scheduled_date"] == "2026-11-25 09:30:00"
    linked.sync()

    propose(linked, case, "undo", undoes=decision.pk)
    linked.deliver()

    assert linked.picking(transfer)["scheduled_date"] == was


def test_what_only_told_people_has_nothing_to_undo(linked: Linked) -> None:
    transfer = linked.receipt()
    linked.sync()
    linked.deliver()
    case = linked.case("stock.picking", transfer)
    decision = propose(linked, case, "chase")
    with pytest.raises(Refused, match="Only what was carried out"):
        propose(linked, case, "undo", undoes=decision.pk)
    linked.deliver()

    with pytest.raises(Refused, match="it only told people"):
        propose(linked, case, "undo", undoes=decision.pk)
    with pytest.raises(Refused, match="Choose a decision of this case"):
        propose(linked, case, "undo", undoes=decision.pk + 1000)


def test_the_facts_must_still_stand(linked: Linked) -> None:
    transfer, case, decision = expedited(linked)
    undoing = propose(linked, case, "undo", undoes=decision.pk)
    linked.later(minutes=1)
    later = linked.at + timedelta(days=9)
    linked.tell("stock.picking", transfer, scheduled_date=f"{later:%Y-%m-%d %H:%M:%S}")
    linked.deliver()
    undoing.refresh_from_db()

    assert (undoing.state, linked.picking(transfer)["priority"]) == (DecisionState.VOID, "1")
