"""Backorders of the past: the rest of an order line that came too late, or was cancelled."""

from datetime import datetime, timedelta

from exceptions.kinds import kind
from exceptions.vocabulary import KindCode
from integrations.discovery import worth
from integrations.discovery.occurrence import Looked, Occurrence, cents, within
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground, many2one
from integrations.odoo.paging import Record
from integrations.odoo.sources import receipts

MODEL = "stock.picking"
FIELDS = ["partner_id", "picking_type_id", "date_deadline", "date_done", "state", "create_date"]


def look(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Looked:
    """Each line of a backorder that would have been a partial receipt by the usual policy."""
    domain = [
        *receipts.DOMAIN,
        ["backorder_id", "!=", False],
        ["state", "in", ["done", "cancel"]],
        *within("create_date", since, until),
    ]
    pages = paging.all_by_id(odoo, MODEL, domain, FIELDS)
    ended = [record for page in pages for record in page]
    bad = {r["id"]: r for r in ended if _came_too_late(r)}
    return Looked(_of_lines(odoo, ground, bad), len(ended))


def _came_too_late(record: Record) -> bool:
    """Cancelled, or done after the promise and the time that one waits for the rest."""
    promised, done = from_odoo(record["date_deadline"]), from_odoo(record["date_done"])
    if record["state"] == "cancel":
        return True
    settings = kind(KindCode.PARTIAL_RECEIPT).default_policy
    wait = timedelta(hours=float(settings.thresholds["wait_hours"]))
    return promised is not None and done is not None and done > promised + wait


def _of_lines(odoo: Odoo, ground: Ground, bad: dict[int, Record]) -> list[Occurrence]:
    partners = ground.partners(many2one(r["partner_id"]) or 0 for r in bad.values())
    found = []
    for goods in worth.goods(odoo, ground, worth.PURCHASE, bad):
        record = bad[goods.transfer]
        site = ground.site_of_type(many2one(record["picking_type_id"]))
        at = from_odoo(record["create_date"])
        partner = partners.get(many2one(record["partner_id"]) or 0)
        if site and at and goods.ordered:
            found.append(
                Occurrence(
                    kind=KindCode.PARTIAL_RECEIPT,
                    at=at,
                    site_id=site,
                    who=partner.name if partner else "",
                    value=cents(goods.value),
                    currency=goods.currency,
                    size=goods.quantity * 100 / goods.ordered,
                )
            )
    return found
