"""Releasing goods: what lies free in a hold location goes back to where it came from.

Goods that are a quant go back from there; of goods that an inspection is about, what the case's own
hold had set apart. Each goes back to the place of ours from which it was brought last; what came
straight from the dock goes into the stock of its warehouse. The transfer bears the message's key
and is validated, as `setting_apart` does it the other way; what was begun before is finished.
(Measured on 17 and 19.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from exceptions.vocabulary import Verb
from integrations.odoo import errors, setting_apart
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.rights import Right
from integrations.odoo.setting_apart import (
    CANCELLED,
    DONE,
    GOODS,
    LINE,
    MOST,
    MOVED,
    PLAIN,
    QUANT,
    TRANSFER,
    Key,
    Parcel,
    Plan,
)
from integrations.odoo.sources.source import Record, by_id, many2one

WAREHOUSE_FIELDS = ["lot_stock_id", "int_type_id", "wh_input_stock_loc_id"]


@dataclass(frozen=True, slots=True)
class Held:
    """A quant on hold (GOODS), and how much of it can go back now."""

    row: Record
    free: float

    @property
    def place(self) -> str:
        return str(self.row["location_id"][1])


class Release:
    """The goods may be used again. Undone by a new hold."""

    rights = (
        Right(LINE, "read"),
        Right(TRANSFER, "create"),
        Right(TRANSFER, "write"),
        Right("stock.move", "create"),
    )

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        transfer = setting_apart.transfer_of(odoo, errand)
        if transfer is None or transfer["state"] != DONE:
            return None
        return {**(self.before(odoo, errand) or {}), "transfer": transfer["name"]}

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        """How much of the goods lies on hold, by place."""
        return _by_place(_held(odoo, errand)) or None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        """Raises NothingDone where none of it lies free."""
        held = _held(odoo, errand)
        _require_free(held)
        left = [Held({**h.row, "quantity": h.row["quantity"] - h.free}, 0.0) for h in held]
        return _by_place(left)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        """Raises NothingDone where none of it lies free, or Odoo asks something back."""
        begun = setting_apart.transfer_of(odoo, errand)
        if begun and begun["state"] == CANCELLED:
            words = _("The transfer %s, which was to move them, was cancelled.")
            raise errors.NothingDone(words % begun["name"])
        _finish(odoo, begun["id"] if begun else _make(odoo, errand))


def _finish(odoo: Odoo, transfer: int) -> None:
    """What could not be validated must not keep the goods reserved."""
    try:
        done = setting_apart.finish(odoo, transfer)
    except (errors.UserRefused, errors.AccessRefused):
        setting_apart.give_up(odoo, transfer)
        raise
    if not done:
        setting_apart.give_up(odoo, transfer)
        raise errors.NothingDone(_("Odoo asked for something before it would move them."))


def _by_place(held: Sequence[Held]) -> Values:
    found: dict[str, float] = {}
    for each in held:
        found[each.place] = found.get(each.place, 0.0) + each.row["quantity"]
    return found


def _held(odoo: Odoo, errand: Errand) -> list[Held]:
    if errand.document.model == QUANT:
        here = [["id", "=", errand.document.record_id], *PLAIN]
        rows = odoo.search_read(QUANT, here, GOODS, order="id", limit=1)
        return [Held(row, max(_unreserved(row), 0.0)) for row in rows]
    return [
        Held(row, max(min(_unreserved(row), moved), 0.0))
        for key, moved in _set_apart(odoo, errand).items()
        for row in _lying(odoo, key)
    ]


def _unreserved(row: Record) -> float:
    return float(row["quantity"] - row["reserved_quantity"])


def _set_apart(odoo: Odoo, errand: Errand) -> dict[Key, float]:
    """What the case had set apart, by product, place and lot."""
    of_case = [["origin", "ilike", errand.case_key], ["origin", "ilike", f":{Verb.HOLD}]"]]
    done = ["state", "=", DONE]
    transfers = odoo.search(TRANSFER, [*of_case, done], order="id", limit=MOST)
    domain = [["picking_id", "in", transfers], done]
    lines = odoo.search_read(LINE, domain, MOVED, order="id", limit=MOST) if transfers else []
    found: dict[Key, float] = {}
    for line in lines:
        place, lot = many2one(line["location_dest_id"]) or 0, many2one(line["lot_id"])
        key = (many2one(line["product_id"]) or 0, place, lot)
        found[key] = found.get(key, 0.0) + line["quantity"]
    return found


def _lying(odoo: Odoo, key: Key) -> list[Record]:
    product, place, lot = key
    domain = [
        ["product_id", "=", product],
        ["location_id", "=", place],
        ["lot_id", "=", lot or False],
        *PLAIN,
    ]
    return odoo.search_read(QUANT, domain, GOODS, order="id", limit=1)


def _require_free(held: Sequence[Held]) -> None:
    if any(each.free for each in held):
        return
    if any(each.row["quantity"] > 0 for each in held):
        words = _("All of it is reserved where it lies. Look in Odoo which transfer takes it.")
        raise errors.NothingDone(words)
    raise errors.NothingDone(_("None of it lies on hold any more."))


def _make(odoo: Odoo, errand: Errand) -> int:
    held = _held(odoo, errand)
    _require_free(held)
    rows = [{**each.row, "quantity": each.free} for each in held if each.free]
    warehouse = _warehouse(odoo, rows[0])
    products = sorted({row["product_id"][0] for row in rows})
    units = by_id(odoo.read("product.product", products, ["uom_id"]))
    parcels = [
        Parcel(
            product=row["product_id"][0],
            unit=units[row["product_id"][0]]["uom_id"][0],
            lot=many2one(row["lot_id"]),
            place=row["location_id"][0],
            quantity=row["quantity"],
            target=_back_to(odoo, row, warehouse),
        )
        for row in rows
    ]
    plan = Plan(parcels, parcels[0].target or 0, many2one(warehouse["int_type_id"]) or 0)
    return setting_apart.make(odoo, errand, plan)


def _warehouse(odoo: Odoo, row: Record) -> Record:
    (place,) = odoo.read("stock.location", [row["location_id"][0]], ["warehouse_id"])
    ids = [i for i in [many2one(place["warehouse_id"])] if i]
    rows = odoo.read("stock.warehouse", ids, WAREHOUSE_FIELDS) if ids else []
    if not rows:
        words = _("%s belongs to no warehouse, so Odoo has no operation type for it.")
        raise errors.NothingDone(words % row["location_id"][1])
    return rows[0]


def _back_to(odoo: Odoo, row: Record, warehouse: Record) -> int:
    place, shelf = row["location_id"][0], many2one(warehouse["lot_stock_id"]) or 0
    domain = [
        ["product_id", "=", row["product_id"][0]],
        ["lot_id", "=", many2one(row["lot_id"]) or False],
        ["location_dest_id", "=", place],
        ["location_id", "!=", place],
        ["location_id.usage", "=", "internal"],
        ["state", "=", DONE],
    ]
    lines = odoo.search_read(LINE, domain, ["location_id"], order="id desc", limit=1)
    came_from = many2one(lines[0]["location_id"]) if lines else None
    at_dock = came_from == many2one(warehouse["wh_input_stock_loc_id"])
    return shelf if came_from is None or at_dock else came_from
