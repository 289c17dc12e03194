"""Facts as they are stored: nothing is lost, and what counts of them is told apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import facts as facts_module
from exceptions.facts import (
    FACTS_TYPES,
    Bill,
    BillLine,
    Count,
    Delivery,
    Facts,
    Handover,
    Inspection,
    Integration,
    KpiReading,
    OrderLine,
    Partner,
    Person,
    Product,
    Receipt,
    ReorderRule,
    Report,
    Shipment,
    Transfer,
    TransferLine,
)

AT = datetime(2026, 11, 17, 12, 0, 0, 123456, tzinfo=UTC)
PUMP = Product(id=9, name="Pump HP-40", category="All / Pumps")
SUPPLIER = Partner(id=7, name="Kempten Bearings", tier="A")
SOME = Decimal("12.50")
RECORD: dict[str, Any] = {
    "connection_id": 1,
    "site_id": 2,
    "model": "some.model",
    "record_id": 3,
    "reference": "X/1",
    "url": "https://odoo.test/3",
    "read_at": AT,
    "written_at": AT - timedelta(minutes=5),
    "company": "Meridian",
    "responsible": Person(id=4, name="Ada"),
}
LINE = BillLine(
    label="Pump",
    product=PUMP,
    billed_quantity=SOME,
    over_quantity=None,
    billed_price=SOME,
    ordered_price=SOME,
)
MOVE = TransferLine(product=PUMP, demanded=SOME, reserved=SOME, waits_for="PICK/1")

# One of each type that is living, and what is different once it is not.
EACH: list[tuple[Facts, dict[str, Any]]] = [
    (
        Receipt(open=True, promised_at=AT, planned_at=None, products=(PUMP,), **RECORD),
        {"open": False},
    ),
    (
        Delivery(open=True, promised_at=AT, planned_at=AT, customer=SUPPLIER, **RECORD),
        {"open": False},
    ),
    (
        Count(
            product=PUMP,
            location="WH/Stock",
            counted=True,
            booked_quantity=SOME,
            counted_quantity=SOME,
            **RECORD,
        ),
        {"counted": False},
    ),
    (
        OrderLine(
            open=True,
            product=PUMP,
            ordered_quantity=SOME,
            received_quantity=SOME,
            expected_quantity=SOME,
            **RECORD,
        ),
        {"open": False},
    ),
    (
        Bill(open=True, supplier=SUPPLIER, supplier_reference="INV-1", lines=(LINE,), **RECORD),
        {"open": False},
    ),
    (
        Inspection(what="check", failed=True, decided=False, product=PUMP, since=AT, **RECORD),
        {"decided": True},
    ),
    (
        ReorderRule(
            active=True,
            product=PUMP,
            location="WH/Stock",
            minimum=SOME,
            maximum=SOME,
            on_hand=SOME,
            incoming=SOME,
            **RECORD,
        ),
        {"active": False},
    ),
    (
        Transfer(
            open=True, outgoing=True, planned_at=AT, promised_at=None, lines=(MOVE,), **RECORD
        ),
        {"open": False},
    ),
    (Handover(delivered_at=AT, customer=SUPPLIER, returns=("IN/1",), **RECORD), {"settled": True}),
    (
        Shipment(tracking="1Z", carrier=SUPPLIER, status="in_transit", **RECORD),
        {"status": "delivered"},
    ),
    (Integration(fault="silent", thing="source:1", since=AT, **RECORD), {"over": True}),
    (KpiReading(kpi="old", since=AT, said="9", limit="above 5", **RECORD), {"standing": False}),
]
REPORT = Report(kind="customs_hold", summary="Held in Basel", subject="DHL", need_at=AT, **RECORD)
ALL = [facts for facts, _ in EACH] + [REPORT]


def by_type(each: Facts) -> str:
    return type(each).__name__


def test_every_type_is_tried_here() -> None:
    assert {type(facts).__name__ for facts in ALL} == set(FACTS_TYPES)


@pytest.mark.parametrize("facts", ALL, ids=by_type)
def test_nothing_is_lost_by_storing(facts: Facts) -> None:
    name = type(facts).__name__

    assert facts_module.load(name, facts_module.dump(facts)) == facts
    assert facts_module.from_plain(name, facts_module.plain(facts)) == facts


@pytest.mark.parametrize("facts", ALL, ids=by_type)
def test_when_and_how_it_was_read_is_no_news(facts: Facts) -> None:
    again = replace(facts, read_at=AT + timedelta(hours=1), written_at=AT, url="https://other/3")

    assert facts_module.substance(again) == facts_module.substance(facts)


@pytest.mark.parametrize("facts", ALL, ids=by_type)
def test_what_the_record_says_is_news(facts: Facts) -> None:
    moved = replace(facts, reference="X/2")

    assert facts_module.substance(moved) != facts_module.substance(facts)


@pytest.mark.parametrize(("facts", "ended"), EACH, ids=[type(f).__name__ for f, _ in EACH])
def test_what_has_ended_lives_no_more(facts: Facts, ended: dict[str, Any]) -> None:
    assert (facts.living, replace(facts, **ended).living) == (True, False)


def test_a_report_lives_until_people_end_its_case() -> None:
    assert REPORT.living is True
