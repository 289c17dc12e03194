"""Returns of the past: deliveries that customers sent back."""

from datetime import datetime

from exceptions.vocabulary import KindCode
from integrations.discovery import transfers, worth
from integrations.discovery.occurrence import Looked, within
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import handovers

MODEL = "stock.picking"
FIELDS = ["partner_id", "picking_type_id", "create_date"]


def look(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Looked:
    """Each return that came back to its end; its value is that of the goods at the order's price.

    Without Sales there is nothing to tell: nobody knows then what a customer was sent.
    """
    if not ground.has_field(MODEL, "sale_id"):
        return Looked()
    domain = [
        ["return_id.sale_id", "!=", False],
        ["picking_type_id.code", "=", "incoming"],
        ["state", "=", "done"],
        *within("create_date", since, until),
    ]
    pages = paging.all_by_id(odoo, MODEL, domain, FIELDS)
    rows = [row for page in pages for row in page]
    values = worth.by_transfer(worth.goods(odoo, ground, worth.SALE, (r["id"] for r in rows)))
    known = transfers.of(ground, rows)
    found = [
        each
        for row in rows
        for each in known.occurrence(
            KindCode.POD_DISPUTE, row, "create_date", values.get(row["id"], transfers.NOTHING)
        )
    ]
    return Looked(found, of=_delivered(odoo, since, until))


def _delivered(odoo: Odoo, since: datetime, until: datetime) -> int:
    made = within("date_done", since, until)
    return odoo.search_count(MODEL, [*handovers.DOMAIN, *made])
