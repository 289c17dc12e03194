"""What customs hold, and what they will hold."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.facts import Product
from exceptions.kinds import customs_hold
from exceptions.verdicts import Impact
from exceptions.vocabulary import Trouble
from tests.exceptions.kinds.facts import NOON, VANTAGE, exported, shipment

STANDARD = customs_hold.KIND.default_policy
GUIDE, PUMP = Product(id=9, name="Linear guide LG-35"), Product(id=4, name="Pump")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"trouble": "customs"}, True),
        ({"trouble": "customs", "status": "exception"}, True),
        ({"trouble": "customs", "status": "delivered"}, False),
        ({"trouble": "lost"}, False),
        ({"status": "exception"}, False),
        ({}, False),
    ],
)
def test_a_parcel_that_customs_hold(said: dict[str, Any], found: bool) -> None:
    verdict = customs_hold.verdict(shipment(**said), STANDARD, NOON)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, None)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({}, "REF/3: no HS code for Linear guide LG-35"),
        ({"country": "Norway"}, "REF/3 to Norway: no HS code for Linear guide LG-35"),
        (
            {"without_hs_code": (GUIDE, PUMP, Product(id=77, name="Seal"))},
            "REF/3: no HS code for Linear guide LG-35 and 2 more",
        ),
        ({"without_hs_code": ()}, None),
        ({"crosses_border": False}, None),
        ({"crosses_border": None}, None),  # the source does not say
        ({"outgoing": False}, None),
        ({"open": False}, None),
        ({"planned_at": None}, "REF/3: no HS code for Linear guide LG-35"),
    ],
)
def test_a_transfer_that_customs_will_hold(said: dict[str, Any], title: str | None) -> None:
    verdict = customs_hold.verdict(exported(**said), STANDARD, NOON)

    assert (verdict.finding and verdict.finding.title, verdict.recheck_at) == (title, None)


def test_a_held_parcel_is_the_carrier_s_and_a_missing_code_the_product_s() -> None:
    held = customs_hold.verdict(shipment(trouble="customs"), STANDARD, NOON).finding
    missing = customs_hold.verdict(exported(without_hs_code=(GUIDE, PUMP)), STANDARD, NOON).finding

    assert held is not None
    assert missing is not None
    assert (held.subject, missing.subject) == ("carrier:5", "product:4")


def test_the_impact_is_what_is_known() -> None:
    value = {"value": Decimal(300), "currency": "CHF"}
    held = customs_hold.verdict(
        shipment(trouble="customs", customer=VANTAGE, promised_at=NOON, **value), STANDARD, NOON
    ).finding
    planned = customs_hold.verdict(exported(partner=VANTAGE, **value), STANDARD, NOON).finding
    promised = customs_hold.verdict(
        exported(promised_at=NOON + timedelta(days=1)), STANDARD, NOON
    ).finding

    assert held is not None
    assert planned is not None
    assert promised is not None
    known = Impact(value=Decimal(300), currency="CHF", need_at=NOON, customer_tier="A")
    assert planned.impact == known
    assert held.impact == Impact(
        value=Decimal(300),
        currency="CHF",
        need_at=NOON,
        customer_tier="A",
        trouble=Trouble.CUSTOMS,
    )
    assert promised.impact == Impact(need_at=NOON + timedelta(days=1))
