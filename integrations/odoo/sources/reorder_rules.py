"""Reorder rules: minimum stock beside what is there and what is asked for. Feeds
urgent_replenishment.

A rule's stamp does not change when stock moves, so all rules are read in every deep round. What
Odoo computes for them one by one (`qty_on_hand`, `qty_forecast`) is too slow for that; the same is
summed up here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Product, ReorderRule
from integrations.odoo import costs, protocols, stock_levels
from integrations.odoo.client import Odoo
from integrations.odoo.costs import Costs
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import WAREHOUSE_FIELDS, Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources.source import Domain, Record, Source, by_id, many2one, name_of
from integrations.odoo.stock_levels import Levels

MODEL = "stock.warehouse.orderpoint"
FIELDS = (
    "name",
    "product_id",
    "location_id",
    "warehouse_id",
    "product_min_qty",
    "product_max_qty",
    "active",
    "snoozed_until",
    "company_id",
    "write_date",
)
DEADLINE = "deadline_date"  # since 19
DOMAIN: Domain = [["active", "in", [True, False]]]  # archived ones too: they end their cases
PRODUCT_FIELDS = ["uom_id", "create_date"]


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page of rules; stock and demand are summed up by Odoo, in five calls a page."""
    rules = [r for r in records if r["product_id"]]
    ids = sorted({r["product_id"][0] for r in rules})
    if not ids:
        return []
    products = by_id(odoo.read("product.product", ids, PRODUCT_FIELDS))
    levels = stock_levels.read(odoo, ground, ids, ground.read_at)
    unit_costs = costs.unit_costs(
        odoo, ((many2one(r["company_id"]), many2one(r["product_id"])) for r in rules)
    )
    deadlines = _deadlines(odoo, rules)
    facts = (
        _rule(ground, r, products.get(r["product_id"][0], {}), levels, unit_costs, deadlines)
        for r in rules
    )
    return [f for f in facts if f is not None]


def _deadlines(odoo: Odoo, rules: Sequence[Record]) -> Mapping[int, date]:
    """The latest day to order, which only newer versions tell."""
    if odoo.version < protocols.FIRST_JSON2:
        return {}
    rows = odoo.read(MODEL, [r["id"] for r in rules], [DEADLINE])
    return {r["id"]: date.fromisoformat(r[DEADLINE]) for r in rows if r[DEADLINE]}


def _rule(
    ground: Ground,
    record: Record,
    product: Mapping[str, Any],
    levels: Levels,
    unit_costs: Costs,
    deadlines: Mapping[int, date],
) -> ReorderRule | None:
    place = many2one(record["location_id"])
    site, written_at = ground.site_of_location(place), from_odoo(record["write_date"])
    if site is None or written_at is None or place is None:
        return None
    goods = Product(id=record["product_id"][0], name=record["product_id"][1])
    company = many2one(record["company_id"])
    return ReorderRule(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        reference=record["name"] or str(record["id"]),
        url=ground.link(MODEL, record["id"]),
        read_at=ground.read_at,
        written_at=written_at,
        company=name_of(record["company_id"]),
        active=_is_awake(record, ground.read_at),
        product=goods,
        location=ground.location_name(place),
        minimum=Decimal(str(record["product_min_qty"])),
        maximum=Decimal(str(record["product_max_qty"])),
        unit=name_of(product.get("uom_id")),
        unit_cost=unit_costs.get((company or 0, goods.id)),
        currency=ground.currency_of_company(company),
        order_by=deadlines.get(record["id"]),
        **_quantities(ground, place, goods.id, levels, from_odoo(product.get("create_date"))),
    )


def _quantities(
    ground: Ground, place: int, product: int, levels: Levels, born: datetime | None
) -> dict[str, Any]:
    """What is there, coming and asked for. What a product usually needs is known once it has been
    there for the whole span."""
    warehouse = ground.warehouse_of_location(place)
    start = stock_levels.since(stock_levels.USUAL, ground.read_at)
    known = born is not None and born <= start
    return {
        "on_hand": levels.on_hand(product, place),
        "incoming": levels.incoming(product, place, warehouse),
        "usual_per_day": levels.usual_per_day(product, warehouse) if known else None,
        "recent_per_day": levels.recent_per_day(product, warehouse),
    }


def _is_awake(record: Record, at: datetime) -> bool:
    """Neither archived nor snoozed; on the day that ends the snooze, Odoo shows the rule again."""
    until = record["snoozed_until"]
    return bool(record["active"]) and (not until or date.fromisoformat(until) <= at.date())


def _is_below_minimum(facts: Facts) -> bool:
    return (
        isinstance(facts, ReorderRule)
        and facts.active
        and facts.on_hand + facts.incoming < facts.minimum
    )


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


MOVE_FIELDS = (
    "product_id",
    "product_uom",
    "product_uom_qty",
    "product_qty",
    "quantity",
    "state",
    "date",
    "location_id",
    "location_dest_id",
    "move_dest_ids",
)
SOURCE = Source(
    name="reorder_rules",
    model=MODEL,
    document_model=MODEL,
    facts_type="ReorderRule",
    domain=DOMAIN,
    living=[["active", "=", True]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=_is_below_minimum,
    needs=(
        Need(MODEL, FIELDS, ("read",), _("urgent replenishment")),
        Need(
            "stock.quant", ("product_id", "location_id", "quantity"), ("read",), _("stock levels")
        ),
        Need("stock.move", MOVE_FIELDS, ("read",), _("demand and what is coming")),
        Need(
            "stock.location",
            ("complete_name", "warehouse_id", "location_id", "usage"),
            ("read",),
            _("where stock lies"),
        ),
        Need("stock.warehouse", WAREHOUSE_FIELDS, ("read",), _("steps of reception")),
        Need(
            "product.product",
            (*PRODUCT_FIELDS, "standard_price"),
            ("read",),
            _("unit and cost of what runs out"),
            bulk=False,
        ),
        Need(
            "project.task",
            ("name", "description", "user_ids", "date_deadline"),
            ("read", "create"),
            _("to-dos about reordering rules"),
        ),
    ),
    whole=True,
)
