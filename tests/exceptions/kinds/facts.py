"""Facts of each type without a database, for the pure rules."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exceptions.facts import Count, Delivery, Partner, Product, Receipt

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


KEMPTEN = Partner(id=7, name="Kempten Bearings")
VANTAGE = Partner(id=70, name="Vantage Turbines", tier="A")
