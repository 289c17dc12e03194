"""Drafts for customers and evidence: only what the facts say, in the site's own time."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exceptions import drafts, intake
from exceptions.models import Case
from tests.making import Tower


def late(tower: Tower, at: datetime, **said: Any) -> Case:
    intake.take_in([tower.delivery(at=at, **said)], at=at)
    return Case.objects.get()


def test_it_names_customer_order_and_promise_in_the_zone_of_the_site(
    tower: Tower, at: datetime
) -> None:
    case = late(tower, at, promised_at=datetime(2026, 7, 1, 15, 30, tzinfo=UTC))

    assert drafts.for_customer(case) == (
        "Draft, to be checked and sent by a person: Dear Vantage Turbines, we are working on "
        "S00001, which was promised for 1 July 2026, 17:30 CEST. "
        "We will write again as soon as the new date is certain."
    )


def test_what_the_facts_do_not_say_is_left_out(tower: Tower, at: datetime) -> None:
    case = late(tower, at, customer=None, promised_at=None)

    assert drafts.for_customer(case, " We are sorry. ") == (
        "Draft, to be checked and sent by a person: Dear customer, We are sorry. "
        "we are working on S00001. We will write again as soon as the new date is certain."
    )


def test_the_evidence_of_a_count_is_the_count(tower: Tower, at: datetime) -> None:
    """20 less than booked, at 150.25 each: 3,005."""
    count = tower.count(
        at=at,
        booked_quantity=Decimal("120.00"),
        counted_quantity=Decimal(100),
        unit_cost=Decimal("150.25"),
        currency="EUR",
        lot="L-7",
    )
    intake.take_in([count], at=at)
    case = Case.objects.get()

    assert drafts.evidence(case) == (
        f"Counted 100 of {count.product.name} in {count.location}, lot L-7; booked 120,"
        f" difference -20 (€3,005 at cost). {case.reason}."
    )


def test_a_count_without_cost_tells_no_worth(tower: Tower, at: datetime) -> None:
    count = tower.count(
        at=at, booked_quantity=Decimal(10), counted_quantity=Decimal("12.5"), unit_cost=None
    )
    intake.take_in([count], at=at)

    said = drafts.evidence(Case.objects.get())
    assert "; booked 10, difference +2.5. " in said


def test_the_evidence_of_a_rule_is_its_cover(tower: Tower, at: datetime) -> None:
    rule = tower.reorder_rule(
        at=at,
        on_hand=Decimal(0),
        incoming=Decimal("0.0"),
        minimum=Decimal(100),
        usual_per_day=Decimal(4),
        recent_per_day=Decimal("20.50"),
    )
    intake.take_in([rule], at=at)
    case = Case.objects.get()

    assert drafts.evidence(case) == (
        f"{rule.product.name} in {rule.location}: 0 on hand, 0 coming, minimum 100,"
        f" used a day: 20.5 lately, usually 4. {case.reason}."
    )


def test_of_other_records_the_reason_is_the_evidence(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)

    assert drafts.evidence(case) == f"{case.reason}."
