"""Blocking goods: whatever has reserved them lets go of them, so that nobody puts them away or
uses them before it is decided what becomes of them.

Goods that are a quant: whoever reserved it lets go. Of goods that an inspection is about, the
transfers that go on from the one they came with let go. What then lies free is taken into a hold
location of its warehouse (`setting_apart`), if it does not lie in one. Where there is nothing to
let go of and nothing to move, or Odoo says no, a person is asked to set them apart.

`do_unreserve` is public on transfers and on production orders (read in the code of 16 to 19; on
transfers measured, too). It locks nothing: Odoo may reserve goods that stay where they were again.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations.odoo import errors, setting_apart
from integrations.odoo.client import Odoo
from integrations.odoo.errands import A_PERSON, Errand, Values, ask, asked
from integrations.odoo.rights import Right
from integrations.odoo.sources.source import OPEN, many2one

QUANT = "stock.quant"
TRANSFER, PRODUCTION = "stock.picking", "mrp.production"
MOST = 200  # transfers or reservations that are looked at
HELD = ("assigned", "partially_available")
# Its rules, or the rights of our user: a person can still do it there.
SAYS_NO = (errors.UserRefused, errors.AccessRefused, errors.UnknownMethod, errors.UnknownModel)


@dataclass(frozen=True, slots=True)
class Grip:
    """What holds the goods: transfers and production orders by id, and how much of what is held,
    by the name of the place or the transfer. Empty `held`: nothing is known that could hold them.
    """

    transfers: Sequence[int]
    productions: Sequence[int]
    held: Values

    @property
    def is_loose(self) -> bool:
        return bool(self.held) and not any(self.held.values())


class Hold:
    """Takes the goods out of all that has reserved them, and into a hold location what then lies
    free elsewhere; else, and for the rest, asks a person to."""

    rights = (
        Right("stock.move.line", "read"),
        Right(TRANSFER, "create", by_hand=True),
        Right(TRANSFER, "write", by_hand=True),
        Right("stock.move", "create", by_hand=True),
        Right(PRODUCTION, "write", by_hand=True),
        *A_PERSON,
    )

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        if transfer := setting_apart.transfer_of(odoo, errand):
            moved = transfer["state"] == setting_apart.DONE
            there = setting_apart.proof(odoo, transfer) if moved else None
            person = _asked(odoo, errand)
            return {**(person or {}), **(there or {})} or None
        grip = _grip(odoo, errand)
        if grip.is_loose and not setting_apart.plan(odoo, errand).parcels:
            return grip.held
        return asked(odoo, errand)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return _grip(odoo, errand).held or None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:
        """Nothing reserved any more, and what is then moved to where; None: a person is asked."""
        apart = setting_apart.foreseen(odoo, setting_apart.plan(odoo, errand))
        held = any((before or {}).values())
        if not (held or apart):
            return None
        return {**dict.fromkeys(before or {}, 0.0), **({"set_apart": apart} if apart else {})}

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        """A transfer that was made before is finished: no second one is."""
        begun = setting_apart.transfer_of(odoo, errand)
        why = _go_on(odoo, begun) if begun else _block(odoo, errand)
        if why:
            ask(odoo, errand, at, text=_by_hand(errand, why))


def _asked(odoo: Odoo, errand: Errand) -> Values | None:
    """What was moved is proved, also where there are no to-dos."""
    try:
        return asked(odoo, errand)
    except errors.UnknownModel:
        return None


def _by_hand(errand: Errand, why: str) -> str:
    words = _("Set these goods apart by hand, so that nobody puts them away or uses them.")
    return " ".join(filter(None, (words, why, errand.parameters.get("text", ""))))


def _block(odoo: Odoo, errand: Errand) -> str:
    """Why a person has to see to it, or to the rest of it; empty where nothing is left to do.

    Each is asked to let go for itself, so that one refusal does not keep the others."""
    grip = _grip(odoo, errand)
    reasons = [
        *_let_go(odoo, TRANSFER, grip.transfers),
        *_let_go(odoo, PRODUCTION, grip.productions),
    ]
    now = _grip(odoo, errand)
    if any(now.held.values()) and not reasons:
        reasons = [_nothing_said(grip)]
    plan = setting_apart.plan(odoo, errand)
    if plan.parcels:
        reasons = [*(reasons or [plan.why]), *_set_apart(odoo, errand, plan)]
    elif not now.held:
        reasons += [_nothing_said(grip), plan.why]
    return " ".join(filter(None, reasons))


def _nothing_said(grip: Grip) -> str:
    """Why a person is asked although Odoo refused nothing."""
    if grip.transfers or grip.productions:
        return _("Odoo let go of them, and they are reserved all the same.")
    return _("Nothing that has reserved them was found in Odoo.")


def _set_apart(odoo: Odoo, errand: Errand, plan: setting_apart.Plan) -> list[str]:
    """Why it was not done, in Odoo's words."""
    try:
        transfer = setting_apart.make(odoo, errand, plan)
    except SAYS_NO as error:
        return [error.in_full]
    return _finish(odoo, transfer)


