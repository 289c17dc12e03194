"""Reservations: the lines of a move, which say where the goods that it holds lie."""

from integrations.simulator.flows import stock
from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction

MODEL = "stock.move.line"
INHERITED = ("picking_id", "product_id", "location_id", "location_dest_id", "company_id")


def hold(tx: Transaction, move: Row, wanted: float) -> float:
    """Reserve what is free, up to the wanted quantity; returns what was taken."""
    taken = stock.reserve(tx, move["product_id"], move["location_id"], wanted)
    if taken > 0:
        _line(tx, move, taken)
    return taken


def _line(tx: Transaction, move: Row, taken: float) -> None:
    for each in tx.tables[MODEL].where("move_id", move["id"]):
        held = tx.row(MODEL, each)["quantity"]
        tx.write(MODEL, each, {"quantity": round(held + taken, 4)})
        return
    _create(tx, move, {"quantity": taken, "state": "assigned"})


def _create(tx: Transaction, move: Row, values: dict[str, object]) -> None:
    inherited = {name: move.get(name) for name in INHERITED}
    own = {"move_id": move["id"], "product_uom_id": move.get("product_uom")}
    tx.create(MODEL, {**inherited, **own, **values})


def let_go(tx: Transaction, move: Row) -> None:
    """Nothing is held any more."""
    stock.release(tx, move["product_id"], move["location_id"], move.get("quantity", 0.0))
    forget(tx, move)


def forget(tx: Transaction, move: Row) -> None:
    for each in tx.tables[MODEL].where("move_id", move["id"]):
        tx.unlink(MODEL, each)


def finish(tx: Transaction, move: Row, quantity: float) -> None:
    """The goods have moved: what was held is, and the line says how much."""
    stock.release(tx, move["product_id"], move["location_id"], move.get("quantity", 0.0))
    record(tx, move, quantity)


def record(tx: Transaction, move: Row, quantity: float) -> None:
    """A line that is done: where the goods came to lie, and how much of them."""
    done = {"quantity": quantity, "state": "done", "picked": True}
    lines = list(tx.tables[MODEL].where("move_id", move["id"]))
    for each in lines:
        tx.write(MODEL, each, done)
    if not lines:
        _create(tx, move, done)
