"""Stock levels: what of some products lies where, what is coming, and what left of late.

All of it is summed up by Odoo, in five calls however many products there are. Quantities are in
each product's own unit.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations.odoo import groupings
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import to_odoo
from integrations.odoo.ground import Ground, many2one

USUAL, RECENT = timedelta(days=90), timedelta(days=7)
OPEN_MOVES = ["waiting", "confirmed", "partially_available", "assigned"]
Sums = Mapping[tuple[int, ...], Decimal]


@dataclass(frozen=True, slots=True)
class Levels:
    """Sums by (product, location) or, for moves, by (product, from, to)."""

    ground: Ground
    quants: Sums
    moving: Sums
    last_steps: Sums
    left_usually: Sums
    left_recently: Sums

    def on_hand(self, product: int, location: int) -> Decimal:
        """What lies in a location and below it, reserved or not: Odoo's own number."""
        inside = self.ground.is_inside
        return _total(
            q for (p, at), q in self.quants.items() if p == product and inside(at, location)
        )

    def incoming(self, product: int, location: int, warehouse: int | None) -> Decimal:
        """What open moves bring into a location from outside it.

        Of a reception in steps, 17 makes all the moves at once and the last of them is counted; 18
        and 19 make the next one when the one before is done, so for the warehouse's main location
        a move counts too that goes as far as a step before it and has none after it yet.
        """
        inside = self.ground.is_inside
        steps = _reception_steps(self.ground, location, warehouse)
        arriving = _total(
            q
            for (p, start, end), q in self.moving.items()
            if p == product and inside(end, location) and not inside(start, location)
        )
        return arriving + _total(
            q
            for (p, start, end), q in self.last_steps.items()
            if p == product
            and any(inside(end, step) for step in steps)
            and not inside(end, location)
            and not inside(start, location)
        )

    def usual_per_day(self, product: int, warehouse: int | None) -> Decimal:
        return self._per_day(self.left_usually, USUAL, product, warehouse)

    def recent_per_day(self, product: int, warehouse: int | None) -> Decimal:
        return self._per_day(self.left_recently, RECENT, product, warehouse)

    def _per_day(self, left: Sums, span: timedelta, product: int, warehouse: int | None) -> Decimal:
        of_site = self.ground.warehouse_of_location
        total = _total(
            q for (p, at), q in left.items() if p == product and of_site(at) == warehouse
        )
        return (total / span.days).quantize(Decimal("0.0001"))


def since(span: timedelta, at: datetime) -> datetime:
    """The first instant of that many whole days of UTC, of which `at` is in the last. Whole days,
    so that what is read does not change from hour to hour where nothing happens."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - span + timedelta(days=1)


def read(odoo: Odoo, ground: Ground, products: Sequence[int], at: datetime) -> Levels:
    mine: list[Any] = ["product_id", "in", list(products)]
    open_moves = [mine, ["state", "in", OPEN_MOVES], ["location_dest_id.usage", "=", "internal"]]
    way = ["product_id", "location_id", "location_dest_id"]
    shelf = [mine, ["location_id.usage", "=", "internal"]]
    return Levels(
        ground=ground,
        quants=_sums(odoo, "stock.quant", shelf, "quantity", way[:2]),
        moving=_sums(odoo, "stock.move", open_moves, "product_qty", way),
        last_steps=_sums(
            odoo, "stock.move", [*open_moves, ["move_dest_ids", "=", False]], "product_qty", way
        ),
        left_usually=_left(odoo, mine, since(USUAL, at)),
        left_recently=_left(odoo, mine, since(RECENT, at)),
    )


def _left(odoo: Odoo, mine: list[Any], start: datetime) -> Sums:
    """What went to customers and into production. What customers sent back is not taken off: it
    says nothing about what the next ones want."""
    domain = [
        mine,
        ["state", "=", "done"],
        ["location_id.usage", "in", ["internal", "transit"]],
        ["location_dest_id.usage", "in", ["customer", "production"]],
        ["date", ">=", to_odoo(start)],
    ]
    by = ["product_id", "location_id", "product_uom"]
    quantities = ["quantity", "product_uom_qty", "product_qty"]
    left: dict[tuple[int, ...], Decimal] = defaultdict(Decimal)
    for ids, (done, demand, real) in groupings.sums(odoo, "stock.move", domain, quantities, by):
        # Only the demand is kept in the product's unit too; it tells what a move's unit is worth.
        left[ids[:2]] += done * real / demand if demand else done
    return left


def _sums(odoo: Odoo, model: str, domain: list[Any], field: str, by: Sequence[str]) -> Sums:
    return {ids: total for ids, (total,) in groupings.sums(odoo, model, domain, [field], by)}


def _reception_steps(ground: Ground, location: int, warehouse: int | None) -> list[int]:
    """Where goods wait on their way into the main location of a warehouse."""
    row = ground.warehouses().get(warehouse or 0, {})
    if many2one(row.get("lot_stock_id")) != location:
        return []
    steps = (many2one(row.get(n)) for n in ("wh_input_stock_loc_id", "wh_qc_stock_loc_id"))
    return [step for step in steps if step]


def _total(quantities: Any) -> Decimal:
    return sum(quantities, Decimal(0))
