"""Backorders of the past: the rest of an order line that came too late, or was cancelled."""

from datetime import datetime, timedelta

from exceptions.kinds import kind
from exceptions.vocabulary import KindCode
from integrations.discovery import transfers, worth
from integrations.discovery.occurrence import Looked, Occurrence, cents, within
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
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
    known = transfers.of(ground, bad.values())
    return [
        found
        for goods in worth.goods(odoo, ground, worth.PURCHASE, bad)
        if goods.ordered
        for found in known.occurrence(
            KindCode.PARTIAL_RECEIPT,
            bad[goods.transfer],
            "create_date",
            (cents(goods.value), goods.currency),
            goods.quantity * 100 / goods.ordered,
        )
    ]
