"""Setting goods apart: what lies free is taken into a hold location, by a transfer of our own.

The transfer carries the message's key as its source document, so that it is looked for before
another is made, and finished where it was made only. One call makes it, with its goods reserved; a
second one validates it (measured on 17 and 19: Inventory / User is right enough for both). The
proof is what then lies in the hold location, not Odoo's yes.

16 keeps the quantities of transfers in other fields; there a person sets goods apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.odoo import holds
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.sources.source import Record, by_id, many2one

TRANSFER, LINE, QUANT = "stock.picking", "stock.move.line", "stock.quant"
FIRST = (17, 0)
MOST = 200  # lots and places of the goods of one errand
# Without these Odoo may answer with a question, and have done nothing.
QUIET = {"skip_backorder": True, "skip_sms": True}
GOODS = ["product_id", "location_id", "lot_id", "quantity", "reserved_quantity"]
CAME = ["product_id", "location_dest_id", "lot_id", "quantity_product_uom"]
MOVED = ["product_id", "lot_id", "location_dest_id", "quantity"]
# What lies in packages or belongs to others is more than a product and a lot.
PLAIN = [["package_id", "=", False], ["owner_id", "=", False]]
Key = tuple[int, int, int | None]  # product, place, lot
Goods = Mapping[Key, float]
DONE, CANCELLED = "done", "cancel"


@dataclass(frozen=True, slots=True)
class Parcel:
    """So much of one product that lies free in one place, in the product's own unit; `target` where
    it is to go elsewhere than the rest of its plan."""

    product: int
    unit: int
    lot: int | None
    place: int
    quantity: float
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be taken where; `why` says why not all of it can be, where that is worth
    telling."""

    parcels: Sequence[Parcel] = ()
    target: int = 0
    kind: int = 0  # the operation type
    why: str = ""


def transfer_of(odoo: Odoo, errand: Errand) -> Record | None:
    """Our own transfer of this errand, in whatever state."""
    ours = [["origin", "=", errand.key]]
    rows = odoo.search_read(TRANSFER, ours, ["name", "state"], order="id", limit=1)
    return rows[0] if rows else None


def proof(odoo: Odoo, transfer: Record) -> Values | None:
    """What the transfer has set apart, by place, as far as it lies there now; None if any of it
    does not."""
    moved = [["picking_id", "=", transfer["id"]], ["state", "=", DONE]]
    lines = odoo.search_read(LINE, moved, MOVED, order="id", limit=MOST)
    apart: dict[str, float] = {}
    for line in lines:
        if _lying(odoo, line) < line["quantity"]:
            return None
        place = line["location_dest_id"][1]
        apart[place] = apart.get(place, 0.0) + line["quantity"]
    return {"transfer": transfer["name"], "set_apart": apart} if apart else None


def _lying(odoo: Odoo, line: Record) -> float:
    domain = [
        ["product_id", "=", many2one(line["product_id"])],
        ["lot_id", "=", many2one(line["lot_id"]) or False],
        ["location_id", "=", many2one(line["location_dest_id"])],
    ]
    rows = odoo.search_read(QUANT, domain, ["quantity"], order="id", limit=MOST)
    return float(sum(row["quantity"] for row in rows))


def plan(odoo: Odoo, errand: Errand) -> Plan:
    """What lies free of the goods that the errand is about, outside any hold location."""
    if odoo.version < FIRST:
        return Plan()
    known = holds.find(odoo, errand.hold_locations)
    goods = _outside(odoo, _goods(odoo, errand), sorted(known))
    free = [row for key, quantity in goods.items() for row in _free(odoo, key, quantity)]
    if not free:
        return Plan()
    there = _warehouse(odoo, free[0])
    target = _target(odoo, errand, there, [i for i, hold in known.items() if not hold.control])
    if target is None:
        return Plan(why=_("No hold location of their warehouse is known to the control tower."))
    (warehouse,) = odoo.read("stock.warehouse", [there], ["int_type_id"])
    kind = many2one(warehouse["int_type_id"]) or 0
    return Plan(_parcels(odoo, free), target, kind, _rest(goods, free))


def _rest(goods: Goods, free: Sequence[Record]) -> str:
    came, moved = sum(goods.values()), sum(row["quantity"] for row in free)
    if came <= moved:
        return ""
    words = _("Of %(came)s only %(moved)s lie free; the rest is reserved, or has gone on already.")
    return words % {"came": f"{came:g}", "moved": f"{moved:g}"}


def _goods(odoo: Odoo, errand: Errand) -> Goods:
    """Of a quant, what lies there; else what came with the transfer."""
    if errand.document.model == QUANT:
        here = [["id", "=", errand.document.record_id], *PLAIN]
        rows = odoo.search_read(QUANT, here, GOODS, order="id", limit=1)
        return _summed(rows, "location_id", "quantity")
    return _summed(_received(odoo, errand), "location_dest_id", "quantity_product_uom")


