"""Bills: their payment blocked, credited by a draft, cancelled."""

from typing import Any

from integrations.simulator import errors, writing
from integrations.simulator.calls import Call, public
from integrations.simulator.flows import billing
from integrations.simulator.methods import rules

WIZARD = "account.move.reversal"
PAID = "You can't block a paid invoice."
ONLY_DRAFTS = "Only draft journal entries can be cancelled."


@public("action_toggle_block_payment", "account.move", since=18)
def action_toggle_block_payment(call: Call, ids: list[int]) -> None:
    """Called twice, it is as it was."""
    call.may("write")
    for move in call.existing(ids):
        state = call.tx.row("account.move", move)["payment_state"]
        if state in {"paid", "in_payment"}:
            raise errors.user(PAID)
        other = "not_paid" if state == "blocked" else "blocked"
        call.tx.write("account.move", move, {"payment_state": other})


@public("button_cancel", "account.move")
def button_cancel(call: Call, ids: list[int]) -> None:
    call.may("write")
    for move in call.existing(ids):
        if call.tx.row("account.move", move)["state"] != "draft":
            raise errors.user(ONLY_DRAFTS)
        billing.cancel(call.tx, move)


@rules.creates(WIZARD)
def create_wizard(call: Call, values: dict[str, Any]) -> int:
    """Of the bills that the context names; the journal is not worked out over the wire."""
    moves = call.context.get("active_ids") or []
    if any(call.tx.row("account.move", each)["state"] != "posted" for each in moves):
        raise errors.user(
            "You can only reverse posted moves."
            if call.version < 19
            else "To reverse a journal entry, it has to be posted first."
        )
    return writing.create(call, WIZARD, {"move_ids": [[6, 0, moves]], **values})


@public("refund_moves", WIZARD)
def refund_moves(call: Call, ids: list[int]) -> dict[str, Any]:
    call.may("write")
    (wizard,) = ids
    row = call.tx.row(WIZARD, wizard)
    made = [billing.reverse(call.tx, each, row.get("reason") or "") for each in row["move_ids"]]
    return {
        "name": "Reverse Moves",
        "type": "ir.actions.act_window",
        "res_model": "account.move",
        "view_mode": "form",
        "res_id": made[0],
    }
