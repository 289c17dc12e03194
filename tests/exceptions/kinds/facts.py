"""Facts of each type without a database, for the pure rules."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exceptions.facts import Bill, BillLine, Count, Delivery, OrderLine, Partner, Product, Receipt

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
READ: dict[str, Any] = {
    "connection_id": 1,
    "site_id": 2,
    "model": "source.record",
    "record_id": 3,
    "reference": "REF/3",
    "url": "",
    "read_at": NOON,
    "written_at": NOON,
    "company": "Meridian",
}


def receipt(**said: Any) -> Receipt:
    base = Receipt(**READ, open=True, promised_at=NOON, planned_at=NOON)
    return replace(base, **said)


def delivery(**said: Any) -> Delivery:
    base = Delivery(**READ, open=True, promised_at=NOON, planned_at=NOON)
    return replace(base, **said)


def count(booked: str, found: str, **said: Any) -> Count:
    base = Count(
        **READ,
        product=Product(id=9, name="Linear guide LG-35"),
        location="RTM/Stock",
        counted=True,
        booked_quantity=Decimal(booked),
        counted_quantity=Decimal(found),
        unit_cost=Decimal(10),
        currency="EUR",
    )
    return replace(base, **said)


def order_line(ordered: str, received: str, expected: str | None, **said: Any) -> OrderLine:
    """At 10 EUR a piece, promised for noon."""
    base = OrderLine(
        **READ,
        open=True,
        product=Product(id=9, name="Linear guide LG-35"),
        ordered_quantity=Decimal(ordered),
        received_quantity=Decimal(received),
        expected_quantity=None if expected is None else Decimal(expected),
        unit="Units",
        promised_at=NOON,
        unit_price=Decimal(10),
        currency="EUR",
    )
    return replace(base, **said)


def bill_line(
    billed: str | None, over: str | None, price: str | None, ordered_at: str | None
) -> BillLine:
    quantity, beyond, asked, ordered = (
        None if text is None else Decimal(text) for text in (billed, over, price, ordered_at)
    )
    return BillLine(
        label="Linear guide",
        product=Product(id=9, name="Linear guide LG-35"),
        billed_quantity=quantity,
        over_quantity=beyond,
        billed_price=asked,
        ordered_price=ordered,
    )


def bill(*lines: BillLine, **said: Any) -> Bill:
    """An open bill of 5,000 EUR, due at noon."""
    base = Bill(
        **READ,
        open=True,
        supplier=None,
        supplier_reference=None,
        lines=lines,
        due_at=NOON,
        total=Decimal(5000),
        currency="EUR",
    )
    return replace(base, **said)


KEMPTEN = Partner(id=7, name="Kempten Bearings")
VANTAGE = Partner(id=70, name="Vantage Turbines", tier="A")