def _summed(rows: Sequence[Record], place: str, quantity: str) -> Goods:
    found: dict[Key, float] = {}
    for row in rows:
        product, where = many2one(row["product_id"]) or 0, many2one(row[place]) or 0
        key = (product, where, many2one(row["lot_id"]))
        found[key] = found.get(key, 0.0) + row[quantity]
    return found


def _received(odoo: Odoo, errand: Errand) -> list[Record]:
    """Two companies may each have a WH/IN/00001, so the company counts as well."""
    facts = errand.document.facts
    product = (facts.get("product") or {}).get("id")
    if not (facts.get("transfer") and product):
        return []
    domain = [
        ["picking_id.name", "=", facts["transfer"]],
        ["picking_id.company_id.name", "=", facts.get("company")],
        ["product_id", "=", product],
        ["state", "=", DONE],
        ["location_dest_id.usage", "=", "internal"],
    ]
    return odoo.search_read(LINE, domain, CAME, order="id", limit=MOST)


def _free(odoo: Odoo, key: Key, came: float) -> list[Record]:
    """Rows of GOODS, with what lies free as their quantity: no more than came."""
    product, place, lot = key
    domain = [
        ["product_id", "=", product],
        ["location_id", "=", place],
        ["lot_id", "=", lot or False],
        *PLAIN,
    ]
    left, found = came, []
    for row in odoo.search_read(QUANT, domain, GOODS, order="id", limit=MOST):
        quantity = min(left, row["quantity"] - row["reserved_quantity"])
        if quantity > 0:
            found.append({**row, "quantity": quantity})
            left -= quantity
    return found


def _outside(odoo: Odoo, goods: Goods, known: Sequence[int]) -> Goods:
    """What lies in a hold location, or below one, is set apart already."""
    if not (goods and known):
        return goods
    places = sorted({place for _product, place, _lot in goods})
    domain = [["id", "in", places], ["id", "child_of", list(known)]]
    inside = odoo.search("stock.location", domain, order="id")
    return {key: quantity for key, quantity in goods.items() if key[1] not in inside}


def _warehouse(odoo: Odoo, row: Record) -> int:
    """0 where the place belongs to none."""
    (place,) = odoo.read("stock.location", [many2one(row["location_id"]) or 0], ["warehouse_id"])
    return many2one(place["warehouse_id"]) or 0


def _target(odoo: Odoo, errand: Errand, warehouse: int, known: Sequence[int]) -> int | None:
    """The hold location of a warehouse: one that was chosen for the connection before one that is
    merely named like one; else the first by name."""
    domain = [
        ["id", "in", list(known)],
        ["warehouse_id", "=", warehouse],
        ["usage", "=", "internal"],
    ]
    ids = odoo.search("stock.location", domain, order="complete_name, id") if warehouse else []
    return next((i for i in ids if i in errand.hold_locations), next(iter(ids), None))


def _parcels(odoo: Odoo, goods: Sequence[Record]) -> list[Parcel]:
    products = sorted({many2one(row["product_id"]) or 0 for row in goods})
    unit_of = by_id(odoo.read("product.product", products, ["uom_id"]))
    return [
        Parcel(
            product=row["product_id"][0],
            unit=unit_of[row["product_id"][0]]["uom_id"][0],
            lot=many2one(row["lot_id"]),
            place=row["location_id"][0],
            quantity=row["quantity"],
        )
        for row in goods
    ]


def foreseen(odoo: Odoo, plan: Plan) -> Mapping[str, float]:
    """What a plan would take where, by the name of the place; as `proof` tells it afterwards."""
    if not plan.parcels:
        return {}
    (place,) = odoo.read("stock.location", [plan.target], ["complete_name"])
    return {place["complete_name"]: sum(parcel.quantity for parcel in plan.parcels)}


def make(odoo: Odoo, errand: Errand, plan: Plan) -> int:
    """The transfer with its goods reserved, not yet validated; its id."""
    way = {"location_id": plan.parcels[0].place, "location_dest_id": plan.target}
    lines = [[0, 0, _line(parcel, plan.target)] for parcel in plan.parcels]
    values = {"picking_type_id": plan.kind, **way, "origin": errand.key, "move_line_ids": lines}
    return odoo.create(TRANSFER, [values])[0]


def _line(parcel: Parcel, target: int) -> Values:
    return {
        "product_id": parcel.product,
        "product_uom_id": parcel.unit,
        "quantity": parcel.quantity,
        "lot_id": parcel.lot or False,
        "location_id": parcel.place,
        "location_dest_id": parcel.target or target,
    }


def finish(odoo: Odoo, transfer: int) -> bool:
    """Validate it. The state tells whether that was done: Odoo may answer with a page to print as
    well as with a question."""
    odoo.call(TRANSFER, "button_validate", ids=[transfer], context=QUIET)
    rows = odoo.read(TRANSFER, [transfer], ["state"])
    return bool(rows) and rows[0]["state"] == DONE


def give_up(odoo: Odoo, transfer: int) -> None:
    """What could not be validated must not keep the goods reserved."""
    odoo.call(TRANSFER, "action_cancel", ids=[transfer])
