"""Requests for quotation: from whom, at what price, to which site; never confirmed by us."""

from typing import Any

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.records import Row
from tests.integrations.linked import SUPPLIER, Linked
from tests.integrations.odoo.doing import Doing, message_about, ours

PRODUCT = 3


def buying(linked: Linked, **told: Any) -> Doing:
    line = linked.partial()
    told = {
        "partner": None,
        "product": PRODUCT,
        "quantity": "20.0",
        "date": "2026-11-25T10:30:00+01:00",
        "price": None,
        **told,
    }
    message = message_about(linked, "purchase.order.line", line, Verb.PURCHASE, **told)
    return Doing(linked, message, ("purchase.order", "create"), lambda: 0)


def order_of(linked: Linked, doing: Doing) -> tuple[Row, Row]:
    """The order, and its only line."""
    (order,) = ours(linked, "purchase.order", doing.message)
    lines = linked.world.tables["purchase.order.line"]
    (line,) = lines.where("order_id", order["id"])
    return order, lines.rows[line]


def test_it_is_a_draft_for_the_supplier_price_and_day_that_were_named(linked: Linked) -> None:
    doing = buying(linked, partner=SUPPLIER, price="9.25")

    assert doing.deliver() == OutboxState.CONFIRMED
    order, line = order_of(linked, doing)
    assert (order["state"], order["partner_id"]) == ("draft", SUPPLIER)
    assert (line["product_id"], line["product_qty"], line["price_unit"]) == (PRODUCT, 20.0, 9.25)
    assert line["date_planned"][:19] == "2026-11-25 09:30:00"
    assert doing.message.after == {
        "product": linked.world.label("product.product", PRODUCT),
        "quantity": 20.0,
        "supplier": linked.world.label("res.partner", SUPPLIER),
        "date_planned": "2026-11-25 09:30:00",
        "order": order["name"],
        "amount": 185.0,  # 20 at 9.25
    }


def test_without_a_name_it_goes_to_who_sells_it_at_the_price_of_their_list(linked: Linked) -> None:
    doing = buying(linked)
    table = linked.world.tables["product.supplierinfo"]
    (price,) = (table.rows[each] for each in table.where("product_id", PRODUCT))
    original = linked.world.tables["purchase.order"].rows[1]

    assert doing.deliver() == OutboxState.CONFIRMED
    order, line = order_of(linked, doing)
    assert (order["partner_id"], line["price_unit"]) == (price["partner_id"], price["price"])
    assert order["picking_type_id"] == original["picking_type_id"]  # to the same site


def test_where_odoo_knows_no_supplier_one_has_to_be_named(linked: Linked) -> None:
    doing = buying(linked)
    for each in list(linked.world.tables["product.supplierinfo"].where("product_id", PRODUCT)):
        linked.delete("product.supplierinfo", each)

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    assert "Odoo knows no supplier of" in doing.message.error
    assert doing.message.error.endswith("Name the supplier.")
