"""What was decided is done in Odoo once others have said yes, and is proved there."""

from typing import Any

from exceptions import voting
from exceptions.actors import person
from exceptions.models import Case, Decision, Membership, Site, User
from exceptions.vocabulary import DecisionState, Role, State
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo import doing
from tests.integrations.odoo.sources.test_goods_on_hold import location, put
from tests.integrations.odoo.sources.test_reorder_rules import MODEL as RULE
from tests.integrations.odoo.sources.test_reorder_rules import put as stock_up
from tests.integrations.odoo.sources.test_reorder_rules import row_of, sell
from tests.integrations.sending import propose

ROLES = (Role.SUPERVISOR, Role.APPROVER, Role.EXECUTIVE)


def opened(linked: Linked, model: str, record: int, kind: str) -> Case:
    """The case of a record, with all that its playbook sends sent."""
    linked.sync()
    linked.deliver()
    document = {"document__model": model, "document__record_id": record}
    return Case.objects.get(kind=kind, **document)


def decided(linked: Linked, case: Case, decision: str, **data: Any) -> Decision:
    """Proposed, approved at every level by people of their own, and sent."""
    found = propose(linked, case, decision, **data)
    assert found.state == DecisionState.PROPOSED
    assert not found.outbox.exists()
    for number in range(found.approval.levels.count()):
        user, _ = User.objects.get_or_create(username=f"voter{number}")
        for role in ROLES:
            Membership.objects.get_or_create(user=user, role=role)
        request = found.approval
        voting.vote(request.pk, "yes", person(user), digest=request.digest, at=linked.at)
    linked.deliver()
    found.refresh_from_db()
    return found


def states(decision: Decision) -> list[tuple[str, str]]:
    return list(decision.outbox.order_by("pk").values_list("verb", "state"))


def test_a_receipt_that_is_not_wanted_is_cancelled(linked: Linked) -> None:
    transfer = linked.receipt()
    case = opened(linked, "stock.picking", transfer, "late_inbound")
    decision = decided(linked, case, "cancel")

    assert states(decision) == [("cancel", "confirmed"), ("note", "confirmed")]
    assert linked.picking(transfer)["state"] == "cancel"
    assert [level.voters for level in decision.approval.levels.all()] == ["second"]
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.RESOLVED, "fixed")


def test_a_transfer_that_is_not_to_go_is_cancelled(linked: Linked) -> None:
    transfer = linked.delivery(days=0, quantity=100_000.0)
    linked.later(hours=1)
    case = opened(linked, "stock.picking", transfer, "blocked_transfer")
    decision = decided(linked, case, "cancel")

    assert states(decision) == [("cancel", "confirmed"), ("note", "confirmed")]
    assert linked.picking(transfer)["state"] == "cancel"


def test_a_count_that_is_right_is_applied(linked: Linked) -> None:
    quant = linked.miscount()
    before = linked.world.tables["stock.quant"].rows[quant]["quantity"]
    _may_apply_counts(linked)
    case = opened(linked, "stock.quant", quant, "inventory_discrepancy")
    decision = decided(linked, case, "write_off")

    assert states(decision) == [("apply_count", "confirmed"), ("note", "confirmed")]
    assert linked.world.tables["stock.quant"].rows[quant]["quantity"] == before - 10
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.RESOLVED, "fixed")


def _may_apply_counts(linked: Linked) -> None:
    """Before Odoo 19 that takes an Inventory / Administrator."""
    for index, login in enumerate(linked.world.logins):
        groups = login.groups | {"stock.group_stock_manager"}
        linked.world.logins[index] = type(login)(
            login.uid, login.login, login.key, login.password, groups
        )


