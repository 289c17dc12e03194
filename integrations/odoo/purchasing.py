"""Goods to be bought: a request for quotation, which people send, confirm or cancel.

It bears the message's key as its source document. One call makes it; without a price Odoo takes
that of the supplier's price list. Purchase / User may. (Measured on 17 and 19.)
"""

from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values, date_wanted
from integrations.odoo.rights import Right
from integrations.odoo.sources.order_lines import MODEL as ORDER_LINE
from integrations.odoo.sources.reorder_rules import MODEL as RULE
from integrations.odoo.sources.source import Record, by_id, many2one

ORDER, PRODUCT, PRICES = "purchase.order", "product.product", "product.supplierinfo"


class Purchase:
    """A request for quotation for so much of a product; never confirmed by us. Undone by cancelling
    it."""

    rights = (Right(ORDER, "create"), Right(ORDER_LINE, "create"), Right(PRICES, "read"))

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        fields = ["name", "partner_id", "amount_untaxed"]
        ours = [["origin", "=", errand.key]]
        rows = odoo.search_read(ORDER, ours, fields, order="id", limit=1)
        if not rows:
            return None
        order = rows[0]
        told = _told(odoo, errand, order["partner_id"][1])
        return {**told, "order": order["name"], "amount": order["amount_untaxed"]}

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        (partner,) = odoo.read("res.partner", [_supplier(odoo, errand)], ["display_name"])
        return _told(odoo, errand, partner["display_name"])

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        price = errand.parameters.get("price")
        line = {
            "product_id": _product(odoo, errand)["id"],
            "product_qty": float(errand.parameters["quantity"]),
            "date_planned": date_wanted(errand),
            **({} if price is None else {"price_unit": float(price)}),
        }
        kind = _receipts(odoo, errand)
        values = {
            "partner_id": _supplier(odoo, errand),
            "origin": errand.key,
            "order_line": [[0, 0, line]],
            **({"picking_type_id": kind} if kind else {}),
        }
        odoo.create(ORDER, [values])


def _told(odoo: Odoo, errand: Errand, supplier: str) -> Values:
    """What is asked for from whom, as Odoo names them."""
    return {
        "product": _product(odoo, errand)["display_name"],
        "quantity": float(errand.parameters["quantity"]),
        "supplier": supplier,
        "date_planned": date_wanted(errand),
    }


def _product(odoo: Odoo, errand: Errand) -> Record:
    ids = [int(errand.parameters["product"])]
    rows = odoo.read(PRODUCT, ids, ["display_name", "seller_ids"])
    if not rows:
        raise errors.MissingRecord
    return rows[0]


def _supplier(odoo: Odoo, errand: Errand) -> int:
    """The one that was named, else the first of whom Odoo knows that they sell it."""
    if partner := errand.parameters.get("partner"):
        return int(partner)
    product = _product(odoo, errand)
    prices = by_id(odoo.read(PRICES, product["seller_ids"], ["partner_id", "product_id"]))
    for each in product["seller_ids"]:
        price = prices.get(each)
        if price and many2one(price["product_id"]) in (None, product["id"]):
            return many2one(price["partner_id"]) or 0
    words = _("Odoo knows no supplier of %s. Name the supplier.")
    raise errors.NothingDone(words % product["display_name"])


def _receipts(odoo: Odoo, errand: Errand) -> int | None:
    """The operation type by which it comes to the site that wants it; None leaves it to Odoo."""
    record, model = [errand.document.record_id], errand.document.model
    if model == RULE:
        for rule in odoo.read(RULE, record, ["warehouse_id"]):
            warehouse = [many2one(rule["warehouse_id"]) or 0]
            rows = odoo.read("stock.warehouse", warehouse, ["in_type_id"])
            return many2one(rows[0]["in_type_id"]) if rows else None
    if model == ORDER_LINE:
        for line in odoo.read(ORDER_LINE, record, ["order_id"]):
            rows = odoo.read(ORDER, [many2one(line["order_id"]) or 0], ["picking_type_id"])
            return many2one(rows[0]["picking_type_id"]) if rows else None
    return None
