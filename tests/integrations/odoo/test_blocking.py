"""Blocking goods: what has reserved them lets go; where that cannot be, a person is asked."""

from typing import Any

import pytest

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator import calls, schema
from integrations.simulator.flows import transfers
from integrations.simulator.records import Table
from integrations.simulator.transactions import Transaction
from tests.integrations.linked import ADMIN, BUYER, Linked
from tests.integrations.odoo.sources.test_goods_on_hold import PRODUCT, location, put
from tests.integrations.odoo.sources.test_quality_modules import install, make

HERE = "RTM/Stock/Quality Hold"


def put_away(linked: Linked, quantity: float, place: int) -> int:
    """An internal transfer that has reserved so much of what lies in the place; its id."""
    with linked.world.acting_as(ADMIN) as tx:
        warehouse = tx.row("stock.warehouse", 1)
        where = {"location_id": place, "location_dest_id": warehouse["lot_stock_id"]}
        line = transfers.Line(PRODUCT, quantity, {})
        transfer = transfers.create(
            tx, warehouse["int_type_id"], [line], linked.wire(days=1), where
        )
        transfers.reserve(tx, transfer)
        return transfer


def reserved(linked: Linked, transfer: int) -> tuple[str, list[float]]:
    """State of the transfer, and what each of its moves holds."""
    moves = linked.world.tables["stock.move"]
    held = [moves.rows[m].get("quantity", 0.0) for m in moves.where("picking_id", transfer)]
    return linked.picking(transfer)["state"], held


def blocked(linked: Linked) -> OutboxMessage:
    """After the grace of four hours, and with all that is due sent."""
    linked.later(hours=4, seconds=1)
    linked.sync()
    linked.deliver()
    return linked.message(Verb.HOLD)


def by_hand(linked: Linked, message: OutboxMessage) -> list[dict[str, Any]]:
    """The activities and to-dos that carry the message's key."""
    marks = {"mail.activity": "note", "project.task": "description"}
    return [
        {"model": model, "said": linked.world.tables[model].rows[row][marks[model]]}
        for model, row in linked.effects(message.key)
        if model in marks
    ]


def test_every_transfer_that_holds_the_goods_lets_go(linked: Linked) -> None:
    place = location(linked, "Quality Hold")
    quant = put(linked, place, 10.0)
    first, second = put_away(linked, 3.0, place), put_away(linked, 4.0, place)
    assert [reserved(linked, each) for each in (first, second)] == [
        ("assigned", [3.0]),
        ("assigned", [4.0]),
    ]

    message = blocked(linked)

    assert (message.state, message.before, message.after) == (
        OutboxState.CONFIRMED,
        {HERE: 7.0},  # 3 + 4
        {HERE: 0.0},
    )
    assert [reserved(linked, each) for each in (first, second)] == [("confirmed", [0.0])] * 2
    row = linked.world.tables["stock.quant"].rows[quant]
    assert (row["quantity"], row["reserved_quantity"]) == (10.0, 0.0)
    assert by_hand(linked, message) == []


def test_goods_elsewhere_stay_reserved(linked: Linked) -> None:
    put(linked, location(linked, "Quality Hold"), 10.0)
    shelf = location(linked, "Shelf A")
    put(linked, shelf, 10.0)
    other = put_away(linked, 3.0, shelf)

    message = blocked(linked)

    assert (message.state, message.after) == (OutboxState.CONFIRMED, {HERE: 0.0})
    assert reserved(linked, other) == ("assigned", [3.0])
    assert linked.seen.of("stock.picking", "do_unreserve") == []


def test_where_odoo_says_no_a_person_is_asked_in_its_words(linked: Linked) -> None:
    """One of two refuses; the other lets go all the same."""
    place = location(linked, "Quality Hold")
    put(linked, place, 10.0)
    stubborn, willing = put_away(linked, 3.0, place), put_away(linked, 4.0, place)
    (move,) = linked.world.tables["stock.move"].where("picking_id", stubborn)
    with linked.world.acting_as(ADMIN) as tx:  # a part of it is done already
        values = {k: v for k, v in tx.row("stock.move", move).items() if k != "id"}
        tx.create("stock.move", {**values, "state": "done"})

    message = blocked(linked)

    assert message.state == OutboxState.CONFIRMED
    assert (reserved(linked, stubborn)[1][0], reserved(linked, willing)) == (
        3.0,
        ("confirmed", [0.0]),
    )
    (asked,) = by_hand(linked, message)
    assert asked["model"] == "project.task"
    assert "Set these goods apart by hand, so that nobody puts them away or uses" in asked["said"]
    assert "You cannot unreserve a stock move that has been set to" in asked["said"]


def test_what_is_reserved_again_at_once_is_told_to_a_person(linked: Linked) -> None:
    place = location(linked, "Quality Hold")
    put(linked, place, 10.0)
    transfer = put_away(linked, 3.0, place)

    def reserve_again() -> None:
        with linked.world.acting_as(ADMIN) as tx:
            transfers.reserve(tx, transfer)

    def and_then() -> None:
        linked.seen.before("stock.quant", "read", reserve_again)

    linked.seen.before("stock.picking", "do_unreserve", and_then)
    message = blocked(linked)

    assert (message.state, reserved(linked, transfer)) == (
        OutboxState.CONFIRMED,
        ("assigned", [3.0]),
    )
    (asked,) = by_hand(linked, message)
    assert "Odoo let go of them, and they are reserved all the same." in asked["said"]


