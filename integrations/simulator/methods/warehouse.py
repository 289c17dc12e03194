"""Transfers, driven from outside."""

from typing import Any

from integrations.simulator import errors, writing
from integrations.simulator.calls import Call, public
from integrations.simulator.flows import orders, reservations, sequences, transfers
from integrations.simulator.methods import rules

CANNOT_UNRESERVE = "You cannot unreserve a stock move that has been set to 'Done'."
NOTHING_TO_RESERVE = "Nothing to check the availability for."
NOTHING_HELD = (
    "Nothing to split. Fill the quantities you want in a new transfer in the done quantities"
)
NOTHING_SHORT = (
    "Nothing to split, all demand is done. For split you need at least one line not fully fulfilled"
)
WIZARD_KEYS = {"type": "ir.actions.act_window", "view_mode": "form", "target": "new"}


@public("action_confirm", "stock.picking")
def action_confirm(call: Call, ids: list[int]) -> bool:
    call.may("write")
    for picking in call.existing(ids):
        for move in transfers.moves_of(call.tx, picking):
            if move["state"] == "draft":
                incoming = _code(call, picking) == "incoming"
                values = {"quantity": move["product_uom_qty"] if incoming else 0.0}
                state = "assigned" if incoming else "confirmed"
                call.tx.write("stock.move", move["id"], {**values, "state": state})
        transfers.recompute(call.tx, picking)
        transfers.reserve(call.tx, picking)  # every operation type reserves at confirmation
    return True


@public("action_assign", "stock.picking")
def action_assign(call: Call, ids: list[int]) -> bool:
    call.may("write")
    for picking in call.existing(ids):
        if not transfers.open_moves(call.tx, picking):
            raise errors.user(NOTHING_TO_RESERVE)
        transfers.reserve(call.tx, picking)
    return True


@public("do_unreserve", "stock.picking")
def do_unreserve(call: Call, ids: list[int]) -> None:
    """All or nothing: what is done does not let go, and keeps the others of the call."""
    call.may("write")
    for picking in call.existing(ids):
        if any(move["state"] == "done" for move in transfers.moves_of(call.tx, picking)):
            raise errors.user(CANNOT_UNRESERVE)
        transfers.unreserve(call.tx, picking)


@public("action_cancel", "stock.picking")
def action_cancel(call: Call, ids: list[int]) -> bool:
    call.may("write")
    for picking in call.existing(ids):
        transfers.cancel(call.tx, picking)
    return True


@public("button_validate", "stock.picking")
def button_validate(call: Call, ids: list[int]) -> bool | dict[str, Any]:
    """True when the goods have moved; otherwise a wizard, and *nothing* has happened."""
    call.may("write")
    for picking in call.existing(ids):
        row = call.tx.row("stock.picking", picking)
        if row["state"] in {"done", "cancel"}:
            raise errors.user("Please add some items to move.")
        wizard = _wizard(call, picking)
        if wizard:
            return wizard
        transfers.validate(call.tx, picking)
    return True


@public("action_split_transfer", "stock.picking", since=18)
def action_split_transfer(call: Call, ids: list[int]) -> None:
    call.may("write")
    for picking in call.existing(ids):
        moves = transfers.open_moves(call.tx, picking)
        name = call.tx.row("stock.picking", picking)["name"]
        if not any(move.get("quantity") for move in moves):
            raise errors.user(f"{name}: {NOTHING_HELD}")
        if not transfers.is_short(call.tx, picking):
            raise errors.user(f"{name}: {NOTHING_SHORT}")
        transfers.split(call.tx, picking)


def _wizard(call: Call, picking: int) -> dict[str, Any]:
    held = sum(move.get("quantity", 0.0) for move in transfers.open_moves(call.tx, picking))
    if not held:
        raise errors.user(
            "You cannot validate a transfer if no quantities are reserved. "
            "To force the transfer, encode quantities."
        )
    if transfers.is_short(call.tx, picking) and not call.context.get("skip_backorder"):
        return _window("Create Backorder?", "stock.backorder.confirmation", call, picking)
    outgoing = _code(call, picking) == "outgoing"
    if outgoing and not call.context.get("skip_sms"):
        return _window("SMS", "confirm.stock.sms", call, picking)
    return {}


