"""What a disruption puts at risk: goods once, currencies apart."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from exceptions import grouping, intake, lifecycle
from exceptions.facts import Facts
from exceptions.models import Case
from exceptions.queries.grouped import at_risk, grouped
from exceptions.vocabulary import Move, Outcome
from tests.making import Tower

EUR, USD = "EUR", "USD"


def found(tower: Tower, at: datetime, *said: Facts) -> list[Case]:
    intake.take_in(said, at=at)
    return list(Case.objects.select_related("document").order_by("pk"))


def sums(tower: Tower, at: datetime, *said: Facts) -> list[tuple[str, int]]:
    return [(currency, int(value)) for currency, value in at_risk(found(tower, at, *said))]


def test_different_goods_add_up_and_currencies_stay_apart(tower: Tower, at: datetime) -> None:
    """10,000 + 10,000 EUR of two receipts, 700 USD of a third."""
    dollars = tower.receipt(3, at=at, value=Decimal(700), currency=USD)

    assert sums(tower, at, tower.receipt(1, at=at), tower.receipt(2, at=at), dollars) == [
        (EUR, 20_000),
        (USD, 700),
    ]


def test_two_receipts_of_one_order_are_different_goods(tower: Tower, at: datetime) -> None:
    receipts = [tower.receipt(n, at=at, order_reference="P00012") for n in (1, 2)]

    assert sums(tower, at, *receipts) == [(EUR, 20_000)]


@pytest.mark.parametrize(("value", "expected"), [(10_000, 10_000), (100, 580)])
def test_receipt_and_order_line_show_the_same_goods(
    tower: Tower, at: datetime, value: int, expected: int
) -> None:
    """The line still misses 40 at 14.50 = 580 EUR: the larger of both views counts."""
    receipt = tower.receipt(1, at=at, value=Decimal(value))

    assert sums(tower, at, receipt, tower.order_line(1, at=at)) == [(EUR, expected)]


def test_of_several_views_each_is_summed_before_they_are_compared(
    tower: Tower, at: datetime
) -> None:
    """Two lines miss 580 EUR each = 1,160; one receipt brings 600 of them."""
    lines = [tower.order_line(n, at=at, order_reference="P00012") for n in (1, 2)]
    receipt = tower.receipt(1, at=at, order_reference="P00012", value=Decimal(600))

    assert sums(tower, at, receipt, *lines) == [(EUR, 1_160)]


def test_the_same_order_number_in_another_company_is_another_order(
    tower: Tower, at: datetime
) -> None:
    line = tower.order_line(1, at=at, company="Meridian US")

    assert sums(tower, at, tower.receipt(1, at=at), line) == [(EUR, 10_580)]


def test_a_sale_its_transfer_and_its_parcel_show_the_same_goods(tower: Tower, at: datetime) -> None:
    """A sale of 5,000 EUR, whose transfer misses 6,000 at cost, in a parcel of 750."""
    said = (
        tower.delivery(1, at=at),
        tower.transfer(1, at=at, order_reference="S00001"),
        tower.shipment(1, at=at),
    )

    assert sums(tower, at, *said) == [(EUR, 6_000)]


def test_the_parcel_of_another_transfer_is_other_goods(tower: Tower, at: datetime) -> None:
    assert sums(tower, at, tower.delivery(1, at=at), tower.shipment(2, at=at)) == [(EUR, 5_750)]


def test_a_bill_is_money_beside_the_goods(tower: Tower, at: datetime) -> None:
    cases = found(tower, at, tower.receipt(1, at=at), tower.bill(1, at=at))
    (bill,) = (case.value_at_risk for case in cases if case.kind == "invoice_mismatch")
    assert bill

    assert at_risk(cases) == [(EUR, Decimal(10_000) + bill)]


def test_unknown_and_ended_count_nothing(tower: Tower, at: datetime) -> None:
    unknown = tower.receipt(2, at=at, value=None)
    cases = found(tower, at, tower.receipt(1, at=at), unknown)
    dismissed = {"outcome": Outcome.FALSE_POSITIVE, "reason": "A typo."}
    lifecycle.move(cases[0].pk, Move.DISMISS, tower.supervisor, at=at, data=dismissed)

    assert at_risk(Case.objects.all()) == []
    assert at_risk([]) == []


def test_what_a_reader_sees_of_a_disruption(tower: Tower, at: datetime) -> None:
    boss = tower.actor("lead.rtm")
    elsewhere = tower.receipt(3, at=at, site_id=tower.other_site.pk)
    first, second, third = found(tower, at, *(tower.receipt(n, at=at) for n in (1, 2)), elsewhere)
    grouping.attach(second.pk, first.pk, boss, at=at)
    Case.objects.filter(pk=third.pk).update(parent=first)

    def seen(case: Case, who: str) -> dict[str, Any]:
        told = grouped(Case.objects.select_related("document").get(pk=case.pk), tower.actor(who))
        return {
            "parent": told.parent,
            "children": told.children,
            "hidden": told.hidden,
            "at_risk": told.at_risk,
        }

    assert seen(first, "lead.rtm") == {
        "parent": None,
        "children": [second],
        "hidden": True,
        "at_risk": [(EUR, Decimal(20_000))],
    }
    assert seen(second, "lead.rtm")["parent"] == first
    assert seen(third, "lead.chi")["parent"] is None
    asked = grouped(first, boss).asked
    assert list(asked.apply(Case.objects.order_by("pk"), at=at)) == [first, second, third]