def test_the_answer_lost_on_the_way_is_looked_up(linked: Linked) -> None:
    place = location(linked, "Quality Hold")
    put(linked, place, 10.0)
    put_away(linked, 3.0, place)
    linked.odoo.faults.add("lost_reply", model="stock.picking", method="do_unreserve", times=1)

    assert blocked(linked).state == OutboxState.AMBIGUOUS
    linked.later(minutes=3)
    linked.deliver()

    assert linked.message(Verb.HOLD).state == OutboxState.CONFIRMED
    assert len(linked.seen.of("stock.picking", "do_unreserve")) == 1


def test_goods_that_have_left_meanwhile_are_said_to_be_gone(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"), 10.0)
    linked.later(hours=4, seconds=1)
    linked.sync()
    linked.tell("stock.quant", quant, quantity=0.0)
    linked.deliver()

    message = linked.message(Verb.HOLD)
    assert (message.state, message.error.startswith("The record is not in Odoo any more")) == (
        OutboxState.FAILED,
        True,
    )


# Goods that an inspection is about ---------------------------------------------------------------


@pytest.fixture
def received(linked: Linked) -> tuple[int, int]:
    """A receipt that is done, and the transfer that puts its goods away, reserved; their ids."""
    install(linked, "quality.check", "quality.alert", "quality.alert.stage")
    receipt = linked.receipt(days=3)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, receipt)
        return receipt, _next_step(tx, linked, receipt)


def _next_step(tx: Transaction, linked: Linked, receipt: int) -> int:
    warehouse = tx.row("stock.warehouse", 1)
    origins = [move["id"] for move in transfers.moves_of(tx, receipt)]
    line = transfers.Line(1, 1.0, {"move_orig_ids": origins})
    kind = warehouse["int_type_id"]
    step = transfers.create(tx, kind, [line], linked.wire(days=1), {})
    transfers.reserve(tx, step)
    return step


def failed_check(linked: Linked, transfer: int | bool) -> OutboxMessage:
    make(
        linked,
        "quality.check",
        name="QC1",
        quality_state="fail",
        control_date=linked.wire(hours=-5),
        product_id=1,
        picking_id=transfer,
        user_id=BUYER,
    )
    return blocked(linked)


def test_the_next_step_of_goods_that_failed_lets_go(
    linked: Linked, received: tuple[int, int]
) -> None:
    """And where no hold location is known, that is all that can be done."""
    receipt, step = received
    name = linked.picking(step)["name"]
    for hold in linked.world.tables["stock.location"].where("name", "Quality Hold"):
        linked.tell("stock.location", hold, name="Far corner")

    message = failed_check(linked, receipt)

    assert (message.state, message.before, message.after) == (
        OutboxState.CONFIRMED,
        {name: 1.0},
        {name: 0.0},
    )
    assert reserved(linked, step) == ("confirmed", [0.0])


def test_goods_that_nothing_in_odoo_holds_are_set_apart_by_hand(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(linked, "quality.check", "quality.alert", "quality.alert.stage")
    for name in ("activity_schedule", "message_post"):  # its public code has both
        method = calls.METHODS["stock.picking", name]
        monkeypatch.setitem(calls.METHODS, ("quality.check", name), method)
    with linked.world.acting_as(ADMIN) as tx:
        tx.create("ir.model", {"model": "quality.check", "name": "Quality Check"})

    message = failed_check(linked, linked.receipt(days=3))

    assert linked.seen.of("stock.picking", "do_unreserve") == []
    assert (message.state, message.before) == (OutboxState.CONFIRMED, None)
    (asked,) = by_hand(linked, message)
    assert asked["model"] == "mail.activity"
    assert "Nothing that has reserved them was found in Odoo." in asked["said"]


def test_what_production_has_reserved_is_let_go_of_too(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Manufacturing, which the simulator does not run, as its public code has it."""
    place = location(linked, "Quality Hold")
    put(linked, place, 10.0)
    transfer = put_away(linked, 3.0, place)
    order = _production(linked, transfer)
    freed: list[int] = []

    def do_unreserve(call: calls.Call, ids: list[int]) -> None:
        freed.extend(ids)
        transfers.unreserve(call.tx, transfer)

    method = calls.Method(do_unreserve, "records", loose=False)
    monkeypatch.setitem(calls.METHODS, ("mrp.production", "do_unreserve"), method)

    message = blocked(linked)

    assert (message.state, message.after, freed) == (OutboxState.CONFIRMED, {HERE: 0.0}, [order])


def _production(linked: Linked, transfer: int) -> int:
    """The move becomes one that a production order consumes by: it has no transfer."""
    world = linked.world
    field = schema._field("raw_material_production_id | many2one mrp.production | MO | sfo")
    world.models["stock.move"].fields[field.name] = field
    name = "name | char | Reference | sfo"
    fields = {f.name: f for f in map(schema._field, (*schema.AUTOMATIC, name))}
    model = schema.Model("mrp.production", "Manufacturing Order", fields)
    world.models[model.name], world.tables[model.name] = model, Table(model)
    with world.acting_as(ADMIN) as tx:
        order = tx.create(model.name, {"name": "WH/MO/00001"})
        (move,) = tx.tables["stock.move"].where("picking_id", transfer)
        (line,) = tx.tables["stock.move.line"].where("move_id", move)
        tx.write("stock.move", move, {field.name: order})
        tx.write("stock.move.line", line, {"picking_id": False})
    return order
