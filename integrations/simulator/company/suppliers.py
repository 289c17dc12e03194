"""What suppliers do besides coming late: bring too little for good, and bill wrongly."""

import random
from collections.abc import Callable

from integrations.simulator.company import watch
from integrations.simulator.flows import billing, transfers
from integrations.simulator.transactions import Transaction

OVER, DEARER = 1.2, 1.08
RECENT = 200


def bring_half(tx: Transaction, receipt: int) -> int | None:
    """Half of it is there; returns the backorder, if there was anything to halve."""
    moves = transfers.open_moves(tx, receipt)
    halves = {move["id"]: float(move["product_uom_qty"] // 2) for move in moves}
    return transfers.validate(tx, receipt, halves) if any(halves.values()) else None


def close_short(tx: Transaction, receipt: int) -> None:
    """Half of it is there, and the supplier cannot send the rest."""
    if backorder := bring_half(tx, receipt):
        transfers.cancel(tx, backorder)


def settle_short(tx: Transaction, line: int, finish: Callable[[int], object]) -> None:
    """The rest comes after all; of what was closed short, the order is put right."""
    moves = tx.tables["stock.move"]
    rows = (moves.rows[each] for each in moves.where("purchase_line_id", line))
    backorder = next((m["picking_id"] for m in rows if m["state"] in transfers.OPEN_MOVE), None)
    if backorder:
        finish(backorder)
        return
    received = tx.row("purchase.order.line", line)["qty_received"]
    tx.write("purchase.order.line", line, {"product_qty": received})


def bill_rightly(tx: Transaction, rng: random.Random) -> None:
    """What came is billed as ordered, and the oldest bill that nothing is wrong with is paid."""
    if order := _unbilled_order(tx, rng):
        billing.bill(tx, order)
    wrong = set(watch.wrong_bills(tx.tables))
    fine = (each for each in watch.open_bills(tx.tables) if each not in wrong)
    if (oldest := min(fine, default=None)) is not None:
        billing.pay(tx, oldest)


def bill_wrongly(tx: Transaction, rng: random.Random) -> None:
    """For more than came, for a higher price, or entered twice."""
    order = _unbilled_order(tx, rng)
    if order is None:
        return
    how = rng.choice(("over", "dearer", "twice"))
    share, dearer = (OVER if how == "over" else 1.0), (DEARER if how == "dearer" else 1.0)
    made = billing.bill(tx, order, share, dearer=dearer)
    if how == "twice":
        billing.again(tx, made)


def _unbilled_order(tx: Transaction, rng: random.Random) -> int | None:
    table = tx.tables["purchase.order"]
    waiting = [
        each
        for each in table.where("receipt_status", "full")[-RECENT:]
        if table.rows[each].get("invoice_status") == "to invoice"
    ]
    return rng.choice(waiting) if waiting else None


def settle_bill(tx: Transaction, bill: int) -> None:
    """The copy is cancelled, too much is credited; a higher price turns out to be agreed."""
    alike = watch.alike(tx.tables, bill)
    if alike:
        billing.cancel(tx, max(alike))
    elif watch.is_over(tx.tables, bill):
        billing.credit(tx, bill)
    else:
        billing.pay(tx, bill)
