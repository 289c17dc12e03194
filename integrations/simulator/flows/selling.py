"""Sales orders: confirmed with their delivery, re-promised."""

from collections.abc import Sequence

from integrations.simulator.flows import sequences, transfers
from integrations.simulator.flows.purchasing import Item
from integrations.simulator.transactions import Transaction


def order(
    tx: Transaction,
    warehouse: int,
    customer: int,
    seller: int,
    items: Sequence[Item],
    promised: str,
) -> int:
    """A quotation with the date asked for (``commitment_date``)."""
    company = tx.row("stock.warehouse", warehouse)["company_id"]
    total = round(sum(item.quantity * item.price for item in items), 2)
    order_id = tx.create(
        "sale.order",
        {
            "name": sequences.take(tx, "sale.order"),
            "state": "draft",
            "partner_id": customer,
            "partner_shipping_id": customer,
            "date_order": tx.at,
            "commitment_date": promised,
            "amount_untaxed": total,
            "amount_total": total,
            "currency_id": tx.row("res.company", company)["currency_id"],
            "user_id": seller,
            "team_id": next(iter(tx.tables["crm.team"].rows)),
            "warehouse_id": warehouse,
            "picking_policy": "direct",
            "company_id": company,
            "invoice_status": "no",
        },
    )
    for item in items:
        add_line(tx, order_id, item)
    return order_id


def add_line(tx: Transaction, order_id: int, item: Item) -> int:
    owner = tx.row("sale.order", order_id)
    product = tx.row("product.product", item.product)
    unit = {"product_uom": product["uom_id"], "product_uom_id": product["uom_id"]}
    known = tx.tables["sale.order.line"].model.fields
    return tx.create(
        "sale.order.line",
        {
            "order_id": order_id,
            "name": f"[{product.get('default_code', '')}] {product['name']}",
            "product_id": item.product,
            "product_uom_qty": item.quantity,
            "price_unit": item.price,
            "price_subtotal": round(item.quantity * item.price, 2),
            "qty_delivered_method": "stock_move",
            "company_id": owner["company_id"],
            **{name: value for name, value in unit.items() if name in known},
        },
    )


def confirm(tx: Transaction, order_id: int) -> int:
    """The order stands; its delivery takes what stock there is. Returns the delivery."""
    row = tx.row("sale.order", order_id)
    tx.write(
        "sale.order",
        order_id,
        {"state": "sale", "delivery_status": "pending", "invoice_status": "to invoice"},
    )
    table = tx.tables["sale.order.line"]
    lines = [table.rows[each] for each in table.where("order_id", order_id)]
    wanted = [
        transfers.Line(line["product_id"], line["product_uom_qty"], {"sale_line_id": line["id"]})
        for line in lines
    ]
    kind = tx.row("stock.warehouse", row["warehouse_id"])["out_type_id"]
    promised = row.get("commitment_date") or tx.at
    values = {
        "origin": row["name"],
        "partner_id": row["partner_shipping_id"],
        "sale_id": order_id,
        "date_deadline": promised,
    }
    picking = transfers.create(tx, kind, wanted, promised, values)
    transfers.reserve(tx, picking)
    return picking


def redate(tx: Transaction, order_id: int, promised: str) -> None:
    """A new promise to the customer: the open moves' deadlines follow."""
    tx.write("sale.order", order_id, {"commitment_date": promised})
    lines = tx.tables["sale.order.line"].where("order_id", order_id)
    moves = tx.tables["stock.move"]
    transfers.promise(
        tx, [move for line in lines for move in moves.where("sale_line_id", line)], promised
    )
