"""Deliveries: sales orders with their open transfers. Feeds delivery_delay.

The cursor runs over transfers; each page is gathered into orders, because a multi-step delivery is
one promise, and Odoo 18 and 19 create its next step only when the one before is done.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from exceptions.facts import Delivery, Facts, Sent
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources.source import (
    OPEN,
    Domain,
    Record,
    Source,
    by_id,
    many2one,
    name_of,
    person,
)

MODEL = "stock.picking"
ORDER_MODEL = "sale.order"
FIELDS = (
    "name",
    "state",
    "sale_id",
    "partner_id",
    "picking_type_id",
    "scheduled_date",
    "date_deadline",
    "date_done",
    "priority",
    "company_id",
    "write_date",
)
DOMAIN: Domain = [["sale_id", "!=", False], ["return_id", "=", False]]
ORDER_FIELDS = ["name", "partner_id", "user_id", "currency_id", "commitment_date"]
TRACKING = "carrier_tracking_ref"  # the module of shipping methods brings it
LINE_FIELDS = ["order_id", "product_uom_qty", "qty_delivered", "price_subtotal"]


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of the orders that a page of transfers belongs to."""
    order_ids = sorted({many2one(r["sale_id"]) or 0 for r in records} - {0})
    if not order_ids:
        return []
    steps = _steps(odoo, order_ids)
    orders = by_id(odoo.read(ORDER_MODEL, order_ids, ORDER_FIELDS))
    values = _values(odoo, sorted(steps))
    parcels = _parcels(odoo, ground, order_ids)
    ground.partners(many2one(o["partner_id"]) or 0 for i, o in orders.items() if i in steps)
    last = {r["sale_id"][0]: r for r in sorted(records, key=lambda r: r["write_date"])}
    return [
        replace(facts, parcels=parcels.get(i, ()))
        for i, order in orders.items()
        if (facts := _delivery(ground, order, last[i], steps.get(i, []), values.get(i)))
    ]


def _parcels(odoo: Odoo, ground: Ground, orders: Sequence[int]) -> dict[int, tuple[Sent, ...]]:
    """The tracking numbers on the transfers of each order, done ones too: labels are made as goods
    go out. Of several packages Odoo writes them behind one another.
    """
    if not ground.has_field(MODEL, TRACKING):
        return {}
    domain = [*DOMAIN, ["sale_id", "in", list(orders)], [TRACKING, "!=", False]]
    found: dict[int, list[Sent]] = {}
    for rows in paging.all_by_id(odoo, MODEL, domain, ["name", "sale_id", TRACKING]):
        for row in rows:
            numbers = (number.strip() for number in re.split(r"[,;+]", row[TRACKING]))
            sent = [Sent(tracking=number, transfer=row["name"]) for number in numbers if number]
            found.setdefault(row["sale_id"][0], []).extend(sent)
    return {order: tuple(sent) for order, sent in found.items()}


def _steps(odoo: Odoo, orders: Sequence[int]) -> dict[int, list[Record]]:
    """The open transfers of each order."""
    domain = [*DOMAIN, ["sale_id", "in", list(orders)], ["state", "in", OPEN]]
    steps: dict[int, list[Record]] = {}
    for transfers in paging.all_by_id(odoo, MODEL, domain, FIELDS):
        for transfer in transfers:
            steps.setdefault(transfer["sale_id"][0], []).append(transfer)
    return steps


def _values(odoo: Odoo, orders: Sequence[int]) -> dict[int, Decimal]:
    """What each order has still to deliver, at its prices."""
    if not orders:
        return {}
    domain = [["order_id", "in", list(orders)], ["product_uom_qty", ">", 0]]
    values: dict[int, Decimal] = {}
    for lines in paging.all_by_id(odoo, "sale.order.line", domain, LINE_FIELDS):
        for line in lines:
            order = line["order_id"][0]
            values[order] = values.get(order, Decimal(0)) + _still_to_deliver(line)
    return {order: value.quantize(Decimal("0.01")) for order, value in values.items()}


def _still_to_deliver(line: Record) -> Decimal:
    ordered, delivered, subtotal = (
        Decimal(str(line[f])) for f in ("product_uom_qty", "qty_delivered", "price_subtotal")
    )
    return subtotal * (max(ordered - delivered, Decimal(0)) / ordered)


def _delivery(
    ground: Ground, order: Record, last: Record, steps: list[Record], value: Decimal | None
) -> Delivery | None:
    of_order = steps or [last]
    site = ground.site_of_type(many2one(of_order[0]["picking_type_id"]))
    written = [t for r in (*steps, last) if (t := from_odoo(r["write_date"]))]
    if site is None or not written:
        return None
    return Delivery(
        connection_id=ground.connection.pk,
        site_id=site,
        model=ORDER_MODEL,
        record_id=order["id"],
        reference=order["name"] or str(order["id"]),
        url=ground.link(ORDER_MODEL, order["id"]),
        read_at=ground.read_at,
        written_at=max(written),
        company=name_of(last["company_id"]),
        responsible=person(order["user_id"]),
        open=bool(steps),
        promised_at=_first(steps, "date_deadline"),
        planned_at=max(_dates(steps, "scheduled_date"), default=None),
        done_at=from_odoo(last["date_done"]) if not steps else None,
        customer=ground.partners(()).get(many2one(order["partner_id"]) or 0),
        transfers=tuple(sorted(r["name"] for r in steps)),
        value=value,
        currency=name_of(order["currency_id"]) or None,
        commitment_at=from_odoo(order["commitment_date"]),
        urgent=any(r["priority"] == "1" for r in steps),
        source_state=", ".join(sorted({r["state"] for r in steps})) or last["state"],
    )


def _dates(records: Sequence[Record], field: str) -> list[datetime]:
    return [date for r in records if (date := from_odoo(r[field]))]


def _first(records: Sequence[Record], field: str) -> datetime | None:
    return min(_dates(records, field), default=None)


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["sale_id", "in", list(ids)]]


SOURCE = Source(
    name="deliveries",
    model=MODEL,
    document_model=ORDER_MODEL,
    document_fields=("sale_id",),
    facts_type="Delivery",
    domain=DOMAIN,
    living=[["state", "in", OPEN]],
    fields=FIELDS,
    document_id=lambda record: many2one(record["sale_id"]),
    facts=read,
    of_documents=_of_documents,
    keep=lambda _facts: True,
    needs=(
        Need(MODEL, FIELDS, ("read", "write"), _("late deliveries")),
        Need(ORDER_MODEL, tuple(ORDER_FIELDS), ("read",), _("promises to customers")),
        Need("sale.order.line", tuple(LINE_FIELDS), ("read",), _("values of late deliveries")),
    ),
    optional=True,
    rests_on=(ORDER_MODEL,),  # Sales brings the transfer's field of it
)
