"""Goods from one site to another: an internal transfer between the stock of two warehouses.

It bears the message's key as its source document. One call makes a draft, a second one confirms it
(`action_confirm`, upon which Odoo reserves what is there); it is for the warehouse to carry it out.
Inventory / User may do both. (Measured on 17 and 19.)
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.rights import Right
from integrations.odoo.sources.source import Record, by_id, many2one

TRANSFER, WAREHOUSE, PRODUCT = "stock.picking", "stock.warehouse", "product.product"
DRAFT, CANCELLED = "draft", "cancel"
NAMELESS = (19, 0)  # moves have no name of their own any more


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where, and whose operation type it is."""

    source: Record
    target: Record

    @property
    def places(self) -> tuple[int, int]:
        return (
            many2one(self.source["lot_stock_id"]) or 0,
            many2one(self.target["lot_stock_id"]) or 0,
        )


class Transfer:
    """So much of a product is to go from one site to another. Undone by cancelling the transfer."""

    rights = (Right(TRANSFER, "create"), Right(TRANSFER, "write"), Right("stock.move", "create"))

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        made = _ours(odoo, errand)
        if made is None or made["state"] in (DRAFT, CANCELLED):
            return None
        return {**_told(odoo, errand), "transfer": made["name"]}

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        return _told(odoo, errand)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        made = _ours(odoo, errand)
        if made and made["state"] == CANCELLED:
            words = _("The transfer %s, which was to move them, was cancelled.")
            raise errors.NothingDone(words % made["name"])
        transfer = made["id"] if made else _make(odoo, errand)
        odoo.call(TRANSFER, "action_confirm", ids=[transfer])


def _ours(odoo: Odoo, errand: Errand) -> Record | None:
    ours = [["origin", "=", errand.key]]
    rows = odoo.search_read(TRANSFER, ours, ["name", "state"], order="id", limit=1)
    return rows[0] if rows else None


def _told(odoo: Odoo, errand: Errand) -> Values:
    """What moves from where to where, as Odoo names them."""
    way, product = _way(odoo, errand), _product(odoo, errand)
    return {
        "product": product["display_name"],
        "quantity": float(errand.parameters["quantity"]),
        "from": way.source["lot_stock_id"][1],
        "to": way.target["lot_stock_id"][1],
    }


def _way(odoo: Odoo, errand: Errand) -> Way:
    """Raises MissingRecord for a site that Odoo has not any more, NothingDone where no transfer
    can lead from one to the other."""
    ids = [int(errand.parameters[name]) for name in ("from_site", "to_site")]
    rows = by_id(odoo.read(WAREHOUSE, ids, ["lot_stock_id", "int_type_id", "company_id"]))
    if not set(ids) <= rows.keys():
        raise errors.MissingRecord
    way = Way(*(rows[each] for each in ids))
    if ids[0] == ids[1]:
        raise errors.NothingDone(_("Choose two different sites."))
    if many2one(way.source["company_id"]) != many2one(way.target["company_id"]):
        words = _("The two sites belong to different companies: that is a sale, not a transfer.")
        raise errors.NothingDone(words)
    return way


def _product(odoo: Odoo, errand: Errand) -> Record:
    rows = odoo.read(PRODUCT, [int(errand.parameters["product"])], ["display_name", "uom_id"])
    if not rows:
        raise errors.MissingRecord
    return rows[0]


def _make(odoo: Odoo, errand: Errand) -> int:
    way, product = _way(odoo, errand), _product(odoo, errand)
    source, target = way.places
    places = {"location_id": source, "location_dest_id": target}
    move = {
        **places,
        "product_id": product["id"],
        "product_uom": many2one(product["uom_id"]),
        "product_uom_qty": float(errand.parameters["quantity"]),
        **({} if odoo.version >= NAMELESS else {"name": product["display_name"]}),
    }
    values = {
        **places,
        "picking_type_id": many2one(way.source["int_type_id"]),
        "origin": errand.key,
        "move_ids": [[0, 0, move]],
    }
    return odoo.create(TRANSFER, [values])[0]
