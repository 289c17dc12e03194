"""Returns of transfers: the wizard that makes them."""

from typing import Any

from integrations.simulator import errors, writing
from integrations.simulator.calls import Call, public
from integrations.simulator.flows import transfers
from integrations.simulator.methods import rules

WIZARD, LINE = "stock.return.picking", "stock.return.picking.line"
ONLY_DONE = "You may only return Done pickings."
NOTHING = "Please specify at least one non-zero quantity."


@rules.creates(WIZARD)
def create_wizard(call: Call, values: dict[str, Any]) -> int:
    """With a line for each move: 17 proposes all that came, 19 nothing."""
    picking = int(values.get("picking_id") or call.context.get("active_id") or 0)
    if call.tx.row("stock.picking", picking)["state"] != "done":
        raise errors.user(ONLY_DONE)
    wizard = writing.create(call, WIZARD, {**values, "picking_id": picking})
    for move in transfers.moves_of(call.tx, picking):
        if move["state"] == "cancel":
            continue
        proposed = move["quantity"] if call.version < 18 else 0.0
        own = {"wizard_id": wizard, "move_id": move["id"], "quantity": proposed}
        writing.create(call, LINE, {**own, "product_id": move["product_id"]})
    return wizard


@public("create_returns", WIZARD, until=17)
def create_returns(call: Call, ids: list[int]) -> dict[str, Any]:
    (wizard,) = ids
    return _make(call, wizard)


@public("action_create_returns", WIZARD, since=18)
def action_create_returns(call: Call, ids: list[int]) -> dict[str, Any]:
    (wizard,) = ids
    return _make(call, wizard)


def _make(call: Call, wizard: int) -> dict[str, Any]:
    call.may("write")
    lines = (call.tx.row(LINE, each) for each in call.tx.tables[LINE].where("wizard_id", wizard))
    quantities = {line["move_id"]: line["quantity"] for line in lines if line.get("quantity")}
    if not quantities:
        raise errors.user(NOTHING)
    picking = call.tx.row(WIZARD, wizard)["picking_id"]
    returned = transfers.send_back(call.tx, picking, quantities)
    return {
        "name": "Returned Picking",
        "type": "ir.actions.act_window",
        "res_model": "stock.picking",
        "res_id": returned,
        "view_mode": "form",
        "context": dict(call.context),
    }
