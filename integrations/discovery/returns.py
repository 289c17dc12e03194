"""Returns of the past: deliveries that customers sent back."""

from datetime import datetime

from exceptions.vocabulary import KindCode
from integrations.discovery import worth
from integrations.discovery.occurrence import Looked, Occurrence, within
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground, many2one
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
    partners = ground.partners(many2one(r["partner_id"]) or 0 for r in rows)
    looked = Looked(of=_delivered(odoo, since, until))
    for row in rows:
        site = ground.site_of_type(many2one(row["picking_type_id"]))
        at = from_odoo(row["create_date"])
        partner = partners.get(many2one(row["partner_id"]) or 0)
        value, currency = values.get(row["id"], (None, None))
        if site and at:
            looked.occurrences.append(
                Occurrence(
                    kind=KindCode.POD_DISPUTE,
                    at=at,
                    site_id=site,
                    who=partner.name if partner else "",
                    value=value,
                    currency=currency,
                )
            )
    return looked


def _delivered(odoo: Odoo, since: datetime, until: datetime) -> int:
    made = within("date_done", since, until)
    return odoo.search_count(MODEL, [*handovers.DOMAIN, *made])
