"""Promises of the past: receipts that came late, and deliveries that went late.

The promise is the deadline that Odoo keeps on a transfer; one without it cannot tell.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from exceptions.vocabulary import KindCode
from integrations.discovery import transfers, worth
from integrations.discovery.occurrence import Looked, Occurrence, within
from integrations.discovery.worth import Side
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.paging import Record
from integrations.odoo.sources import receipts as receipts_source

MODEL = "stock.picking"
FIELDS = ["partner_id", "picking_type_id", "date_deadline", "date_done"]
SENT = [["picking_type_id.code", "=", "outgoing"], ["return_id", "=", False]]


def receipts(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Looked:
    """Each receipt that was finished after its promise."""
    done = _done(odoo, receipts_source.DOMAIN, FIELDS, since, until)
    late = [r for r in done if _lateness(r) > 0]
    return Looked(
        _occurrences(odoo, ground, KindCode.LATE_INBOUND, worth.PURCHASE, late),
        len(done),
        sum(1 for r in done if not r["date_deadline"]),
    )


def deliveries(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Looked:
    """Each sales order of which something left after its promise: the latest of it counts."""
    if not ground.has_field(MODEL, "sale_id"):
        return Looked()
    done = _done(odoo, [*SENT, ["sale_id", "!=", False]], [*FIELDS, "sale_id"], since, until)
    latest = {r["sale_id"][0]: r for r in sorted(done, key=_lateness)}
    late = [r for r in latest.values() if _lateness(r) > 0]
    return Looked(
        _occurrences(odoo, ground, KindCode.DELIVERY_DELAY, worth.SALE, late),
        len(latest),
        sum(1 for r in latest.values() if not r["date_deadline"]),
    )


def _done(
    odoo: Odoo, domain: Sequence[object], fields: list[str], since: datetime, until: datetime
) -> list[Record]:
    finished = [
        ["state", "=", "done"],
        *within("date_done", since, until),
    ]
    pages = paging.all_by_id(odoo, MODEL, [*domain, *finished], fields)
    return [record for page in pages for record in page]


def _lateness(record: Record) -> Decimal:
    """Minutes past the promise; negative before it, or where there is none."""
    promised, done = from_odoo(record["date_deadline"]), from_odoo(record["date_done"])
    if promised is None or done is None:
        return Decimal(-1)
    return Decimal(int((done - promised).total_seconds())) / 60


def _occurrences(
    odoo: Odoo, ground: Ground, kind: KindCode, side: Side, late: Sequence[Record]
) -> list[Occurrence]:
    values = worth.by_transfer(worth.goods(odoo, ground, side, (r["id"] for r in late)))
    known = transfers.of(ground, late)
    return [
        found
        for r in late
        for found in known.occurrence(
            kind, r, "date_deadline", values.get(r["id"], transfers.NOTHING), _lateness(r)
        )
    ]
