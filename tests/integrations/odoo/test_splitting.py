"""Splitting transfers: by Odoo itself from 18 on, by a person before."""

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.flows import transfers
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.doing import Doing, message_about

WANTED = 5000.0


def splitting(linked: Linked) -> tuple[Doing, int]:
    delivery = linked.delivery(days=-1, quantity=WANTED)
    message = message_about(linked, "stock.picking", delivery, Verb.SPLIT)
    method = ("stock.picking", "action_split_transfer")
    return Doing(linked, message, method, lambda: 0), delivery


def wanted_and_held(linked: Linked, transfer: int) -> tuple[float, float, str]:
    moves = linked.world.tables["stock.move"]
    (move,) = (moves.rows[each] for each in moves.where("picking_id", transfer))
    return move["product_uom_qty"], move["quantity"], linked.picking(transfer)["state"]


def test_what_is_held_can_go_and_the_rest_follows(linked: Linked, version: int) -> None:
    doing, delivery = splitting(linked)
    _, held, _ = wanted_and_held(linked, delivery)
    assert 0 < held < WANTED

    assert doing.deliver() == OutboxState.CONFIRMED
    if version == 17:
        assert wanted_and_held(linked, delivery) == (WANTED, held, "assigned")
        ((_model, activity),) = linked.effects(doing.message.key)
        said = linked.world.tables["mail.activity"].rows[activity]["note"]
        assert "Validate what is there with a backorder for the rest once it leaves" in said
        return
    (rest,) = linked.world.tables["stock.picking"].where("backorder_id", delivery)
    assert wanted_and_held(linked, delivery) == (held, held, "assigned")
    assert wanted_and_held(linked, rest) == (WANTED - held, 0.0, "confirmed")
    product = linked.world.label("product.product", 1)
    assert doing.message.before == {product: WANTED}
    assert doing.message.after == {product: held, "backorder": linked.picking(rest)["name"]}


def test_where_nothing_is_held_there_is_nothing_to_split(linked: Linked, version: int) -> None:
    if version == 17:
        return  # a person sees it
    doing, delivery = splitting(linked)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.unreserve(tx, delivery)

    assert doing.deliver() == OutboxState.FAILED
    name = linked.picking(delivery)["name"]
    assert doing.message.error.startswith(f"Odoo did not accept this: {name}: Nothing to split.")
