"""Splitting a transfer: what is reserved stays in it, the rest becomes a backorder of its own.

Odoo 18 and 19 do it by `action_split_transfer`, and nothing is validated: goods that have not left
the house stay where they are. 16 and 17 can only leave a rest behind when they validate; there a
person is asked to. (Measured on 17 and 19.)
"""

from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import A_PERSON, Errand, Values, ask, asked
from integrations.odoo.rights import Right
from integrations.odoo.sources.source import Record

TRANSFER, MOVE = "stock.picking", "stock.move"
FIRST = (18, 0)
MOST = 500  # moves of one transfer
EPSILON = 1e-6


class Split:
    """What is there can go; what is missing follows. It cannot be taken back."""

    rights = (Right(TRANSFER, "write"), Right(MOVE, "write"), *A_PERSON)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        if odoo.version < FIRST:
            return asked(odoo, errand)
        rest = _backorder(odoo, errand)
        moves = _moves(odoo, errand)
        whole = all(abs(m["product_uom_qty"] - m["quantity"]) < EPSILON for m in moves)
        return {**_wanted(moves), "backorder": rest["name"]} if rest and whole else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return _wanted(_moves(odoo, errand)) or None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        """None: a person would be asked."""
        if odoo.version < FIRST:
            return None
        return _summed(_moves(odoo, errand), "quantity")

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        transfer = errand.document.record_id
        if not odoo.read(TRANSFER, [transfer], ["state"]):
            raise errors.MissingRecord
        if odoo.version < FIRST:
            ask(odoo, errand, at, text=_by_hand(errand))
        else:
            odoo.call(TRANSFER, "action_split_transfer", ids=[transfer])


def _by_hand(errand: Errand) -> str:
    words = _(
        "Validate what is there with a backorder for the rest once it leaves: this Odoo cannot"
        " split a transfer before that."
    )
    return " ".join(filter(None, (words, errand.parameters.get("text", ""))))


def _moves(odoo: Odoo, errand: Errand) -> list[Record]:
    domain = [
        ["picking_id", "=", errand.document.record_id],
        ["state", "not in", ["done", "cancel"]],
    ]
    fields = ["product_id", "product_uom_qty", "quantity"]
    return odoo.search_read(MOVE, domain, fields, order="id", limit=MOST)


def _wanted(moves: list[Record]) -> Values:
    return _summed(moves, "product_uom_qty")


def _summed(moves: list[Record], quantity: str) -> Values:
    """By product; what is nothing is left out, for it will not stay in the transfer."""
    found: dict[str, float] = {}
    for move in moves:
        name = str(move["product_id"][1])
        found[name] = found.get(name, 0.0) + move[quantity]
    return {name: amount for name, amount in found.items() if amount > EPSILON}


def _backorder(odoo: Odoo, errand: Errand) -> Record | None:
    of_it = [["backorder_id", "=", errand.document.record_id], ["state", "!=", "cancel"]]
    rows = odoo.search_read(TRANSFER, of_it, ["name"], order="id desc", limit=1)
    return rows[0] if rows else None
