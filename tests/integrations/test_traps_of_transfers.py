"""The traps that lie in Odoo's transfers (the eighth of those measured), each as a test."""

from exceptions.models import Case, Document
from exceptions.vocabulary import Outcome
from integrations.simulator.flows import purchasing, transfers
from tests.integrations.linked import ADMIN, Linked, later_transfer, open_cases

# 8. Rules' traps ---------------------------------------------------------------------------------


def test_trap_8_a_customer_s_return_is_incoming_and_not_a_late_receipt(linked: Linked) -> None:
    delivered = linked.delivery(days=-1)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, delivered)
        back = transfers.give_back(tx, delivered)
        tx.write("stock.picking", back, {"date_deadline": linked.wire(days=-1)})

    linked.sync()

    assert linked.picking(back)["state"] == "assigned"
    assert open_cases() == [("pod_dispute", delivered)]


def test_trap_8_a_new_promise_moves_the_deadline_and_not_the_plan(linked: Linked) -> None:
    """Order line and transfer disagree; either date may be the one that is kept up to date."""
    late = linked.receipt()
    planned = linked.picking(late)["scheduled_date"]
    linked.sync()
    with linked.world.acting_as(ADMIN) as tx:
        purchasing.redate(tx, linked.order_of(late), linked.wire(days=5))

    linked.sync()

    facts = Document.objects.get().facts
    assert (facts["promised_at"][:10], facts["planned_at"][:10]) == ("2026-11-22", planned[:10])
    assert linked.case("stock.picking", late).outcome == Outcome.SELF_HEALED


def test_trap_8_planned_too_late_is_a_warning_not_a_late_receipt(linked: Linked) -> None:
    """`has_deadline_issue` says that the plan is after the promise, not that it is late now."""
    coming = linked.receipt(days=2)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.plan(tx, coming, linked.wire(days=4))

    linked.sync()

    assert (linked.picking(coming)["has_deadline_issue"], open_cases()) == (True, [])


def delayed() -> list[int]:
    """The orders that are late; a step that lacks its goods is a case of another kind."""
    return [record for kind, record in open_cases() if kind == "delivery_delay"]


def test_trap_8_a_delivery_in_several_steps_is_one_case(linked: Linked, version: int) -> None:
    """17 makes all steps at once, 18 and 19 the next one only when the one before is done."""
    first = linked.delivery()
    order = linked.order_of(first)
    with linked.world.acting_as(ADMIN) as tx:
        kind = tx.row("stock.warehouse", 1)["int_type_id"]
        tx.write("stock.picking", first, {"picking_type_id": kind})
    if version == 17:
        later_transfer(linked, first, days=-1)
    linked.sync()
    assert delayed() == [order]

    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, first)
    if version == 19:
        later_transfer(linked, first, days=-1)
    linked.sync()

    assert Case.objects.filter(kind="delivery_delay").count() == 1
    assert delayed() == [order]
    assert len(linked.case("sale.order", order).document.facts["transfers"]) == 1


def test_trap_8_a_cancelled_backorder_ends_its_case(linked: Linked) -> None:
    """The order then counts as fully received, although it is not; the case must not stay."""
    late = linked.receipt(lines=2)
    with linked.world.acting_as(ADMIN) as tx:
        half = {m["id"]: 0.0 for m in transfers.open_moves(tx, late)[:1]}
        rest = transfers.validate(tx, late, half)
    assert rest is not None
    linked.sync()
    assert open_cases() == [("late_inbound", rest)]

    with linked.world.acting_as(ADMIN) as tx:
        transfers.cancel(tx, rest)
    linked.sync()

    assert linked.case("stock.picking", rest).outcome == Outcome.SELF_HEALED
    order = linked.world.tables["purchase.order"].rows[linked.order_of(rest)]
    assert order["receipt_status"] == "full"


def test_trap_8_a_return_turns_an_order_back_to_partial_and_delays_nothing(linked: Linked) -> None:
    delivered = linked.delivery(days=-1)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, delivered)
    linked.sync()
    with linked.world.acting_as(ADMIN) as tx:
        transfers.give_back(tx, delivered)

    linked.sync()

    order = linked.world.tables["sale.order"].rows[linked.order_of(delivered)]
    assert (order["delivery_status"], open_cases()) == ("partial", [("pod_dispute", delivered)])
