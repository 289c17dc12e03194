"""Receipts: incoming transfers. Feeds late_inbound."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Product, Receipt
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
FIELDS = (
    "name",
    "state",
    "origin",
    "partner_id",
    "picking_type_id",
    "scheduled_date",
    "date_deadline",
    "date_done",
    "priority",
    "user_id",
    "company_id",
    "write_date",
)
# A customer's return is "incoming" too; it carries the transfer that it returns.
DOMAIN: Domain = [["picking_type_id.code", "=", "incoming"], ["return_id", "=", False]]
MOVE_FIELDS = ["picking_id", "product_id", "product_uom_qty"]
ORDERED = "purchase_line_id"  # comes with Purchase
LINE_FIELDS = ["order_id", "price_unit"]
ORDER_FIELDS = ["name", "user_id", "currency_id"]


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page. What hangs on a transfer is read only for the open ones, in four calls; of
    an Odoo without Purchase nobody knows an order or a price."""
    still_open = [r for r in records if r["state"] in OPEN]
    goods = _goods(odoo, ground, [r["id"] for r in still_open])
    ground.partners(many2one(r["partner_id"]) or 0 for r in still_open)
    facts = (_receipt(ground, record, goods.get(record["id"], {})) for record in records)
    return [f for f in facts if f is not None]


def _goods(odoo: Odoo, ground: Ground, transfers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What each open transfer still has to bring: products, quantity, value, order."""
    if not transfers:
        return {}
    domain = [
        ["picking_id", "in", list(transfers)],
        ["state", "not in", ["done", "cancel", "draft"]],
    ]
    goods: dict[int, dict[str, Any]] = {}
    fields = [*MOVE_FIELDS, *([ORDERED] if ground.has_field("stock.move", ORDERED) else [])]
    for moves in paging.all_by_id(odoo, "stock.move", domain, fields):
        _add_all(odoo, goods, moves)
    return goods


def _add_all(odoo: Odoo, goods: dict[int, dict[str, Any]], moves: Sequence[Record]) -> None:
    line_ids = sorted({many2one(m.get(ORDERED)) or 0 for m in moves} - {0})
    lines = by_id(odoo.read("purchase.order.line", line_ids, LINE_FIELDS)) if line_ids else {}
    order_ids = sorted({many2one(line["order_id"]) or 0 for line in lines.values()} - {0})
    orders = by_id(odoo.read("purchase.order", order_ids, ORDER_FIELDS)) if order_ids else {}
    for move in moves:
        line = lines.get(many2one(move.get(ORDERED)) or 0)
        order = orders.get(many2one(line["order_id"]) or 0) if line else None
        _add(goods.setdefault(move["picking_id"][0], {}), move, line, order)


def _add(good: dict[str, Any], move: Record, line: Record | None, order: Record | None) -> None:
    quantity = Decimal(str(move["product_uom_qty"]))
    good["quantity"] = good.get("quantity", Decimal(0)) + quantity
    if move["product_id"]:
        product = Product(id=move["product_id"][0], name=move["product_id"][1])
        good["products"] = (*(p for p in good.get("products", ()) if p != product), product)
    if line:
        value = quantity * Decimal(str(line["price_unit"]))
        good["value"] = good.get("value", Decimal(0)) + value
    if order:
        good["order"] = order


def _receipt(ground: Ground, record: Record, good: Mapping[str, Any]) -> Receipt | None:
    site = ground.site_of_type(many2one(record["picking_type_id"]))
    written_at = from_odoo(record["write_date"])
    if site is None or written_at is None:
        return None
    order = good.get("order")
    buyer = record["user_id"] or (order["user_id"] if order else False)
    return Receipt(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        reference=record["name"] or str(record["id"]),
        url=ground.link(MODEL, record["id"]),
        read_at=ground.read_at,
        written_at=written_at,
        company=name_of(record["company_id"]),
        responsible=person(buyer),
        open=record["state"] in OPEN,
        promised_at=from_odoo(record["date_deadline"]),
        planned_at=from_odoo(record["scheduled_date"]),
        done_at=from_odoo(record["date_done"]),
        supplier=ground.partners(()).get(many2one(record["partner_id"]) or 0),
        order_reference=order["name"] if order else (record["origin"] or None),
        order_id=order["id"] if order else None,
        value=_cents(good.get("value")),
        currency=name_of(order["currency_id"]) if order else None,
        quantity=good.get("quantity"),
        products=good.get("products", ()),
        urgent=record["priority"] == "1",
        source_state=record["state"],
    )


def _cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="receipts",
    model=MODEL,
    document_model=MODEL,
    facts_type="Receipt",
    domain=DOMAIN,
    living=[["state", "in", OPEN]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=lambda _facts: True,
    needs=(
        Need(MODEL, (*FIELDS, "return_id"), ("read", "write"), _("late receipts")),
        Need(
            "mail.activity",
            ("res_model", "res_id", "summary", "note", "user_id", "date_deadline"),
            ("read", "create"),
            _("activities for the responsible"),
        ),
        Need("mail.message", ("model", "res_id", "body"), ("read",), _("proof of notes")),
        Need("stock.move", (*MOVE_FIELDS, "state"), ("read",), _("what a transfer brings")),
        Need(
            "stock.move",
            (ORDERED,),
            ("read",),
            _("orders of late receipts"),
            optional=True,
            rests_on=("purchase.order.line",),
        ),
        Need(
            "purchase.order.line",
            tuple(LINE_FIELDS),
            ("read",),
            _("prices of late receipts"),
            optional=True,
        ),
        Need(
            "purchase.order",
            tuple(ORDER_FIELDS),
            ("read",),
            _("buyers of late receipts"),
            optional=True,
        ),
        Need("stock.picking.type", ("warehouse_id", "code"), ("read",), _("sites of transfers")),
        Need("stock.warehouse", ("name", "code", "partner_id"), ("read",), _("sites")),
        Need(
            "res.partner",
            ("name", "commercial_partner_id", "category_id"),
            ("read",),
            _("partners"),
        ),
    ),
)
