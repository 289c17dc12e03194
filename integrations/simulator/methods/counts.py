"""Counts, driven from outside."""

from typing import Any

from integrations.simulator import errors, rights, writing
from integrations.simulator.calls import Call, public
from integrations.simulator.computed import is_outdated
from integrations.simulator.flows import counting, stock
from integrations.simulator.methods import rules

MANAGERS_ONLY = "Only a stock manager can validate an inventory adjustment."
CONFLICT = {
    "name": "Conflict in Inventory Adjustment",
    "type": "ir.actions.act_window",
    "view_mode": "form",
    "views": [[False, "form"]],
    "res_model": "stock.inventory.conflict",
    "target": "new",
}


@rules.creates("stock.quant")
def create_quant(call: Call, values: dict[str, Any]) -> int:
    """In inventory mode a count lands on the quant that is already there."""
    product, location = int(values.get("product_id") or 0), int(values.get("location_id") or 0)
    counted = values.pop("inventory_quantity", None)
    if not call.context.get("inventory_mode") or counted is None:
        return writing.create(call, "stock.quant", values)
    there = stock.quants(call.tx, product, location)
    quant = there[0]["id"] if there else stock.create(call.tx, product, location, 0.0)
    counting.count(call.tx, quant, float(counted), call.login.uid)
    return int(quant)


@public("action_apply_inventory", "stock.quant")
def action_apply_inventory(call: Call, ids: list[int]) -> dict[str, Any] | None:
    """Nothing where it is done; where goods have moved since they were counted, a window, and
    nothing has happened. Until 18 only a manager may."""
    call.may("write")
    rows = [call.tx.row("stock.quant", quant) for quant in call.existing(ids)]
    if outdated := [row["id"] for row in rows if is_outdated(call.world, row)]:
        conflict = {"default_quant_ids": ids, "default_quant_to_fix_ids": outdated}
        return {**CONFLICT, "context": {**call.context, **conflict}}
    if call.version < 19 and rights.STOCK_MANAGER not in call.login.groups:
        raise errors.user(MANAGERS_ONLY)
    for quant in ids:
        counting.apply(call.tx, quant, str(call.context.get("inventory_name") or ""))
    return None


@public("action_clear_inventory_quantity", "stock.quant")
def action_clear_inventory_quantity(call: Call, ids: list[int]) -> None:
    """Forget this count; when the next one is due stays as it was."""
    call.may("write")
    for quant in call.existing(ids):
        counting.recount(call.tx, quant)
