"""Transits: receipts and deliveries of the past year and of now, with their promises.

A reading of its own beside the sources, of few fields: rules need what is open, lateness what came,
and when. It begins with what was written a year ago and goes on page by page from where it stopped
(its cursor is stored with each page), so that the past is filled in once and kept up afterwards.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from exceptions.facts import Transit, TransitRead
from exceptions.lateness import keeping
from exceptions.models import Site
from exceptions.vocabulary import Direction
from integrations.models import OdooAccess, SyncCursor
from integrations.odoo import paging
from integrations.odoo.client import Odoo, Record
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground, many2one
from integrations.odoo.paging import Page, Position

MODEL, ORDER_MODEL = "stock.picking", "sale.order"
SOURCE = "transits"  # the name of its cursor
FIELDS = (
    "name",
    "state",
    "partner_id",
    "picking_type_id",
    "date_deadline",
    "date_done",
    "write_date",
)
MORE = ("sale_id", "carrier_id")  # modules bring them
OPEN = frozenset({"confirmed", "waiting", "assigned"})
# A return is no promise; internal steps bring nothing to anybody.
DOMAIN: list[Any] = [
    ["picking_type_id.code", "in", ["incoming", "outgoing"]],
    ["return_id", "=", False],
    ["date_deadline", "!=", False],
    ["state", "!=", "draft"],
]
BACK = timedelta(days=400)  # the window of the rule, and a month
EVERY = timedelta(minutes=5)
OVERLAP = timedelta(minutes=10)  # Odoo stamps the start of a transaction, not its end
AT_ONCE = 10  # pages


def due(row: OdooAccess, *, at: datetime) -> bool:
    """Until it has reached the end it goes on at every tick; then again every few minutes."""
    cursor = SyncCursor.objects.filter(connection=row.connection, source=SOURCE).first()
    if cursor is None or cursor.under_way or cursor.finished_at is None:
        return True
    return cursor.finished_at <= at - EVERY


def read(row: OdooAccess, odoo: Odoo, *, at: datetime, size: int = paging.PAGE) -> int:
    """Go on from where it stopped, some pages far; how many transfers were read."""
    ground = Ground(odoo, row.connection, row.url, read_at=at)
    ground.sites()
    fields = [*FIELDS, *(name for name in MORE if ground.has_field(MODEL, name))]
    cursor = _cursor(row, at)
    n = 0
    for _ in range(AT_ONCE):
        where = Position(cursor.written_at, cursor.record_id)
        page = paging.read_page(odoo, MODEL, DOMAIN, fields, where, size=size)
        readings = list(_readings(odoo, ground, page.records))
        _store(cursor, page, readings, at)
        n += len(page.records)
        if page.after is None:
            break
    return n


def _cursor(row: OdooAccess, at: datetime) -> SyncCursor:
    cursor, _ = SyncCursor.objects.get_or_create(
        connection=row.connection, source=SOURCE, defaults={"written_at": at - BACK}
    )
    if not cursor.under_way:
        cursor.under_way, cursor.rows_in_round = True, 0
    return cursor


@transaction.atomic
def _store(cursor: SyncCursor, page: Page, readings: Sequence[TransitRead], at: datetime) -> None:
    keeping.keep(readings, at=at)
    cursor.rows_in_round += len(page.records)
    if page.after:
        cursor.written_at, cursor.record_id = page.after.written_at, page.after.record_id
    else:
        newest = from_odoo(page.records[-1]["write_date"]) if page.records else None
        cursor.written_at = _begin_again(cursor.written_at, newest)
        cursor.record_id, cursor.under_way, cursor.finished_at = 0, False, at
    cursor.save()


def _begin_again(before: datetime | None, newest: datetime | None) -> datetime | None:
    """Where the next round begins: a little before the newest that was read."""
    if newest is None or before is None:
        return before
    return max(before, newest - OVERLAP)


class _Places:
    """Partners by their commercial name, their countries, and the codes of our sites."""

    def __init__(self, odoo: Odoo, ground: Ground, records: Sequence[Record]) -> None:
        partners = sorted({many2one(r["partner_id"]) or 0 for r in records} - {0})
        rows = odoo.read("res.partner", partners, ["country_id"]) if partners else []
        firms = ground.partners(partners)
        self.firms = {i: firms[i].name for i in partners if i in firms}
        self.countries = {r["id"]: r["country_id"][1] for r in rows if r["country_id"]}
        sites = Site.objects.filter(connection=ground.connection)
        self.codes = dict(sites.values_list("pk", "code"))

    def lane(self, partner: int, site: int, direction: Direction) -> str:
        """The partner's country may be unknown; the site never is."""
        far, near = self.countries.get(partner, ""), self.codes[site]
        ends = (far, near) if direction is Direction.INBOUND else (near, far)
        return " → ".join(ends).strip()


def _readings(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> Iterator[TransitRead]:
    """One of no site of ours, or of nobody, says nothing about whom to expect what from."""
    places = _Places(odoo, ground, records)
    for record in records:
        site = ground.site_of_type(many2one(record["picking_type_id"]))
        if site is not None and many2one(record["partner_id"]) in places.firms:
            yield _reading(ground, record, site, _transit(ground, record, site, places))


def _reading(ground: Ground, record: Record, site: int, transit: Transit) -> TransitRead:
    order = many2one(record.get("sale_id"))
    about = (ORDER_MODEL, order) if order else (MODEL, record["id"])
    return TransitRead(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        about_model=about[0],
        about_id=about[1],
        reference=record["name"] or str(record["id"]),
        url=ground.link(MODEL, record["id"]),
        open=record["state"] in OPEN,
        transit=transit,
    )


def _transit(ground: Ground, record: Record, site: int, places: _Places) -> Transit:
    """Outbound, the carrier brings it where one is named; else nobody but the customer is known."""
    incoming = ground.code_of_type(many2one(record["picking_type_id"])) == "incoming"
    direction = Direction.INBOUND if incoming else Direction.OUTBOUND
    partner = record["partner_id"][0]
    carrier = record.get("carrier_id")
    named = carrier[1] if carrier and not incoming else places.firms[partner]
    zone = ground.zone_of(site)
    promised = from_odoo(record["date_deadline"])
    done = from_odoo(record["date_done"]) if record["state"] == "done" else None
    assert promised is not None  # the domain asks for those that have one
    return Transit(
        direction=direction,
        by=named,
        lane=places.lane(partner, site, direction),
        promised_on=promised.astimezone(zone).date(),
        done_on=done.astimezone(zone).date() if done else None,
    )