def test_a_count_that_was_changed_meanwhile_is_not_applied(linked: Linked) -> None:
    quant = linked.miscount()
    _may_apply_counts(linked)
    case = opened(linked, "stock.quant", quant, "inventory_discrepancy")
    found = propose(linked, case, "write_off")
    with linked.world.transaction(ADMIN) as tx:
        tx.write("stock.quant", quant, {"inventory_quantity": 3.0})
    linked.later(minutes=1)
    linked.sync()
    found.refresh_from_db()

    assert (found.state, states(found)) == (DecisionState.VOID, [])


def test_goods_that_are_lost_are_scrapped(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"), 10.0)
    linked.later(hours=4, seconds=1)
    case = opened(linked, "stock.quant", quant, "quality_hold")
    decision = decided(linked, case, "scrap", cost="0", parameters={"quantity": "4"})

    assert states(decision) == [("scrap", "confirmed"), ("note", "confirmed")]
    assert linked.world.tables["stock.quant"].rows[quant]["quantity"] == 6.0


def test_goods_that_are_good_enough_go_back(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"), 10.0)
    linked.later(hours=4, seconds=1)
    case = opened(linked, "stock.quant", quant, "quality_hold")
    decision = decided(linked, case, "release")

    assert states(decision) == [("release", "confirmed"), ("note", "confirmed")]
    left = linked.world.tables["stock.quant"].rows.get(quant, {"quantity": 0.0})
    assert left["quantity"] == 0.0


LATER = "2026-11-25T10:30:00+01:00"


def test_the_rest_is_bought_elsewhere_and_taken_back(linked: Linked) -> None:
    """By a request for quotation, which the undoing cancels."""
    line = linked.partial()
    case = opened(linked, "purchase.order.line", line, "partial_receipt")
    told = {"quantity": "4", "date": LATER}
    decision = decided(linked, case, "substitute", cost="900", parameters=told)

    assert states(decision) == [("purchase", "confirmed"), ("note", "confirmed")]
    key = decision.outbox.get(verb="purchase").key
    table = linked.world.tables["purchase.order"]
    (order,) = [table.rows[each] for each in table.where("origin", f"[ct:{key}]")]
    assert order["state"] == "draft"

    undoing = propose(linked, case, "undo", undoes=decision.pk)
    linked.deliver()
    undoing.refresh_from_db()
    assert states(undoing) == [("take_back", "confirmed"), ("note", "confirmed")], [
        message.error for message in undoing.outbox.all()
    ]
    assert order_state(linked, order["id"]) == "cancel"


def order_state(linked: Linked, order: int) -> str:
    return str(linked.world.tables["purchase.order"].rows[order]["state"])


def test_what_came_is_enough(linked: Linked) -> None:
    line = linked.partial()
    backorder = linked.backorder_of(line)
    case = opened(linked, "purchase.order.line", line, "partial_receipt")
    decision = decided(linked, case, "accept_short")

    assert states(decision) == [("cancel", "confirmed"), ("note", "confirmed")]
    assert linked.picking(backorder)["state"] == "cancel"
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.RESOLVED, "fixed")


def test_a_backorder_that_brings_other_goods_is_left_alone(linked: Linked) -> None:
    line = linked.partial()
    backorder = linked.backorder_of(line)
    with linked.world.acting_as(ADMIN) as tx:
        (move,) = tx.tables["stock.move"].where("picking_id", backorder)
        row = dict(tx.row("stock.move", move))
        row.pop("id")
        tx.create("stock.move", row | {"purchase_line_id": False, "product_id": 2})
    case = opened(linked, "purchase.order.line", line, "partial_receipt")
    decision = decided(linked, case, "accept_short")

    message = decision.outbox.get(verb="cancel")
    assert (decision.state, message.state) == (DecisionState.FAILED, "failed")
    assert "brings other goods, too. Cancel this line of it in Odoo." in message.error
    assert linked.picking(backorder)["state"] != "cancel"


def test_a_bill_is_held_and_may_be_paid_again(linked: Linked) -> None:
    bill = linked.billed(linked.partial(), share=1.5)
    case = opened(linked, "account.move", bill, "invoice_mismatch")
    decision = propose(linked, case, "hold_bill")
    linked.deliver()
    decision.refresh_from_db()

    assert states(decision) == [("hold_bill", "confirmed"), ("note", "confirmed")]
    row = linked.world.tables["account.move"].rows[bill]
    assert row.get("to_check") or row["payment_state"] == "blocked"
    linked.sync()
    undoing = propose(linked, case, "undo", undoes=decision.pk)
    linked.deliver()
    assert states(undoing) == [("hold_bill", "confirmed"), ("note", "confirmed")]
    row = linked.world.tables["account.move"].rows[bill]
    assert not row.get("to_check")
    assert row["payment_state"] == "not_paid"


def test_what_is_there_goes_and_the_rest_follows(linked: Linked, version: int) -> None:
    """Before Odoo 18 a person is asked."""
    transfer = linked.delivery(days=0, quantity=100_000.0)
    linked.later(hours=1)
    case = opened(linked, "stock.picking", transfer, "blocked_transfer")
    decision = decided(linked, case, "split")

    assert states(decision) == [("split", "confirmed"), ("note", "confirmed")]
    rest = linked.world.tables["stock.picking"].where("backorder_id", transfer)
    assert len(rest) == (1 if version >= 18 else 0)


def test_a_credit_is_drafted_and_asked_for(linked: Linked) -> None:
    """What the supplier billed too much; whoever keeps the books posts it."""
    doing.belongs_to(linked, more=(doing.INVOICE,))
    bill = linked.billed(linked.partial(), share=1.5)
    case = opened(linked, "account.move", bill, "invoice_mismatch")
    decision = propose(linked, case, "credit_note")
    linked.deliver()

    verbs = ("credit_note", "activity", "note")
    assert states(decision) == [(verb, "confirmed") for verb in verbs]
    table = linked.world.tables["account.move"]
    (credit,) = [table.rows[each] for each in table.where("reversed_entry_id", bill)]
    assert (credit["move_type"], credit["state"]) == ("in_refund", "draft")


def test_another_site_helps_out(linked: Linked) -> None:
    """An internal transfer between the two warehouses' stock, for people to carry out."""
    rule, product = runs_out(linked)
    linked.later(minutes=6)  # reordering rules are read every five
    case = opened(linked, RULE, rule, "urgent_replenishment")
    helps = Site.objects.exclude(pk=case.site_id).earliest("external_id")
    told = {"from": str(helps.external_id), "quantity": "20"}
    decision = decided(linked, case, "site_transfer", cost="300", parameters=told)

    assert states(decision) == [("transfer", "confirmed"), ("note", "confirmed")]
    key = decision.outbox.get(verb="transfer").key
    table = linked.world.tables["stock.picking"]
    (transfer,) = [table.rows[each] for each in table.where("origin", f"[ct:{key}]")]
    moves = linked.world.tables["stock.move"]
    (move,) = [moves.rows[each] for each in moves.where("picking_id", transfer["id"])]
    houses = linked.world.tables["stock.warehouse"].rows
    assert (move["product_id"], move["product_uom_qty"]) == (product, 20.0)
    assert (move["location_id"], move["location_dest_id"]) == (
        houses[helps.external_id]["lot_stock_id"],
        houses[case.site.external_id]["lot_stock_id"],
    )


def runs_out(linked: Linked) -> tuple[int, int]:
    """Nothing is left of what sells 20 a day: the reordering rule, and the product."""
    rule = min(linked.world.tables[RULE].rows)
    linked.tell(RULE, rule, product_min_qty=100.0, product_max_qty=200.0)
    linked.tell("product.product", row_of(linked, rule)["product_id"], standard_price=1.0)
    stock_up(linked, rule, 0.0)
    sell(linked, rule, 140.0)
    return rule, int(row_of(linked, rule)["product_id"])
