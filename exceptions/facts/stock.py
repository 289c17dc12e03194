"""What lies in the warehouse: counts, and the rules by which it is filled up."""

from dataclasses import dataclass
from datetime import date
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

    Demand is what left for customers and production, in whole days of UTC that end with today:
    `usual_per_day` over 90 days (None for a product that is newer), `recent_per_day` over 7.
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
    order_by: date | None = None  # latest day to order, where the source says

    @property
    def living(self) -> bool:
        return self.active
