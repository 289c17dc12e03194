"""Orders entered, confirmed and cancelled from outside."""

from typing import Any

from integrations.simulator import errors, writing
from integrations.simulator.calls import Call, public
from integrations.simulator.flows import purchasing, selling, sequences, transfers
from integrations.simulator.flows.purchasing import Item
from integrations.simulator.methods import rules


@rules.creates("purchase.order")
def create_purchase(call: Call, values: dict[str, Any]) -> int:
    lines = values.pop("order_line", [])
    planned = values.get("date_planned") or call.tx.at[:19]
    known = {
        "name": sequences.take(call.tx, "purchase.order"),
        "state": "draft",
        "date_order": call.tx.at[:19],
        "date_planned": planned,
        "currency_id": 1,
        "user_id": call.login.uid,
        "picking_type_id": 1,
        "company_id": 1,
        "priority": "0",
        "invoice_status": "no",
        **values,
    }
    order = writing.create(call, "purchase.order", known)
    for command in lines:
        given = command[2]
        item = _item(call, given, "product_qty", "standard_price")
        date = writing.check_datetime(call, given.get("date_planned") or planned)
        purchasing.add_line(call.tx, order, item, date)
    _total(call, "purchase.order", "purchase.order.line", order)
    return order


@rules.creates("sale.order")
def create_sale(call: Call, values: dict[str, Any]) -> int:
    lines = values.pop("order_line", [])
    known = {
        "name": sequences.take(call.tx, "sale.order"),
        "state": "draft",
        "date_order": call.tx.at[:19],
        "partner_shipping_id": values.get("partner_id"),
        "currency_id": 1,
        "user_id": call.login.uid,
        "team_id": 1,
        "warehouse_id": 1,
        "picking_policy": "direct",
        "company_id": 1,
        "invoice_status": "no",
        **values,
    }
    order = writing.create(call, "sale.order", known)
    for command in lines:
        item = _item(call, command[2], "product_uom_qty", "list_price")
        selling.add_line(call.tx, order, item)
    _total(call, "sale.order", "sale.order.line", order)
    return order


def _item(call: Call, given: dict[str, Any], quantity: str, price: str) -> Item:
    product = call.world.tables["product.product"].rows.get(int(given.get("product_id") or 0))
    if product is None:
        raise errors.validation("Missing required fields on accountable order line.")
    asked = given["price_unit"] if "price_unit" in given else product.get(price)
    return Item(product["id"], float(given.get(quantity) or 1.0), float(asked or 0.0))


def _total(call: Call, model: str, lines: str, order: int) -> None:
    table = call.world.tables[lines]
    rows = (table.rows[each] for each in table.where("order_id", order))
    total = round(sum(row["price_subtotal"] for row in rows), 2)
    call.tx.write(model, order, {"amount_untaxed": total, "amount_total": total})


@public("button_confirm", "purchase.order")
def button_confirm(call: Call, ids: list[int]) -> bool:
    call.may("write")
    for order in call.existing(ids):
        if call.tx.row("purchase.order", order)["state"] in {"draft", "sent"}:
            purchasing.confirm(call.tx, order)
    return True


@public("button_cancel", "purchase.order")
def button_cancel(call: Call, ids: list[int]) -> None:
    call.may("write")
    for order in call.existing(ids):
        _cancel_transfers(call, "purchase_id", order)
        values = {"state": "cancel", "receipt_status": False}
        call.tx.write("purchase.order", order, values)


@public("action_confirm", "sale.order")
def action_confirm(call: Call, ids: list[int]) -> bool:
    call.may("write")
    for order in call.existing(ids):
        if call.tx.row("sale.order", order)["state"] in {"draft", "sent"}:
            selling.confirm(call.tx, order)
    return True


@public("action_cancel", "sale.order")
def action_cancel(call: Call, ids: list[int]) -> bool:
    call.may("write")
    for order in call.existing(ids):
        _cancel_transfers(call, "sale_id", order)
        call.tx.write("sale.order", order, {"state": "cancel", "delivery_status": False})
    return True


def _cancel_transfers(call: Call, link: str, order: int) -> None:
    table = call.world.tables["stock.picking"]
    for picking in table.where(link, order):
        if table.rows[picking]["state"] in transfers.OPEN:
            transfers.cancel(call.tx, picking)


@rules.creates("project.task")
def create_task(call: Call, values: dict[str, Any]) -> int:
    """A task without a name becomes an untitled to-do, without an error."""
    known = {"name": "Untitled to-do", "stage_id": 1, **values}
    return writing.create(call, "project.task", known)