def _window(name: str, model: str, call: Call, picking: int) -> dict[str, Any]:
    context = {**call.context, "button_validate_picking_ids": [picking]}
    return {**WIZARD_KEYS, "name": name, "res_model": model, "context": context}


def _code(call: Call, picking: int) -> str:
    kind = call.tx.row("stock.picking", picking)["picking_type_id"]
    return str(call.tx.row("stock.picking.type", kind)["code"])


@rules.creates("stock.picking")
def create_picking(call: Call, values: dict[str, Any]) -> int:
    """A draft; its moves come as commands and are confirmed by ``action_confirm``. Lines that come
    as commands are reserved at once."""
    kind = call.tx.row("stock.picking.type", int(values.get("picking_type_id") or 0) or 1)
    known = {
        "location_id": kind["default_location_src_id"],
        "location_dest_id": kind["default_location_dest_id"],
        "company_id": kind["company_id"],
        "scheduled_date": call.tx.at[:19],
        **values,
    }
    moves, lines = known.pop("move_ids", []), known.pop("move_line_ids", [])
    picking = writing.create(call, "stock.picking", known)
    if values.get("picking_type_id"):
        name = sequences.take(call.tx, f"picking.type.{kind['id']}")
        call.tx.write("stock.picking", picking, {"name": name})
    for command in moves:
        _draft_move(call, picking, dict(command[2]))
    for command in lines:
        _reserved_line(call, picking, dict(command[2]))
    return picking


def _reserved_line(call: Call, picking: int, values: dict[str, Any]) -> None:
    """Its move demands nothing; what is free of its goods is theirs."""
    wanted = float(values.pop("quantity", 0.0))
    unit, lot = values.pop("product_uom_id", 1), values.pop("lot_id", False)
    own = {"product_uom": unit, "product_uom_qty": 0.0, "state": "assigned"}
    move = _draft_move(call, picking, {**values, **own})
    held = reservations.hold(call.tx, call.tx.row("stock.move", move), wanted)
    call.tx.write("stock.move", move, {"quantity": held})
    for line in call.tx.tables[reservations.MODEL].where("move_id", move):
        call.tx.write(reservations.MODEL, line, {"lot_id": lot})
    transfers.recompute(call.tx, picking)


def _draft_move(call: Call, picking: int, values: dict[str, Any]) -> int:
    owner = call.tx.row("stock.picking", picking)
    inherited = {
        "picking_id": picking,
        "picking_type_id": owner["picking_type_id"],
        "location_id": owner["location_id"],
        "location_dest_id": owner["location_dest_id"],
        "company_id": owner["company_id"],
        "product_uom": 1,
        "product_uom_qty": 1.0,
        "date": owner["scheduled_date"],
        "reference": owner["name"],
        "procure_method": "make_to_stock",
    }
    return writing.create(call, "stock.move", {**inherited, **values})


@rules.destroys("stock.picking")
def destroy_picking(call: Call, picking: int) -> None:
    """Deleting cancels first: what is done refuses in the words of cancelling."""
    transfers.cancel(call.tx, picking)
    for move in transfers.moves_of(call.tx, picking):
        call.tx.unlink("stock.move", move["id"])
    row = dict(call.tx.row("stock.picking", picking))
    call.tx.unlink("stock.picking", picking)
    if row.get("sale_id") or row.get("purchase_id"):
        orders.follow_order(call.tx, row)


@rules.destroys("stock.move")
def destroy_move(call: Call, move: int) -> None:
    if call.tx.row("stock.move", move)["state"] not in {"draft", "cancel"}:
        raise errors.user("You can only delete draft or cancelled moves.")
    call.tx.unlink("stock.move", move)
