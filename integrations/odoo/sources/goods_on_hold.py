"""Goods on hold: stock in the hold locations of the connection. Feeds quality_hold.

Plain Odoo Community has no quality module; where goods lie is all it tells. Scrapped goods are left
out on purpose: somebody has already decided about them.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Inspection
from integrations.odoo import costs, holds
from integrations.odoo.client import Odoo
from integrations.odoo.costs import Costs
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources import inspected
from integrations.odoo.sources.source import Domain, Record, Source, many2one, name_of, person

MODEL = "stock.quant"
FIELDS = (
    "product_id",
    "location_id",
    "lot_id",
    "quantity",
    "user_id",
    "company_id",
    "create_date",
    "write_date",
)
NOWHERE: Domain = [["id", "=", 0]]


def scope(ground: Ground) -> Domain:
    """Stock in a hold location or below one."""
    found = sorted(ground.holds())
    return [["location_id", "child_of", found]] if found else NOWHERE


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page; unit costs are read in one call a company."""
    there = [r for r in records if r["quantity"] > 0]
    pairs = ((many2one(r["company_id"]), many2one(r["product_id"])) for r in there)
    unit_costs = costs.unit_costs(odoo, pairs)
    facts = (_inspection(ground, record, unit_costs) for record in records)
    return [f for f in facts if f is not None]


def _inspection(ground: Ground, record: Record, unit_costs: Costs) -> Inspection | None:
    """`since` is when the first of these goods came: `in_date` is no use, for Odoo carries it along
    from where they lay before."""
    place = many2one(record["location_id"])
    hold, site = ground.hold_of(place), ground.site_of_location(place)
    goods, written_at = inspected.product(record), from_odoo(record["write_date"])
    if hold is None or site is None or goods is None or written_at is None:
        return None
    company = many2one(record["company_id"])
    return Inspection(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        reference=f"{ground.location_name(place)} · {goods.name}"[:120],
        url=ground.link(MODEL, record["id"]),
        read_at=ground.read_at,
        written_at=written_at,
        company=name_of(record["company_id"]),
        responsible=person(record["user_id"]),
        what="control" if hold.control else "hold",
        failed=True,
        decided=record["quantity"] <= 0,
        product=goods,
        quantity=Decimal(str(record["quantity"])),
        unit_cost=unit_costs.get((company or 0, goods.id)),
        currency=ground.currency_of_company(company),
        lot=name_of(record["lot_id"]) or None,
        location=ground.location_name(place),
        since=from_odoo(record["create_date"]),
    )


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="goods_on_hold",
    model=MODEL,
    document_model=MODEL,
    facts_type="Inspection",
    domain=[],
    scope=scope,
    living=[["quantity", ">", 0]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=lambda facts: facts.living,
    needs=(
        Need(MODEL, FIELDS, ("read",), _("goods on hold")),
        Need("stock.location", holds.LOCATION_FIELDS, ("read",), _("hold locations")),
        Need("stock.warehouse", holds.WAREHOUSE_FIELDS, ("read",), _("quality-control steps")),
        Need(
            "product.product",
            ("standard_price",),
            ("read",),
            _("cost of goods on hold"),
            bulk=False,
        ),
        Need(
            "stock.picking",
            ("origin", "state", "move_line_ids"),
            ("read", "write", "create"),
            _("moving goods into a hold location"),
        ),
        Need(
            "project.task",
            ("name", "description", "user_ids", "date_deadline"),
            ("read", "create"),
            _("to-dos about goods on hold"),
        ),
    ),
)
