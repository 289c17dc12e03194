"""Facts of each type without a database, for the pure rules."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exceptions.facts import (
    Bill,
    BillLine,
    Count,
    Delivery,
    Handover,
    Inspection,
    OrderLine,
    Partner,
    Product,
    Receipt,
    ReorderRule,
    Shipment,
    Transfer,
    TransferLine,
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


def shipment(**said: Any) -> Shipment:
    base = Shipment(
        **READ,
        tracking="1Z99",
        carrier=Partner(id=5, name="DHL"),
        status="in_transit",
        last_event_at=NOON,
    )
    return replace(base, **said)


GUIDE, PUMP = Product(id=9, name="Linear guide LG-35"), Product(id=10, name="Gear pump GP-12")


def line(reserved: str, demanded: str, product: Product = GUIDE, **said: Any) -> TransferLine:
    return TransferLine(
        product=product, demanded=Decimal(demanded), reserved=Decimal(reserved), **said
    )


def transfer(*lines: TransferLine, **said: Any) -> Transfer:
    """An outgoing transfer, planned and promised at noon."""
    base = Transfer(
        **READ, open=True, outgoing=True, planned_at=NOON, promised_at=NOON, lines=lines
    )
    return replace(base, **said)


def reorder_rule(
    on_hand: str, incoming: str = "0", minimum: str = "100", **said: Any
) -> ReorderRule:
    """A rule whose product usually leaves 10 a day, and left 20 a day of late."""
    base = ReorderRule(
        **READ,
        active=True,
        product=GUIDE,
        location="RTM/Stock",
        minimum=Decimal(minimum),
        maximum=Decimal(200),
        on_hand=Decimal(on_hand),
        incoming=Decimal(incoming),
        usual_per_day=Decimal(10),
        recent_per_day=Decimal(20),
        unit_cost=Decimal(3),
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


def exported(**said: Any) -> Transfer:
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


def inspection(**said: Any) -> Inspection:
    """Four pieces that came into the hold location at noon and are undecided."""
    base = Inspection(
        **READ,
        what="hold",
        failed=True,
        decided=False,
        product=GUIDE,
        quantity=Decimal(4),
        unit_cost=Decimal(25),
        currency="EUR",
        location="RTM/Stock/Quality Hold",
        since=NOON,
    )
    return replace(base, **said)


def handover(**said: Any) -> Handover:
    base = Handover(**READ, delivered_at=NOON, customer=None)
    return replace(base, **said)


KEMPTEN = Partner(id=7, name="Kempten Bearings")
VANTAGE = Partner(id=70, name="Vantage Turbines", tier="A")