def _finish(odoo: Odoo, transfer: int) -> list[str]:
    try:
        if setting_apart.finish(odoo, transfer):
            return []
        refusals = [_("Odoo asked for something before it would move them.")]
    except SAYS_NO as error:
        refusals = [error.in_full]
    with suppress(*SAYS_NO):
        setting_apart.give_up(odoo, transfer)
    return refusals


def _go_on(odoo: Odoo, transfer: Values) -> str:
    """Why a person has to; empty where it is done."""
    if transfer["state"] == setting_apart.CANCELLED:
        words = _("The transfer %s, which was to move them, was cancelled.")
        return words % str(transfer["name"])
    done = transfer["state"] == setting_apart.DONE
    return "" if done else " ".join(_finish(odoo, transfer["id"]))


def _let_go(odoo: Odoo, model: str, ids: Sequence[int]) -> list[str]:
    """Why those that do not let go do not, in Odoo's words."""
    refusals = []
    for each in ids:
        try:
            odoo.call(model, "do_unreserve", ids=[each])
        except SAYS_NO as error:
            refusals.append(error.in_full)
    return refusals


def _grip(odoo: Odoo, errand: Errand) -> Grip:
    if errand.document.model == QUANT:
        return _on_quant(odoo, errand.document.record_id)
    return _behind(odoo, errand)


def _on_quant(odoo: Odoo, quant: int) -> Grip:
    """Raises MissingRecord where the goods are not there any more."""
    fields = ["product_id", "location_id", "lot_id", "quantity", "reserved_quantity"]
    (row,) = odoo.read(QUANT, [quant], fields) or [{"quantity": 0}]
    if row["quantity"] <= 0:
        raise errors.MissingRecord
    lines = odoo.search_read(
        "stock.move.line",
        [
            ["product_id", "=", many2one(row["product_id"])],
            ["location_id", "=", many2one(row["location_id"])],
            ["lot_id", "=", many2one(row["lot_id"]) or False],
            ["state", "in", list(HELD)],
        ],
        ["picking_id", "move_id"],
        order="id",
        limit=MOST,
    )
    loose = [many2one(line["move_id"]) for line in lines if not line["picking_id"]]
    return Grip(
        transfers=sorted({i for line in lines if (i := many2one(line["picking_id"]))}),
        productions=_productions(odoo, sorted({i for i in loose if i})),
        held={row["location_id"][1]: row["reserved_quantity"]},
    )


def _productions(odoo: Odoo, moves: Sequence[int]) -> list[int]:
    """The production orders that consume by these moves; the field comes with Manufacturing, and
    without it no move is without a transfer."""
    if not moves:
        return []
    rows = odoo.read("stock.move", moves, ["raw_material_production_id"])
    return sorted({i for row in rows if (i := many2one(row["raw_material_production_id"]))})


def _behind(odoo: Odoo, errand: Errand) -> Grip:
    """What goes on with the goods from the transfer that they came with."""
    rows = odoo.search_read(
        "stock.move",
        _going_on(errand),
        ["picking_id", "quantity"],
        order="id",
        limit=MOST,
    )
    held: dict[str, float] = {}
    for row in (row for row in rows if row["picking_id"]):
        name = row["picking_id"][1]
        held[name] = held.get(name, 0.0) + row["quantity"]
    gripping = {many2one(row["picking_id"]) for row in rows if row["quantity"]}
    return Grip(sorted(i for i in gripping if i), (), held)


def _going_on(errand: Errand) -> list[Any]:
    """Two companies may each have a WH/IN/00001, so the company counts as well."""
    facts = errand.document.facts
    product = (facts.get("product") or {}).get("id")
    if not (facts.get("transfer") and product):
        return [["id", "=", 0]]
    return [
        ["move_orig_ids.picking_id.name", "=", facts["transfer"]],
        ["move_orig_ids.picking_id.company_id.name", "=", facts.get("company")],
        ["product_id", "=", product],
        ["state", "in", [*OPEN, "partially_available"]],
    ]
