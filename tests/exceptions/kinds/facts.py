"""Facts of each type without a database, for the pure rules."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exceptions.facts import (
    Count,
    Delivery,
    Handover,
    Partner,
    Product,
    Receipt,
    Shipment,
    Transfer,
)

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


def shipment(**said: Any) -> Shipment:
    base = Shipment(
        **READ,
        tracking="1Z99",
        carrier=Partner(id=5, name="DHL"),
        status="in_transit",
        last_event_at=NOON,
    )
    return replace(base, **said)


def transfer(**said: Any) -> Transfer:
    base = Transfer(
        **READ,
        open=True,
        outgoing=True,
        planned_at=NOON,
        promised_at=None,
        crosses_border=True,
        without_hs_code=(Product(id=9, name="Linear guide LG-35"),),
    )
    return replace(base, **said)


def handover(**said: Any) -> Handover:
    base = Handover(**READ, delivered_at=NOON, customer=None)
    return replace(base, **said)


KEMPTEN = Partner(id=7, name="Kempten Bearings")
VANTAGE = Partner(id=70, name="Vantage Turbines", tier="A")
