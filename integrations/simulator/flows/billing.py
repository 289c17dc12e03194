"""Vendor bills: what was billed of what was received, credited, paid, cancelled, entered twice."""

from collections.abc import Mapping
from typing import Any

from integrations.simulator.flows import sequences
from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction

MODEL, LINE, ORDER_LINE = "account.move", "account.move.line", "purchase.order.line"


def bill(
    tx: Transaction, order: int, share: float = 1.0, *, dearer: float = 1.0, reference: str = ""
) -> int:
    """A posted bill for that share of what came and is not billed yet (1.2: a fifth too much, at
    least one), at so many times the order's prices.
    """
    row = tx.row("purchase.order", order)
    lines = [tx.row(ORDER_LINE, each) for each in tx.tables[ORDER_LINE].where("order_id", order)]
    billed = {line["id"]: _billed(_unbilled(line), share) for line in lines}
    made = _post(tx, row, reference or f"INV-{row['name']}", {"invoice_origin": row["name"]})
    for line in lines:
        price = round(line["price_unit"] * dearer, 2)
        _bill_line(tx, made, line, billed[line["id"]], price)
    _total(tx, made)
    moves = [*row.get("invoice_ids", []), made]
    tx.write("purchase.order", order, {"invoice_status": "invoiced", "invoice_ids": moves})
    return made


def _unbilled(line: Row) -> float:
    return float(max(line.get("qty_received", 0.0) - line.get("qty_invoiced", 0.0), 0.0))


def _billed(unbilled: float, share: float) -> float:
    quantity = float(round(unbilled * share))
    return max(quantity, unbilled + 1.0) if share > 1.0 else quantity


def _post(tx: Transaction, like: Row, reference: str, values: Mapping[str, Any]) -> int:
    """A posted bill without lines, of the partner, company and currency of that order or bill."""
    day = tx.at[:10]
    return tx.create(
        MODEL,
        {
            "name": sequences.take(tx, MODEL),
            "ref": reference,
            "move_type": "in_invoice",
            "state": "posted",
            "payment_state": "not_paid",
            "partner_id": like["partner_id"],
            "invoice_date": day,
            "invoice_date_due": day,
            "date": day,
            "currency_id": like["currency_id"],
            "journal_id": 1,
            "checked": True,
            "company_id": like["company_id"],
            **values,
        },
    )


def _bill_line(tx: Transaction, made: int, line: Row, quantity: float, price: float) -> None:
    tx.create(
        LINE,
        {
            "move_id": made,
            "product_id": line["product_id"],
            "name": line["name"],
            "quantity": quantity,
            "product_uom_id": line.get("product_uom") or line.get("product_uom_id"),
            "price_unit": price,
            "price_subtotal": round(quantity * price, 2),
            "purchase_line_id": line["id"],
            "display_type": "product",
            "parent_state": "posted",
            "partner_id": line["partner_id"],
            "company_id": line["company_id"],
            "date": tx.at[:10],
        },
    )
    follow(tx, line["id"])


def add_line(tx: Transaction, move: int, order_line: int, quantity: float, price: float) -> None:
    """One more line on a bill, for something ordered."""
    _bill_line(tx, move, tx.row(ORDER_LINE, order_line), quantity, price)
    _total(tx, move)


def follow(tx: Transaction, order_line: int) -> None:
    """What is billed of an order line: credit notes are taken off, cancelled bills do not count."""
    total = 0.0
    for each in tx.tables[LINE].where("purchase_line_id", order_line):
        line = tx.row(LINE, each)
        move = tx.row(MODEL, line["move_id"])
        if move["state"] != "cancel":
            total += line["quantity"] * (-1.0 if move["move_type"] == "in_refund" else 1.0)
    tx.set(ORDER_LINE, order_line, {"qty_invoiced": round(total, 4)})


def _total(tx: Transaction, move: int) -> None:
    rows = (tx.row(LINE, each) for each in tx.tables[LINE].where("move_id", move))
    total = round(sum(row["price_subtotal"] for row in rows), 2)
    amounts = dict.fromkeys(("amount_untaxed", "amount_total", "amount_residual"), total)
    tx.write(MODEL, move, amounts)


def again(tx: Transaction, move: int) -> int:
    """The same bill entered once more by hand, from its letter: it names no order."""
    row = tx.row(MODEL, move)
    amounts = {name: row[name] for name in ("amount_untaxed", "amount_total", "amount_residual")}
    return _post(tx, row, row["ref"], amounts)


def credit(tx: Transaction, move: int) -> int:
    """The supplier's credit note for what was billed beyond what came."""
    lines = [tx.row(LINE, each) for each in tx.tables[LINE].where("move_id", move)]
    refund = {"move_type": "in_refund", "reversed_entry_id": move}
    row = tx.row(MODEL, move)
    made = _post(tx, row, f"CR-{row['ref']}", refund)
    for line in lines:
        ordered = tx.row(ORDER_LINE, line["purchase_line_id"])
        over = ordered.get("qty_invoiced", 0.0) - ordered.get("qty_received", 0.0)
        if over > 0:
            _bill_line(tx, made, ordered, over, line["price_unit"])
    _total(tx, made)
    return made


def reverse(tx: Transaction, move: int, reason: str) -> int:
    """A draft that credits all of a bill."""
    row = tx.row(MODEL, move)
    made = _post(
        tx,
        row,
        f"Reversal of: {row['name']}" + (f", {reason}" if reason else ""),
        {
            "name": "/",
            "state": "draft",
            "checked": False,
            "move_type": "in_refund",
            "reversed_entry_id": move,
        },
    )
    for each in tx.tables[LINE].where("move_id", move):
        line = tx.row(LINE, each)
        kept = {k: v for k, v in line.items() if k not in {"id", "create_date", "create_uid"}}
        tx.create(LINE, {**kept, "move_id": made, "parent_state": "draft"})
        if line.get("purchase_line_id"):
            follow(tx, line["purchase_line_id"])
    amounts = {name: row[name] for name in ("amount_untaxed", "amount_total", "amount_residual")}
    tx.write(MODEL, made, {**amounts, "amount_residual": amounts["amount_total"]})
    return made


def pay(tx: Transaction, move: int) -> None:
    tx.write(MODEL, move, {"payment_state": "paid", "amount_residual": 0.0})


def cancel(tx: Transaction, move: int) -> None:
    """Bill lines follow their bill, and order lines what is billed of them."""
    tx.write(MODEL, move, {"state": "cancel"})
    for each in tx.tables[LINE].where("move_id", move):
        tx.set(LINE, each, {"parent_state": "cancel"})
        if line := tx.row(LINE, each).get("purchase_line_id"):
            follow(tx, line)
