"""What comes from suppliers: transfers, order lines, bills, and goods whose quality is in doubt."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.facts.record import Facts, Partner, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Facts):
    """Goods that a supplier is to bring: one incoming transfer.

    `promised_at` is the date of the order lines, `planned_at` the warehouse's own plan; sources let
    the two disagree. `value` is what is still to come, at order prices.
    """

    open: bool
    promised_at: datetime | None
    planned_at: datetime | None
    done_at: datetime | None = None
    supplier: Partner | None = None
    order_reference: str | None = None
    order_id: int | None = None
    value: Decimal | None = None
    currency: str | None = None
    quantity: Decimal | None = None
    products: tuple[Product, ...] = ()
    urgent: bool = False
    source_state: str = ""

    @property
    def living(self) -> bool:
        return self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine(Facts):
    """One line of a purchase order; quantities are in its `unit`.

    `expected_quantity` is what open transfers still bring (None: it cannot be told in the line's
    unit); where it is 0 and less was received than ordered, somebody closed the line short.
    `unit_price` is the order's, net of discounts and before tax, in `currency`.
    """

    open: bool  # the order is confirmed and not cancelled, and not all of the line has come
    product: Product | None
    ordered_quantity: Decimal
    received_quantity: Decimal
    expected_quantity: Decimal | None
    unit: str = ""
    promised_at: datetime | None = None
    supplier: Partner | None = None
    order_reference: str | None = None
    order_id: int | None = None
    unit_price: Decimal | None = None
    currency: str | None = None

    @property
    def living(self) -> bool:
        return self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill beside the order line that it bills, in the order line's unit.

    `billed_quantity` and `billed_price` are None where the bill's unit cannot be converted into the
    order's. Prices are net of discounts and before tax, in the bill's currency; `ordered_price` is
    None where the order's currency is another. `over_quantity` is what was billed beyond what was
    received, over all bills of the order line, and counts on the newest open one of them; None
    where bills are to follow what was ordered.
    """

    label: str
    product: Product | None
    billed_quantity: Decimal | None
    over_quantity: Decimal | None
    billed_price: Decimal | None
    ordered_price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill(Facts):
    """A supplier's bill. `duplicates` are the supplier's other bills with the same reference, those
    that were cancelled left out. `due_at` is the end of the due date at the site; `total` is what
    the bill asks for, taxes included.
    """

    open: bool  # draft, or posted and not paid
    supplier: Partner | None
    supplier_reference: str | None
    order_references: tuple[str, ...] = ()
    lines: tuple[BillLine, ...] = ()
    duplicates: tuple[str, ...] = ()
    billed_at: datetime | None = None
    due_at: datetime | None = None
    total: Decimal | None = None
    currency: str | None = None
    source_state: str = ""

    @property
    def living(self) -> bool:
        return self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection(Facts):
    """Goods whose quality is in question: a check, an alert, an inspection, or stock set apart.

    `failed` tells that they failed, or lie where nobody may use them; `decided`, that somebody has
    said what becomes of them. `since` is when they failed, or came to lie there.
    """

    what: str  # "check", "alert", "inspection", "hold", or "control" (waits to be inspected)
    failed: bool
    decided: bool
    product: Product | None
    quantity: Decimal | None = None
    unit: str = ""
    unit_cost: Decimal | None = None
    currency: str | None = None
    lot: str | None = None
    location: str | None = None
    supplier: Partner | None = None
    transfer: str | None = None
    since: datetime | None = None
    source_state: str = ""

    @property
    def living(self) -> bool:
        return self.failed and not self.decided
