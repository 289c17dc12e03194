"""What lies in the warehouse: counts, and the rules by which it is filled up."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.facts.record import Facts, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Facts):
    """A stock count that was entered but not yet applied, beside what the books say."""

    product: Product
    location: str
    counted: bool  # a count stands and waits to be applied
    booked_quantity: Decimal
    counted_quantity: Decimal
    unit_cost: Decimal | None = None
    currency: str | None = None
    lot: str | None = None

    @property
    def living(self) -> bool:
        return self.counted


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderRule(Facts):
    """A reordering rule beside stock and demand; quantities are in the product's unit.

    Demand is what left for customers and production: `usual_per_day` over the last 90 days,
    `recent_per_day` over the last 7.
    """

    active: bool  # not archived, and not snoozed
    product: Product
    location: str
    minimum: Decimal
    maximum: Decimal
    on_hand: Decimal
    incoming: Decimal
    usual_per_day: Decimal | None = None
    recent_per_day: Decimal | None = None
    unit: str = ""
    unit_cost: Decimal | None = None
    currency: str | None = None
    order_by: datetime | None = None  # latest instant to order, where the source says

    @property
    def living(self) -> bool:
        return self.active
