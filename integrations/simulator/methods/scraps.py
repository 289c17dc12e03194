"""Scrap orders, driven from outside."""

from typing import Any

from integrations.simulator import errors, writing
from integrations.simulator.calls import Call, public
from integrations.simulator.flows import counting, sequences, stock
from integrations.simulator.methods import rules
from integrations.simulator.records import Row

ZERO = "You can only enter positive quantities."
WINDOW = {
    "view_mode": "form",
    "res_model": "stock.warn.insufficient.qty.scrap",
    "type": "ir.actions.act_window",
    "target": "new",
}


@rules.creates("stock.scrap")
def create_scrap(call: Call, values: dict[str, Any]) -> int:
    given = {"scrap_qty": 1.0, "state": "draft", "name": "New", **values}
    given.setdefault("scrap_location_id", counting.loss_location(call.tx))
    return writing.create(call, "stock.scrap", given)


@public("action_validate", "stock.scrap")
def action_validate(call: Call, ids: list[int]) -> bool | dict[str, Any]:
    """True when the goods are gone; where too few lie there (of that lot, or without one), a
    window, and *nothing* has happened."""
    call.may("write")
    for scrap in call.existing(ids):
        row = call.tx.row("stock.scrap", scrap)
        if not row["scrap_qty"]:
            raise errors.user(ZERO)
        if _lying(call, row) < row["scrap_qty"]:
            return _window(call, row)
        _scrap(call, row)
    return True


def _lying(call: Call, row: Row) -> float:
    there = stock.quants(call.tx, row["product_id"], row["location_id"])
    same = (
        quant for quant in there if (quant.get("lot_id") or None) == (row.get("lot_id") or None)
    )
    return float(sum(quant.get("quantity", 0.0) for quant in same))


def _window(call: Call, row: Row) -> dict[str, Any]:
    product = call.tx.row("product.product", row["product_id"])["name"]
    told = {
        "default_product_id": row["product_id"],
        "default_location_id": row["location_id"],
        "default_scrap_id": row["id"],
        "default_quantity": row["scrap_qty"],
    }
    name = f"{product}: Insufficient Quantity To Scrap"
    return {**WINDOW, "name": name, "context": {**call.context, **told}}


def _scrap(call: Call, row: Row) -> None:
    name = sequences.take(call.tx, "stock.scrap")
    stock.shift(call.tx, row["product_id"], row["location_id"], -row["scrap_qty"])
    call.tx.create("stock.move", _move(call, row, name))
    done = {"state": "done", "date_done": call.tx.at, "name": name}
    call.tx.write("stock.scrap", row["id"], done)


def _move(call: Call, row: Row, name: str) -> dict[str, Any]:
    unit = call.tx.row("product.product", row["product_id"])["uom_id"]
    old = {"name": name, "scrapped": True} if call.version < 19 else {}
    return {
        **old,
        "reference": name,
        "origin": row.get("origin") or name,
        "scrap_id": row["id"],
        "product_id": row["product_id"],
        "product_uom": unit,
        "product_uom_qty": row["scrap_qty"],
        "quantity": row["scrap_qty"],
        "picked": True,
        "state": "done",
        "date": call.tx.at,
        "location_id": row["location_id"],
        "location_dest_id": row["scrap_location_id"],
        "company_id": row.get("company_id"),
    }
