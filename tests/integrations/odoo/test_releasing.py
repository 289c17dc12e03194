"""Goods on hold go back to where they came from; what cannot go stays, and it is said why."""

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.flows import stock, transfers
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.doing import Doing, message_about, ours
from tests.integrations.odoo.sources.test_goods_on_hold import PRODUCT, location, put
from tests.integrations.odoo.test_blocking import failed_check, put_away
from tests.integrations.odoo.test_setting_apart import GOODS, HOLD, lying, receive, shelf


def releasing(linked: Linked, quant: int) -> Doing:
    linked.later(hours=4, seconds=1)
    message = message_about(linked, "stock.quant", quant, Verb.RELEASE)
    return Doing(linked, message, ("stock.picking", "button_validate"), lambda: 0)


def free(linked: Linked, place: int) -> float:
    rows = linked.world.tables["stock.quant"].rows.values()
    there = [q for q in rows if (q["product_id"], q["location_id"]) == (PRODUCT, place)]
    return float(sum(q["quantity"] for q in there))


def test_what_a_check_had_set_apart_goes_back_where_it_lay(linked: Linked) -> None:
    """Set apart by the hold of its own case, and no more of it than that."""
    there, _ = lying(linked, shelf(linked))
    held = failed_check(linked, receive(linked))
    place = location(linked, "Quality Hold")
    with linked.world.acting_as(ADMIN) as tx:  # others lie there, too
        stock.shift(tx, GOODS, place, 5.0)
    message = _about_case_of(linked, held)
    doing = Doing(linked, message, ("stock.picking", "button_validate"), lambda: 0)
    assert doing.foretold() == ({HOLD: 11.0}, {HOLD: 5.0})

    assert doing.deliver() == OutboxState.CONFIRMED
    assert (lying(linked, place), lying(linked, shelf(linked))[0]) == ((5.0, 0.0), there + 6.0)
    (transfer,) = ours(linked, "stock.picking", message)
    assert doing.message.after == {HOLD: 5.0, "transfer": transfer["name"]}


def _about_case_of(linked: Linked, held: OutboxMessage) -> OutboxMessage:
    held.refresh_from_db()
    return message_about(linked, held.model, held.record_id, Verb.RELEASE)


def test_goods_go_back_to_the_shelf_from_which_they_were_brought(linked: Linked) -> None:
    place, rack = location(linked, "Quality Hold"), location(linked, "Shelf A")
    put(linked, rack, 7.0)
    with linked.world.acting_as(ADMIN) as tx:
        way = {"location_id": rack, "location_dest_id": place}
        kind = tx.row("stock.warehouse", 1)["int_type_id"]
        moved = transfers.create(
            tx, kind, [transfers.Line(PRODUCT, 7.0, {})], linked.wire(days=1), way
        )
        transfers.reserve(tx, moved)
        transfers.validate(tx, moved)
        (quant,) = (q["id"] for q in stock.quants(tx, PRODUCT, place))

    assert releasing(linked, quant).deliver() == OutboxState.CONFIRMED
    assert (free(linked, place), free(linked, rack)) == (0.0, 7.0)


def test_what_is_reserved_stays_and_it_is_said(linked: Linked) -> None:
    place = location(linked, "Quality Hold")
    doing = releasing(linked, put(linked, place, 10.0))
    put_away(linked, 10.0, place)

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    assert "All of it is reserved where it lies." in doing.message.error
    assert free(linked, place) == 10.0


def test_where_odoo_refuses_nothing_stays_reserved(linked: Linked) -> None:
    place = location(linked, "Quality Hold")
    quant = put(linked, place, 10.0)
    doing = releasing(linked, quant)
    doing.fault("user_error", message="The cage is locked.")

    assert doing.deliver() == OutboxState.FAILED
    assert doing.message.error == "Odoo did not accept this: The cage is locked."
    assert ours(linked, "stock.picking", doing.message) == []
    assert linked.world.tables["stock.quant"].rows[quant]["reserved_quantity"] == 0.0
