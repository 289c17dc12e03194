"""Vendor bills: what was billed of what was received."""

from integrations.simulator.flows import sequences
from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction


def bill(tx: Transaction, order: int, share: float = 1.0) -> int:
    """A posted bill for that share of what was received (1.2: a fifth too much)."""
    row = tx.row("purchase.order", order)
    table = tx.tables["purchase.order.line"]
    lines = [table.rows[each] for each in table.where("order_id", order)]
    billed = {line["id"]: float(round(line.get("qty_received", 0.0) * share)) for line in lines}
    total = round(sum(billed[line["id"]] * line["price_unit"] for line in lines), 2)
    day = tx.at[:10]
    made = tx.create(
        "account.move",
        {
            "name": sequences.take(tx, "account.move"),
            "ref": f"INV-{row['name']}",
            "move_type": "in_invoice",
            "state": "posted",
            "payment_state": "not_paid",
            "partner_id": row["partner_id"],
            "invoice_date": day,
            "invoice_date_due": day,
            "date": day,
            "invoice_origin": row["name"],
            "amount_untaxed": total,
            "amount_total": total,
            "amount_residual": total,
            "currency_id": row["currency_id"],
            "journal_id": 1,
            "checked": True,
            "company_id": row["company_id"],
        },
    )
    for line in lines:
        _bill_line(tx, made, line, billed[line["id"]])
    tx.write("purchase.order", order, {"invoice_status": "invoiced", "invoice_ids": [made]})
    return made


def _bill_line(tx: Transaction, made: int, line: Row, quantity: float) -> None:
    tx.create(
        "account.move.line",
        {
            "move_id": made,
            "product_id": line["product_id"],
            "name": line["name"],
            "quantity": quantity,
            "price_unit": line["price_unit"],
            "price_subtotal": round(quantity * line["price_unit"], 2),
            "purchase_line_id": line["id"],
            "display_type": "product",
            "partner_id": line["partner_id"],
            "company_id": line["company_id"],
            "date": tx.at[:10],
        },
    )
    tx.write("purchase.order.line", line["id"], {"qty_invoiced": quantity})
