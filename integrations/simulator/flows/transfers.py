"""Transfers: created, reserved, validated (with back order), cancelled, returned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.simulator import errors
from integrations.simulator.flows import orders, reservations, sequences, stock
from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction

OPEN = ("confirmed", "waiting", "assigned")
OPEN_MOVE = (*OPEN, "partially_available")
CANNOT_CANCEL = (
    "You cannot cancel a stock move that has been set to 'Done'. "
    "Create a return in order to reverse the moves which took place."
)
EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Line:
    """What one move shall carry; ``links`` are extra column values (order line, origin move)."""

    product: int
    quantity: float
    links: Mapping[str, Any]


def moves_of(tx: Transaction, picking: int) -> list[Row]:
    table = tx.tables["stock.move"]
    return [table.rows[each] for each in table.where("picking_id", picking)]


def open_moves(tx: Transaction, picking: int) -> list[Row]:
    return [move for move in moves_of(tx, picking) if move["state"] in OPEN_MOVE]


def create(
    tx: Transaction, type_id: int, lines: Iterable[Line], scheduled: str, values: Mapping[str, Any]
) -> int:
    """A confirmed transfer; goods that leave the warehouse still wait for ``reserve``."""
    kind = tx.row("stock.picking.type", type_id)
    picking = tx.create(
        "stock.picking",
        {
            "name": sequences.take(tx, f"picking.type.{type_id}"),
            "state": "draft",
            "picking_type_id": type_id,
            "location_id": kind["default_location_src_id"],
            "location_dest_id": kind["default_location_dest_id"],
            "company_id": kind["company_id"],
            "scheduled_date": scheduled,
            "date": tx.at,
            "move_type": "direct",
            "priority": "0",
            **values,
        },
    )
    for line in lines:
        _add_move(tx, picking, line)
    recompute(tx, picking)
    return picking


def _add_move(tx: Transaction, picking: int, line: Line) -> int:
    owner = tx.row("stock.picking", picking)
    incoming = _code(tx, owner) == "incoming"
    product = tx.row("product.product", line.product)
    return tx.create(
        "stock.move",
        {
            "name": product["name"],
            "reference": owner["name"],
            "origin": owner.get("origin"),
            "sequence": 10,
            "picking_id": picking,
            "picking_type_id": owner["picking_type_id"],
            "product_id": line.product,
            "product_uom": product["uom_id"],
            "product_uom_qty": line.quantity,
            "quantity": line.quantity if incoming else 0.0,
            "state": "assigned" if incoming else "confirmed",
            "date": owner["scheduled_date"],
            "date_deadline": owner.get("date_deadline"),
            "priority": owner["priority"],
            "procure_method": "make_to_stock",
            "location_id": owner["location_id"],
            "location_dest_id": owner["location_dest_id"],
            "partner_id": owner.get("partner_id"),
            "company_id": owner["company_id"],
            "warehouse_id": tx.row("stock.picking.type", owner["picking_type_id"])["warehouse_id"],
            **line.links,
        },
    )


def _code(tx: Transaction, picking: Row) -> str:
    return str(tx.row("stock.picking.type", picking["picking_type_id"])["code"])


def reserve(tx: Transaction, picking: int) -> None:
    """Take what stock there is; a move may stay short (``partially_available``)."""
    for move in open_moves(tx, picking):
        if _code(tx, tx.row("stock.picking", picking)) != "incoming":
            _reserve_move(tx, move)
    recompute(tx, picking)


def _reserve_move(tx: Transaction, move: Row) -> None:
    missing = move["product_uom_qty"] - move.get("quantity", 0.0)
    if missing <= EPSILON:
        return
    taken = reservations.hold(tx, move, missing)
    held = move.get("quantity", 0.0) + taken
    full = held >= move["product_uom_qty"] - EPSILON
    state = "assigned" if full else "partially_available" if held > 0 else "confirmed"
    tx.set("stock.move", move["id"], {"quantity": held, "state": state})


def unreserve(tx: Transaction, picking: int) -> None:
    for move in open_moves(tx, picking):
        if _code(tx, tx.row("stock.picking", picking)) != "incoming":
            reservations.let_go(tx, move)
            tx.set("stock.move", move["id"], {"quantity": 0.0, "state": "confirmed"})
    recompute(tx, picking)


def recompute(tx: Transaction, picking: int) -> None:
    """State and dates of a transfer as Odoo derives them from its moves."""
    row = tx.row("stock.picking", picking)
    moves = moves_of(tx, picking)
    if not moves:
        return
    values: dict[str, Any] = {"state": _state({move["state"] for move in moves})}
    live = [move for move in moves if move["state"] in OPEN_MOVE]
    if live:
        values["scheduled_date"] = min(move["date"] for move in live)
    deadlines = [m["date_deadline"] for m in live or moves if m.get("date_deadline")]
    values["date_deadline"] = min(deadlines, default=False)
    plan = values.get("scheduled_date", row["scheduled_date"])
    values["has_deadline_issue"] = bool(deadlines) and values["date_deadline"] < plan
    tx.set("stock.picking", picking, values)


def _state(states: set[str]) -> str:
    if states == {"cancel"}:
        return "cancel"
    if states <= {"done", "cancel"}:
        return "done"
    if states & {"assigned", "partially_available"}:
        return "assigned"
    return "waiting" if states & {"waiting"} else "confirmed"


def is_short(tx: Transaction, picking: int) -> bool:
    """Whether validating now would leave something behind."""
    return any(
        move.get("quantity", 0.0) < move["product_uom_qty"] - EPSILON
        for move in open_moves(tx, picking)
    )


def validate(tx: Transaction, picking: int, done: Mapping[int, float] | None = None) -> int | None:
    """Move the goods; what is left goes into a back order, whose id is returned.

    ``done`` says how much of a move (by id) was really there; unnamed moves are taken as held.
    """
    left: list[Row] = []
    for move in open_moves(tx, picking):
        quantity = min((done or {}).get(move["id"], move.get("quantity", 0.0)), _demand(move))
        if quantity < move["product_uom_qty"] - EPSILON:
            left.append(_split(tx, move, quantity))
        if quantity > EPSILON:
            _finish_move(tx, move, quantity)
    backorder = _backorder(tx, picking, left) if left else None
    tx.write("stock.picking", picking, {"state": "done", "date_done": tx.at})
    orders.follow(tx, picking)
    return backorder


def _demand(move: Row) -> float:
    return float(max(move["product_uom_qty"], move.get("quantity", 0.0)))


def _finish_move(tx: Transaction, move: Row, quantity: float) -> None:
    kind = tx.row("stock.picking.type", move["picking_type_id"])["code"]
    if kind == "incoming":
        reservations.record(tx, move, quantity)
    else:
        reservations.finish(tx, move, quantity)
    stock.shift(tx, move["product_id"], move["location_id"], -quantity)
    stock.shift(tx, move["product_id"], move["location_dest_id"], quantity)
    values = {"state": "done", "quantity": quantity, "picked": True, "date": tx.at}
    tx.write("stock.move", move["id"], values)


def _split(tx: Transaction, move: Row, kept: float) -> Row:
    """The part left behind: a copy of the move, or the move itself if nothing of it was done."""
    if kept <= EPSILON:
        return move
    rest = {k: v for k, v in move.items() if k not in {"id", "create_date", "create_uid"}}
    rest["product_uom_qty"] = round(move["product_uom_qty"] - kept, 4)
    tx.write("stock.move", move["id"], {"product_uom_qty": kept})
    rest.update(quantity=0.0, state="confirmed", picked=False)
    return tx.row("stock.move", tx.create("stock.move", rest))


def _backorder(tx: Transaction, picking: int, left: list[Row]) -> int:
    row = tx.row("stock.picking", picking)
    copied = {k: v for k, v in row.items() if k not in {"id", "create_date", "create_uid"}}
    copied.update(
        name=sequences.take(tx, f"picking.type.{row['picking_type_id']}"),
        backorder_id=picking,
        date_done=False,
        state="confirmed",
    )
    backorder = tx.create("stock.picking", copied)
    incoming = _code(tx, row) == "incoming"
    for move in left:
        values: dict[str, Any] = {"picking_id": backorder, "reference": copied["name"]}
        if incoming:
            values.update(quantity=move["product_uom_qty"], state="assigned")
        elif move.get("quantity"):
            reservations.let_go(tx, move)
            values.update(quantity=0.0, state="confirmed")
        tx.write("stock.move", move["id"], values)
    reserve(tx, backorder)
    return backorder


def cancel(tx: Transaction, picking: int) -> None:
    """Refused, in Odoo's words, once anything of it is done."""
    if any(move["state"] == "done" for move in moves_of(tx, picking)):
        raise errors.user(CANNOT_CANCEL)
    unreserve(tx, picking)
    for move in moves_of(tx, picking):
        tx.set("stock.move", move["id"], {"state": "cancel", "quantity": 0.0})
    tx.write("stock.picking", picking, {"state": "cancel"})
    orders.follow(tx, picking)


