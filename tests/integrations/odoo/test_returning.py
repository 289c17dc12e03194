"""Returns: all of what came or a part of it, once, ready for people to carry out."""

from typing import Any

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.flows import transfers
from integrations.simulator.records import Row
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.doing import Doing, message_about
from tests.integrations.odoo.test_blocking import failed_check
from tests.integrations.odoo.test_setting_apart import GOODS, receive


def returning(linked: Linked, **told: Any) -> Doing:
    """Six came."""
    transfer = linked.receipt()
    message = message_about(linked, "stock.picking", transfer, Verb.RETURN, **told)
    with linked.world.acting_as(ADMIN) as tx:
        (move,) = transfers.open_moves(tx, transfer)
        tx.write("stock.move", move["id"], {"product_uom_qty": 6.0, "quantity": 6.0})
        transfers.validate(tx, transfer)
    return Doing(linked, message, ("stock.picking", "write"), lambda: 0)


def returns_of(linked: Linked, transfer: int) -> list[tuple[Row, float]]:
    """With how much of the goods each takes back."""
    table, moves = linked.world.tables["stock.picking"], linked.world.tables["stock.move"]
    return [
        (
            table.rows[each],
            sum(moves.rows[m]["product_uom_qty"] for m in moves.where("picking_id", each)),
        )
        for each in table.where("return_id", transfer)
    ]


def test_a_part_goes_back_to_whom_it_came_from_and_is_not_sent_yet(linked: Linked) -> None:
    doing = returning(linked, lines=[{"product": GOODS, "quantity": "4.0"}])
    came = linked.picking(doing.message.record_id)

    assert doing.deliver() == OutboxState.CONFIRMED
    ((back, quantity),) = returns_of(linked, came["id"])
    assert (quantity, back["state"], back["partner_id"]) == (4.0, "assigned", came["partner_id"])
    assert (back["location_id"], back["location_dest_id"]) == (
        came["location_dest_id"],
        came["location_id"],
    )
    assert back["origin"] == f"Return of {came['name']} [ct:{doing.message.key}]"
    product = linked.world.label("product.product", GOODS)
    assert doing.message.after == {product: 4.0, "return": back["name"]}


def test_the_answer_that_was_lost_before_the_key_was_written_leads_to_one_return(
    linked: Linked,
) -> None:
    doing = returning(linked)
    doing.method = ("stock.return.picking", _create(linked))
    doing.fault("lost_reply")
    assert doing.deliver() == OutboxState.AMBIGUOUS

    assert doing.deliver(minutes=3) == OutboxState.CONFIRMED
    ((back, quantity),) = returns_of(linked, doing.message.record_id)
    assert (quantity, back["origin"].endswith(f"[ct:{doing.message.key}]")) == (6.0, True)


def _create(linked: Linked) -> str:
    return "create_returns" if linked.world.version < 18 else "action_create_returns"


def test_no_more_goes_back_than_is_left(linked: Linked) -> None:
    doing = returning(linked)
    assert doing.deliver() == OutboxState.CONFIRMED

    doing.again()
    assert doing.deliver() == OutboxState.FAILED
    assert doing.message.error == (
        "Nothing was done in Odoo. Nothing of it is left to be returned."
    )
    assert len(returns_of(linked, doing.message.record_id)) == 1


def test_more_than_came_is_refused(linked: Linked) -> None:
    doing = returning(linked, lines=[{"product": GOODS, "quantity": "7.0"}])

    assert doing.deliver() == OutboxState.FAILED
    assert "Less of it came, or is left, than is to be returned." in doing.message.error
    assert returns_of(linked, doing.message.record_id) == []


def test_of_an_inspection_what_its_transfer_brought_goes_back(linked: Linked) -> None:
    receipt = receive(linked)
    held = failed_check(linked, receipt)
    message = message_about(linked, held.model, held.record_id, Verb.RETURN)

    assert Doing(linked, message, ("", ""), lambda: 0).deliver() == OutboxState.CONFIRMED
    ((_back, quantity),) = returns_of(linked, receipt)
    assert quantity == 6.0
