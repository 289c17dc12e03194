"""Goods that failed are taken into a hold location; where that cannot be, a person is asked."""

from typing import Any

import pytest

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Verb
from exceptions.web import proof
from integrations.simulator import calls, schema
from integrations.simulator.flows import stock, transfers
from integrations.simulator.records import Table
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.sources.test_goods_on_hold import location
from tests.integrations.odoo.sources.test_quality_modules import install
from tests.integrations.odoo.test_blocking import by_hand, failed_check

GOODS, HOLD = 1, "RTM/Stock/Quality Hold"


def receive(linked: Linked, *, quantity: float = 6.0) -> int:
    """A receipt of so many that is done; its goods lie on the first warehouse's shelf."""
    install(linked, "quality.check", "quality.alert", "quality.alert.stage")
    receipt = linked.receipt(days=3)
    with linked.world.acting_as(ADMIN) as tx:
        (move,) = transfers.open_moves(tx, receipt)
        tx.write("stock.move", move["id"], {"product_uom_qty": quantity, "quantity": quantity})
        transfers.validate(tx, receipt)
    return receipt


def shelf(linked: Linked) -> int:
    return int(linked.world.tables["stock.warehouse"].rows[1]["lot_stock_id"])


def lying(linked: Linked, place: int) -> tuple[float, float]:
    """How much of the goods lies there, and how much of it is reserved."""
    rows = linked.world.tables["stock.quant"].rows.values()
    there = [q for q in rows if (q["product_id"], q["location_id"]) == (GOODS, place)]
    return (
        sum(q["quantity"] for q in there),
        sum(q.get("reserved_quantity", 0.0) for q in there),
    )


def ours(linked: Linked, message: OutboxMessage) -> list[dict[str, Any]]:
    """The transfers that carry the message's key."""
    table = linked.world.tables["stock.picking"]
    return [table.rows[each] for each in table.where("origin", f"[ct:{message.key}]")]


def moved(message: OutboxMessage) -> Any:
    """By place, as proved."""
    return (message.after or {})["set_apart"]


def refuse(linked: Linked, method: str, message: str = "The cage is locked.") -> None:
    linked.odoo.faults.add("user_error", model="stock.picking", method=method, message=message)


def test_what_came_and_failed_is_moved_and_proved_where_it_lies(linked: Linked) -> None:
    before, _ = lying(linked, shelf(linked))
    receipt = receive(linked)

    message = failed_check(linked, receipt)

    (transfer,) = ours(linked, message)
    assert (message.state, message.after) == (
        OutboxState.CONFIRMED,
        {"transfer": transfer["name"], "set_apart": {HOLD: 6.0}},
    )
    assert transfer["state"] == "done"
    assert lying(linked, location(linked, "Quality Hold")) == (6.0, 0.0)
    assert lying(linked, shelf(linked))[0] == before  # 6 came, and 6 went
    assert by_hand(linked, message) == []
    says = f"Moved to {HOLD} (6) with {transfer['name']}."
    assert proof.says(message, [message], linked.at) == says
    assert proof.changes(message) == []


def test_only_what_still_lies_free_is_moved_and_a_person_is_told(linked: Linked) -> None:
    """Of 6 that came, 4 are left, of which a delivery has reserved 1."""
    receipt = receive(linked)
    with linked.world.acting_as(ADMIN) as tx:
        there, _ = lying(linked, shelf(linked))
        stock.shift(tx, GOODS, shelf(linked), 4.0 - there)
        stock.reserve(tx, GOODS, shelf(linked), 1.0)

    message = failed_check_with_chatter(linked, receipt)

    assert moved(message) == {HOLD: 3.0}
    (asked,) = by_hand(linked, message)
    words = "Of 6 only 3 lie free; the rest is reserved, or has gone on already."
    assert words in asked["said"]
    assert proof.says(message, [message], linked.at).endswith("For the rest a person was asked.")
    assert lying(linked, shelf(linked)) == (1.0, 1.0)


def test_each_lot_that_came_is_moved_as_that_lot(linked: Linked) -> None:
    """The simulated company tracks nothing, so lots, lines and shelves are marked by hand."""
    receipt, lot = receive(linked, quantity=2.0), _lot(linked)
    with linked.world.acting_as(ADMIN) as tx:
        for row in stock.quants(tx, GOODS, shelf(linked)):
            tx.write("stock.quant", row["id"], {"lot_id": lot})
        for line in tx.tables["stock.move.line"].where("picking_id", receipt):
            tx.write("stock.move.line", line, {"lot_id": lot})
    asked: list[list[int]] = []
    linked.seen.before("stock.picking", "button_validate", lambda: asked.append(_lots(linked)))

    failed_check(linked, receipt)

    assert asked == [[lot]]


def _lot(linked: Linked) -> int:
    lines = map(schema._field, (*schema.AUTOMATIC, "name | char | Lot | sfo"))
    model = schema.Model("stock.lot", "Lot", {field.name: field for field in lines})
    linked.world.models[model.name], linked.world.tables[model.name] = model, Table(model)
    with linked.world.acting_as(ADMIN) as tx:
        return tx.create(model.name, {"name": "LOT-7"})