def give_back(tx: Transaction, picking: int, share: float = 1.0) -> int:
    """The return of a delivery: an *incoming* transfer that hangs on the one it undoes."""
    row = tx.row("stock.picking", picking)
    kind = tx.row("stock.picking.type", row["picking_type_id"])
    warehouse = tx.row("stock.warehouse", kind["warehouse_id"])
    lines = [
        Line(
            move["product_id"],
            max(1.0, float(round(move["quantity"] * share))),
            {
                "origin_returned_move_id": move["id"],
                "to_refund": True,
                "sale_line_id": move.get("sale_line_id"),
                "location_id": row["location_dest_id"],
                "location_dest_id": row["location_id"],
            },
        )
        for move in moves_of(tx, picking)
        if move["state"] == "done"
    ][:1]
    values = {
        "origin": f"Return of {row['name']}",
        "partner_id": row.get("partner_id"),
        "sale_id": row.get("sale_id"),
        "return_id": picking,
        "location_id": row["location_dest_id"],
        "location_dest_id": row["location_id"],
    }
    returned = create(tx, warehouse["in_type_id"], lines, tx.at, values)
    orders.follow(tx, returned)
    return returned


def split(tx: Transaction, picking: int) -> int:
    """What is held stays; the rest goes into a back order, whose id is returned."""
    left = [
        _split(tx, move, move.get("quantity", 0.0))
        for move in open_moves(tx, picking)
        if move.get("quantity", 0.0) < move["product_uom_qty"] - EPSILON
    ]
    for move in open_moves(tx, picking):
        if move["id"] not in {each["id"] for each in left}:
            tx.set("stock.move", move["id"], {"state": "assigned"})
    backorder = _backorder(tx, picking, left)
    recompute(tx, picking)
    return backorder


