"""Counts: stock counts that are entered and not yet applied. Feeds inventory_discrepancy."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from exceptions.facts import Count, Facts, Product
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources.source import Domain, Record, Source, many2one, name_of, person

MODEL = "stock.quant"
FIELDS = (
    "product_id",
    "location_id",
    "lot_id",
    "quantity",
    "inventory_quantity",
    "inventory_quantity_set",
    "user_id",
    "company_id",
    "write_date",
)
DOMAIN: Domain = [["location_id.usage", "in", ["internal", "transit"]]]


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page; unit costs are read only for what is counted, in one call."""
    counted = [r for r in records if r["inventory_quantity_set"]]
    costs = _costs(odoo, sorted({many2one(r["product_id"]) or 0 for r in counted} - {0}))
    facts = (_count(ground, record, costs) for record in records)
    return [f for f in facts if f is not None]


def _costs(odoo: Odoo, products: Sequence[int]) -> dict[int, Decimal]:
    if not products:
        return {}
    rows = odoo.read("product.product", products, ["standard_price"])
    return {row["id"]: Decimal(str(row["standard_price"])) for row in rows}


def _count(ground: Ground, record: Record, costs: dict[int, Decimal]) -> Count | None:
    location = many2one(record["location_id"])
    site, written_at = ground.site_of_location(location), from_odoo(record["write_date"])
    if site is None or written_at is None or not record["product_id"]:
        return None
    product = Product(id=record["product_id"][0], name=record["product_id"][1])
    place = ground.location_name(location)
    counted = bool(record["inventory_quantity_set"])
    return Count(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        reference=f"{place} · {product.name}"[:120],
        url=ground.link(MODEL, record["id"]),
        read_at=ground.read_at,
        written_at=written_at,
        company=name_of(record["company_id"]),
        responsible=person(record["user_id"]),
        product=product,
        location=place,
        counted=counted,
        booked_quantity=Decimal(str(record["quantity"])),
        counted_quantity=Decimal(str(record["inventory_quantity"])),
        unit_cost=costs.get(product.id) or None,  # Odoo says 0 where no cost was ever entered
        currency=ground.currency_of_company(many2one(record["company_id"])) if counted else None,
        lot=name_of(record["lot_id"]) or None,
    )


def _is_counted(facts: Facts) -> bool:
    return isinstance(facts, Count) and facts.counted


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="counts",
    model=MODEL,
    document_model=MODEL,
    facts_type="Count",
    domain=DOMAIN,
    living=[["inventory_quantity_set", "=", True]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=_is_counted,
    needs=(
        Need(MODEL, FIELDS, ("read",), _("inventory discrepancies")),
        Need(
            "stock.location",
            ("complete_name", "warehouse_id", "usage"),
            ("read",),
            _("sites of stock"),
        ),
        Need(
            "product.product",
            ("standard_price",),
            ("read",),
            _("cost of discrepancies"),
            bulk=False,
        ),
        Need(
            "project.task",
            ("name", "description", "user_ids", "date_deadline"),
            ("read", "create"),
            _("to-dos about counts"),
        ),
        Need("res.company", ("currency_id",), ("read",), _("currencies")),
    ),
)