def _lots(linked: Linked) -> list[int]:
    """Of the lines that are reserved."""
    rows = linked.world.tables["stock.move.line"].rows.values()
    return [row["lot_id"] for row in rows if row["state"] == "assigned"]


def test_a_chosen_location_is_preferred_and_another_warehouse_is_too_far(linked: Linked) -> None:
    table = linked.world.tables["stock.location"]
    elsewhere = next(i for i in table.where("name", "Shelf A") if table.rows[i]["warehouse_id"] > 1)
    cage = location(linked, "Zoned cage")
    linked.row.hold_locations = [elsewhere, cage]
    linked.row.save()

    message = failed_check(linked, receive(linked))

    assert moved(message) == {"RTM/Stock/Zoned cage": 6.0}


def test_goods_that_are_not_at_a_known_warehouse_stay_and_a_person_is_told(linked: Linked) -> None:
    for hold in linked.world.tables["stock.location"].where("name", "Quality Hold"):
        linked.tell("stock.location", hold, name="Far corner")

    message = failed_check_with_chatter(linked, receive(linked))

    (asked,) = by_hand(linked, message)
    assert "No hold location of their warehouse is known to the control tower." in asked["said"]
    assert ours(linked, message) == []


def failed_check_with_chatter(linked: Linked, receipt: int) -> OutboxMessage:
    """Quality checks have a chatter, as their public code says."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("activity_schedule", "message_post"):
            method = calls.METHODS["stock.picking", name]
            patch.setitem(calls.METHODS, ("quality.check", name), method)
        with linked.world.acting_as(ADMIN) as tx:
            tx.create("ir.model", {"model": "quality.check", "name": "Quality Check"})
        return failed_check(linked, receipt)


# What Odoo says no to ----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["create", "button_validate"])
def test_where_odoo_refuses_a_person_is_asked_and_nothing_stays_reserved(
    linked: Linked, method: str
) -> None:
    receipt = receive(linked)
    there, held = lying(linked, shelf(linked))
    refuse(linked, method)

    message = failed_check_with_chatter(linked, receipt)

    assert message.state == OutboxState.CONFIRMED
    (asked,) = by_hand(linked, message)
    assert "Set these goods apart by hand" in asked["said"]
    assert "The cage is locked." in asked["said"]
    assert lying(linked, shelf(linked)) == (there, held)
    assert [t["state"] for t in ours(linked, message)] == (
        ["cancel"] if method == "button_validate" else []
    )
    said = "Odoo could not do it by itself, so a person was asked to."
    assert proof.says(message, [message], linked.at) == said


def test_a_question_in_place_of_a_yes_moves_nothing_and_is_told(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module may put a wizard before every transfer: Odoo answers with it, and has done
    nothing."""

    def button_validate(_call: calls.Call, ids: list[int]) -> dict[str, Any]:
        return {"type": "ir.actions.act_window", "res_model": "pick.photo", "res_id": ids[0]}

    method = calls.Method(button_validate, "records", loose=False)
    monkeypatch.setitem(calls.METHODS, ("stock.picking", "button_validate"), method)

    message = failed_check_with_chatter(linked, receive(linked))

    (asked,) = by_hand(linked, message)
    assert "Odoo asked for something before it would move them." in asked["said"]
    assert [t["state"] for t in ours(linked, message)] == ["cancel"]


# Sent more than once -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["create", "button_validate"])
def test_an_answer_that_was_lost_leads_to_one_transfer(linked: Linked, method: str) -> None:
    """Made or moved without our hearing of it: it is looked for, and finished if need be."""
    receipt = receive(linked)
    linked.odoo.faults.add("lost_reply", model="stock.picking", method=method, times=1)

    assert failed_check(linked, receipt).state == OutboxState.AMBIGUOUS
    linked.later(minutes=3)
    linked.deliver()

    message = linked.message(Verb.HOLD)
    (transfer,) = ours(linked, message)
    assert (message.state, transfer["state"]) == (OutboxState.CONFIRMED, "done")
    assert lying(linked, location(linked, "Quality Hold")) == (6.0, 0.0)
    assert len(linked.seen.of("stock.picking", "button_validate")) == 1


def test_a_transfer_that_was_cancelled_meanwhile_is_not_made_again(linked: Linked) -> None:
    receipt = receive(linked)
    linked.odoo.faults.add("lost_reply", model="stock.picking", method="create", times=1)
    message = failed_check_with_chatter(linked, receipt)
    assert message.state == OutboxState.AMBIGUOUS
    with linked.world.acting_as(ADMIN) as tx:
        transfers.cancel(tx, ours(linked, message)[0]["id"])

    linked.later(minutes=3)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("activity_schedule", "message_post"):
            method = calls.METHODS["stock.picking", name]
            patch.setitem(calls.METHODS, ("quality.check", name), method)
        linked.deliver()

    message.refresh_from_db()
    (transfer,), (asked,) = ours(linked, message), by_hand(linked, message)
    assert (message.state, transfer["state"]) == (OutboxState.CONFIRMED, "cancel")
    words = f"The transfer {transfer['name']}, which was to move them, was cancelled."
    assert words in asked["said"]