def send_back(tx: Transaction, picking: int, quantities: Mapping[int, float]) -> int:
    """So much of each done move (by id) goes the other way: a transfer that hangs on the one it
    undoes, its goods reserved as far as they are there."""
    row = tx.row("stock.picking", picking)
    kind = tx.row("stock.picking.type", row["picking_type_id"])
    other = "out_type_id" if kind["code"] == "incoming" else "in_type_id"
    places = {
        "location_id": row["location_dest_id"],
        "location_dest_id": row["location_id"],
    }
    links = ("purchase_line_id", "sale_line_id")
    lines = [
        Line(
            move["product_id"],
            quantities[move["id"]],
            {"origin_returned_move_id": move["id"], **{n: move.get(n) for n in links}, **places},
        )
        for move in moves_of(tx, picking)
        if quantities.get(move["id"], 0.0) > EPSILON
    ]
    kept = {name: row.get(name) for name in ("partner_id", "purchase_id", "sale_id")}
    own = {"origin": f"Return of {row['name']}", "return_id": picking}
    warehouse = tx.row("stock.warehouse", kind["warehouse_id"])
    returned = create(tx, warehouse[other], lines, tx.at, {**kept, **own, **places})
    reserve(tx, returned)
    orders.follow(tx, returned)
    return returned


def plan(tx: Transaction, picking: int, scheduled: str) -> None:
    """The warehouse's own plan: moves follow, the promise (``date_deadline``) does not."""
    for move in open_moves(tx, picking):
        tx.set("stock.move", move["id"], {"date": scheduled})
    recompute(tx, picking)


def promise(tx: Transaction, moves: Iterable[int], deadline: str) -> None:
    """A new promised date of an order line: it moves ``date_deadline`` and nothing else."""
    touched: dict[int, None] = {}
    for move in moves:
        row = tx.row("stock.move", move)
        if row["state"] in OPEN_MOVE:
            tx.set("stock.move", move, {"date_deadline": deadline})
            touched[row["picking_id"]] = None
    for picking in touched:
        recompute(tx, picking)
