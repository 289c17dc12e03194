"""Order lines: what was ordered of suppliers, what came, what is still to come.

Feeds partial_receipt. A line's own stamp moves when goods arrive, but not when its backorder is
cancelled; so the moves of order lines are a stream of their own, which has their lines read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, OrderLine, Product
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources import units
from integrations.odoo.sources.source import (
    Domain,
    Record,
    Source,
    by_id,
    many2one,
    name_of,
    person,
)
from integrations.odoo.sources.units import Units, decimal, net_price

MODEL = "purchase.order.line"
MOVE_MODEL = "stock.move"
FIELDS = (
    "order_id",
    "partner_id",
    "product_id",
    "product_qty",
    "qty_received",
    "date_planned",
    "price_unit",
    "price_subtotal",
    "company_id",
    "write_date",
)
# Of services, and of what is received by hand, no transfer tells whether it came.
DOMAIN: Domain = [["display_type", "=", False], ["qty_received_method", "=", "stock_moves"]]
ORDER_FIELDS = ["name", "state", "user_id", "currency_id", "picking_type_id"]
MOVE_FIELDS = ["purchase_line_id", "product_uom_qty", "product_uom"]
MOVES: Domain = [["purchase_line_id", "!=", False]]
# A return to the supplier hangs on the order line too, but it brings nothing.
STILL_COMING: Domain = [
    ["state", "not in", ["done", "cancel", "draft"]],
    ["location_dest_id.usage", "!=", "supplier"],
]
CONFIRMED = {"purchase", "done"}  # "done" is what 16 to 18 call a locked order


@dataclass(slots=True)
class Coming:
    """What hangs on the short lines of a page: their units, and what open transfers bring."""

    quantities: dict[int, Decimal | None] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page. Transfers and units are asked for only where less came than was ordered."""
    order_ids = sorted({many2one(r["order_id"]) or 0 for r in records} - {0})
    orders = by_id(odoo.read("purchase.order", order_ids, ORDER_FIELDS)) if order_ids else {}
    short = [r for r in records if _is_short(r)]
    coming = _coming(odoo, [r["id"] for r in short])
    ground.partners(many2one(r["partner_id"]) or 0 for r in short)
    facts = (_line(ground, r, orders.get(many2one(r["order_id"]) or 0), coming) for r in records)
    return [f for f in facts if f is not None]


def _is_short(record: Record) -> bool:
    received, ordered = decimal(record["qty_received"]), decimal(record["product_qty"])
    return 0 < received < ordered


def _coming(odoo: Odoo, lines: Sequence[int]) -> Coming:
    """Of each of these lines, in its own unit, what open transfers still bring."""
    if not lines:
        return Coming()
    named = units.unit_field(odoo)
    unit_of = {r["id"]: r[named] for r in odoo.read(MODEL, lines, [named])}
    moves = odoo.search_read(MOVE_MODEL, coming_for(lines), MOVE_FIELDS, order="id", limit=100_000)
    told_in = {many2one(u) or 0 for u in (*unit_of.values(), *(m["product_uom"] for m in moves))}
    known = Units(odoo, told_in - {0} if _mixed(moves, unit_of) else ())
    coming = Coming(dict.fromkeys(lines, Decimal(0)), {i: name_of(u) for i, u in unit_of.items()})
    for move in moves:
        line = move["purchase_line_id"][0]
        of, into = many2one(move["product_uom"]), many2one(unit_of.get(line))
        part = known.convert(decimal(move["product_uom_qty"]), of, into)
        so_far = coming.quantities[line]
        coming.quantities[line] = None if part is None or so_far is None else so_far + part
    return coming


def coming_for(lines: Sequence[int]) -> Domain:
    """The moves that still bring something for these order lines."""
    return [["purchase_line_id", "in", list(lines)], *STILL_COMING]


def _mixed(moves: Sequence[Record], unit_of: dict[int, Record]) -> bool:
    return any(m["product_uom"] != unit_of.get(m["purchase_line_id"][0]) for m in moves)


def _line(ground: Ground, record: Record, order: Record | None, coming: Coming) -> OrderLine | None:
    site = ground.site_of_type(many2one(order["picking_type_id"])) if order else None
    written_at = from_odoo(record["write_date"])
    if order is None or site is None or written_at is None:
        return None
    product = record["product_id"]
    to_come = record["qty_received"] < record["product_qty"]
    return OrderLine(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        reference=f"{order['name']} · {name_of(product)}"[:120],
        url=ground.link("purchase.order", order["id"]),  # a line has no page of its own
        read_at=ground.read_at,
        written_at=written_at,
        company=name_of(record["company_id"]),
        responsible=person(order["user_id"]),
        open=order["state"] in CONFIRMED and to_come,
        product=Product(id=product[0], name=product[1]) if product else None,
        ordered_quantity=decimal(record["product_qty"]),
        received_quantity=decimal(record["qty_received"]),
        expected_quantity=coming.quantities.get(record["id"], Decimal(0)),
        unit=coming.units.get(record["id"], ""),
        promised_at=from_odoo(record["date_planned"]),
        supplier=ground.partners(()).get(many2one(record["partner_id"]) or 0),
        order_reference=order["name"],
        order_id=order["id"],
        unit_price=net_price(record, "product_qty"),
        currency=name_of(order["currency_id"]) or None,
    )


def read_of_moves(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of the lines that a page of moves belongs to."""
    ids = sorted({many2one(r["purchase_line_id"]) or 0 for r in records} - {0})
    domain = [*DOMAIN, *_of_documents(ids)]
    lines = odoo.search_read(MODEL, domain, FIELDS, order="id", limit=100_000) if ids else []
    return read(odoo, ground, lines)


def _is_partial(facts: Facts) -> bool:
    return isinstance(facts, OrderLine) and facts.open and facts.received_quantity > 0


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="order_lines",
    model=MODEL,
    document_model=MODEL,
    facts_type="OrderLine",
    domain=DOMAIN,
    # A domain cannot compare received with ordered. Orders that are partly here are read in full;
    # those whose backorder was cancelled Odoo calls "full": these come with what changed lately.
    living=[["order_id.receipt_status", "=", "partial"]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=_is_partial,
    needs=(
        Need(
            MODEL,
            (*FIELDS, "display_type", "qty_received_method"),
            ("read", "write"),
            _("partial receipts"),
        ),
        Need(
            "purchase.order",
            (*ORDER_FIELDS, "receipt_status"),
            ("read", "write"),
            _("notes and activities about partial receipts"),
        ),
        Need(MOVE_MODEL, (*MOVE_FIELDS, "state"), ("read",), _("backorders still expected")),
        Need("stock.location", ("usage",), ("read",), _("returns to suppliers told apart")),
        Need(*units.UNITS, _("units of partial receipts")),
    ),
    optional=True,
    rests_on=(MODEL,),  # Purchase brings a field of moves, too
)

MOVES_SOURCE = Source(
    name="order_moves",
    model=MOVE_MODEL,
    document_model=MODEL,
    document_fields=("purchase_line_id",),
    facts_type="OrderLine",
    domain=MOVES,
    living=[["state", "in", ["confirmed", "waiting", "partially_available", "assigned"]]],
    fields=("purchase_line_id", "write_date"),
    document_id=lambda record: many2one(record["purchase_line_id"]),
    facts=read_of_moves,
    of_documents=lambda ids: [["purchase_line_id", "in", list(ids)]],
    keep=_is_partial,
    needs=(),
    optional=True,
    rests_on=(MODEL,),
    authority=False,
)
