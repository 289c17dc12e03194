"""Adjustments of the past: counts that differed from the books and were applied.

Odoo keeps each as a move of its own. It does not tell a correction from the first entry of stock
that was never booked, so a company that began lately sees more here than it has.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from exceptions.vocabulary import KindCode
from integrations.discovery.occurrence import Looked, Occurrence, cents, within
from integrations.odoo import costs, paging
from integrations.odoo.client import Odoo
from integrations.odoo.costs import Costs
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground, many2one
from integrations.odoo.paging import Record
from integrations.odoo.sources.source import name_of
from integrations.odoo.sources.units import decimal

MODEL = "stock.move"
FIELDS = ["date", "product_id", "product_qty", "location_id", "location_dest_id", "company_id"]


def look(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Looked:
    """Every applied difference; its size is what it was worth at today's cost."""
    domain = [
        ["is_inventory", "=", True],
        ["state", "=", "done"],
        *within("date", since, until),
    ]
    pages = paging.all_by_id(odoo, MODEL, domain, FIELDS)
    moves = [move for page in pages for move in page if move["product_id"]]
    found = of_moves(odoo, ground, KindCode.INVENTORY_DISCREPANCY, moves)
    return Looked(found, len(found), sum(1 for each in found if each.value is None))


def of_moves(
    odoo: Odoo, ground: Ground, kind: KindCode, moves: Iterable[Record]
) -> list[Occurrence]:
    """An occurrence a move, about its product, where it left our stock or came into it."""
    rows = list(moves)
    pairs = ((many2one(m["company_id"]), many2one(m["product_id"])) for m in rows)
    unit_costs = costs.unit_costs(odoo, pairs)
    found = (_of_move(ground, kind, move, unit_costs) for move in rows)
    return [each for each in found if each]


def _of_move(ground: Ground, kind: KindCode, move: Record, unit_costs: Costs) -> Occurrence | None:
    site = ground.site_of_location(many2one(move["location_id"])) or ground.site_of_location(
        many2one(move["location_dest_id"])
    )
    at, company = from_odoo(move["date"]), many2one(move["company_id"])
    if site is None or at is None:
        return None
    value = _value(move, unit_costs.get((company or 0, move["product_id"][0])))
    return Occurrence(
        kind=kind,
        at=at,
        site_id=site,
        who=name_of(move["product_id"]),
        value=value,
        currency=ground.currency_of_company(company),
        size=value,
    )


def _value(move: Record, cost: Decimal | None) -> Decimal | None:
    return None if cost is None else cents(decimal(move["product_qty"]) * cost)
