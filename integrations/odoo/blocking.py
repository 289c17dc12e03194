"""Blocking goods: whatever has reserved them lets go of them, so that nobody puts them away or
uses them before it is decided what becomes of them.

Goods in a hold location or a quality-control step are their quant: whoever reserved it lets go. Of
goods that an inspection is about, the transfers that go on from the one they came with let go.
Where there is nothing to let go of, or Odoo says no, a person is asked to set them apart.

`do_unreserve` is public on transfers and on production orders (read in the code of 16 to 19; on
transfers measured, too). It locks nothing: Odoo may reserve the goods again later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values, ask, asked
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
    """Takes the goods out of all that has reserved them; else asks a person to."""

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        grip = _grip(odoo, errand)
        return grip.held if grip.is_loose else asked(odoo, errand)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return _grip(odoo, errand).held or None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        """Each is asked for itself, so that one refusal does not keep the others."""
        grip = _grip(odoo, errand)
        refusals = [
            *_let_go(odoo, TRANSFER, grip.transfers),
            *_let_go(odoo, PRODUCTION, grip.productions),
        ]
        if refusals or not _grip(odoo, errand).is_loose:
            ask(odoo, errand, at, text=_by_hand(errand, grip, refusals))


def _by_hand(errand: Errand, grip: Grip, refusals: Sequence[str]) -> str:
    why = " ".join(refusals) or _nothing_said(grip)
    words = _("Set these goods apart by hand, so that nobody puts them away or uses them.")
    return " ".join(filter(None, (words, why, errand.parameters.get("text", ""))))


def _nothing_said(grip: Grip) -> str:
    """Why a person is asked although Odoo refused nothing."""
    if grip.transfers or grip.productions:
        return _("Odoo let go of them, and they are reserved all the same.")
    return _("Nothing that has reserved them was found in Odoo.")


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
