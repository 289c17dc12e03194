"""Purchase orders: confirmed with their receipt, re-dated, billed."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.simulator.flows import sequences, transfers
from integrations.simulator.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Item:
    product: int
    quantity: float
    price: float


def order(
    tx: Transaction, warehouse: int, supplier: int, buyer: int, items: Sequence[Item], promised: str
) -> int:
    """A request for quotation; nothing is expected in the warehouse until it is confirmed."""
    kind = tx.row("stock.warehouse", warehouse)["in_type_id"]
    company = tx.row("stock.warehouse", warehouse)["company_id"]
    total = round(sum(item.quantity * item.price for item in items), 2)
    order_id = tx.create(
        "purchase.order",
        {
            "name": sequences.take(tx, "purchase.order"),
            "state": "draft",
            "partner_id": supplier,
            "date_order": tx.at,
            "date_planned": promised,
            "amount_untaxed": total,
            "amount_total": total,
            "currency_id": tx.row("res.company", company)["currency_id"],
            "user_id": buyer,
            "picking_type_id": kind,
            "company_id": company,
            "invoice_status": "no",
            "priority": "0",
        },
    )
    for item in items:
        add_line(tx, order_id, item, promised)
    return order_id


def add_line(tx: Transaction, order_id: int, item: Item, promised: str) -> int:
    owner = tx.row("purchase.order", order_id)
    product = tx.row("product.product", item.product)
    unit = {"product_uom": product["uom_id"], "product_uom_id": product["uom_id"]}
    known = tx.tables["purchase.order.line"].model.fields
    return tx.create(
        "purchase.order.line",
        {
            "order_id": order_id,
            "partner_id": owner["partner_id"],
            "name": f"[{product.get('default_code', '')}] {product['name']}",
            "sequence": 10,
            "product_id": item.product,
            "product_qty": item.quantity,
            "price_unit": item.price,
            "price_subtotal": round(item.quantity * item.price, 2),
            "price_total": round(item.quantity * item.price, 2),
            "date_planned": promised,
            "qty_received_method": "stock_moves",
            "company_id": owner["company_id"],
            "currency_id": owner["currency_id"],
            **{name: value for name, value in unit.items() if name in known},
        },
    )


def confirm(tx: Transaction, order_id: int) -> int:
    """The order stands and its receipt is expected; returns the receipt."""
    row = tx.row("purchase.order", order_id)
    tx.write(
        "purchase.order",
        order_id,
        {
            "state": "purchase",
            "date_approve": tx.at,
            "date_calendar_start": tx.at,
            "receipt_status": "pending",
            "invoice_status": "to invoice",
        },
    )
    table = tx.tables["purchase.order.line"]
    lines = [table.rows[each] for each in table.where("order_id", order_id)]
    expected = [
        transfers.Line(
            line["product_id"],
            line["product_qty"],
            {
                "purchase_line_id": line["id"],
                "date_deadline": line["date_planned"],
                "price_unit": line["price_unit"],
            },
        )
        for line in lines
    ]
    values = {
        "origin": row["name"],
        "partner_id": row["partner_id"],
        "purchase_id": order_id,
        "date_deadline": row["date_planned"],
    }
    return transfers.create(tx, row["picking_type_id"], expected, row["date_planned"], values)


def redate_line(tx: Transaction, line: int, promised: str) -> None:
    """The supplier names another day: the move's deadline follows, the warehouse plan does not."""
    tx.write("purchase.order.line", line, {"date_planned": promised})
    moves = tx.tables["stock.move"]
    transfers.promise(tx, moves.where("purchase_line_id", line), promised)
    order_id = tx.row("purchase.order.line", line)["order_id"]
    table = tx.tables["purchase.order.line"]
    dates = [table.rows[each]["date_planned"] for each in table.where("order_id", order_id)]
    tx.set("purchase.order", order_id, {"date_planned": min(dates)})


def redate(tx: Transaction, order_id: int, promised: str) -> None:
    for line in tx.tables["purchase.order.line"].where("order_id", order_id):
        redate_line(tx, line, promised)
