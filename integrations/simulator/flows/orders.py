"""What an order learns from its transfers: quantities, statuses, effective date."""

from typing import Any

from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction


def follow(tx: Transaction, picking: int) -> None:
    """Bring the order of a transfer up to date with it."""
    follow_order(tx, tx.row("stock.picking", picking))


def follow_order(tx: Transaction, row: Row) -> None:
    """The same for the values of a transfer that may be gone."""
    if row.get("purchase_id"):
        _follow_purchase(tx, row["purchase_id"])
    if row.get("sale_id"):
        _follow_sale(tx, row["sale_id"])


def _follow_purchase(tx: Transaction, order: int) -> None:
    lines = tx.tables["purchase.order.line"]
    for line in lines.where("order_id", order):
        received = _done(tx, "purchase_line_id", line)
        tx.set("purchase.order.line", line, {"qty_received": received})
    pickings = _pickings(tx, "purchase_id", order)
    arrivals = [p["date_done"] for p in pickings if p.get("date_done")]
    values: dict[str, Any] = {
        "receipt_status": receipt_status({p["state"] for p in pickings}),
        "effective_date": min(arrivals, default=False),
    }
    tx.set("purchase.order", order, values)


def _follow_sale(tx: Transaction, order: int) -> None:
    lines = tx.tables["sale.order.line"]
    for line in lines.where("order_id", order):
        delivered = _done(tx, "sale_line_id", line)
        tx.set("sale.order.line", line, {"qty_delivered": delivered})
    pickings = _pickings(tx, "sale_id", order)
    departures = [p["date_done"] for p in pickings if p.get("date_done")]
    states = {p["state"] for p in pickings}
    values: dict[str, Any] = {
        "delivery_status": receipt_status(states),
        "effective_date": min(departures, default=False),
    }
    tx.set("sale.order", order, values)


def receipt_status(states: set[str]) -> str | bool:
    """Odoo's rule, traps included: cancel a back order and the order counts as ``full``."""
    if not states or states == {"cancel"}:
        return False
    if states <= {"done", "cancel"}:
        return "full"
    return "partial" if "done" in states else "pending"


def _done(tx: Transaction, link: str, line: int) -> float:
    """Quantity that arrived for (or left with) an order line; returns count against it."""
    moves = tx.tables["stock.move"]
    total = 0.0
    for each in moves.index(link).get(line, ()):
        move = moves.rows[each]
        if move["state"] == "done":
            sign = -1.0 if move.get("origin_returned_move_id") else 1.0
            total += sign * move.get("quantity", 0.0)
    return round(total, 4)


def _pickings(tx: Transaction, link: str, order: int) -> list[Row]:
    table = tx.tables["stock.picking"]
    return [table.rows[each] for each in table.index(link).get(order, ())]
