"""When a count differs from the books by more than is worth ignoring."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.kinds import inventory_discrepancy as kind
from tests.exceptions.kinds.facts import NOON, count

STANDARD = kind.KIND.default_policy  # 100 in value, or 5 percent


@pytest.mark.parametrize(
    ("booked", "counted", "said", "found"),
    [
        ("100", "100", {}, False),
        ("1000", "991", {}, False),  # 90 in value, 0.9 %
        ("1000", "990", {}, True),  # 100 in value
        ("1000", "1010", {}, True),  # surplus counts as loss does
        ("20", "19", {}, True),  # 5 %
        ("100", "95.01", {"unit_cost": Decimal(1)}, False),  # 4.99 %
        ("100", "95", {"unit_cost": Decimal(1)}, True),
        ("0", "1", {"unit_cost": Decimal("0.01")}, True),  # nothing was booked: all of it
        ("-5", "0", {}, True),  # the books are below zero
        ("-5", "-5", {}, False),
        ("0", "0", {}, False),
        ("100", "0", {}, True),
        ("1000", "990", {"unit_cost": None}, False),  # cost unknown: only the share decides
        ("1000", "950", {"unit_cost": None}, True),
        ("1000", "990", {"unit_cost": Decimal(0)}, False),
        ("1000", "0", {"counted": False}, False),  # nobody has counted
    ],
)
def test_the_variance_counts_by_value_or_by_share(
    booked: str, counted: str, said: dict[str, Any], found: bool
) -> None:
    verdict = kind.verdict(count(booked, counted, **said), STANDARD, NOON)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, None)


@pytest.mark.parametrize(
    ("booked", "counted", "value", "share"),
    [
        ("160", "112", Decimal(480), Decimal("0.3")),
        ("100", "350", Decimal(2500), Decimal(1)),
        ("-5", "0", Decimal(50), Decimal(1)),
        ("0", "3", Decimal(30), Decimal(1)),
    ],
)
def test_what_it_is_worth(booked: str, counted: str, value: Decimal, share: Decimal) -> None:
    finding = kind.verdict(count(booked, counted), STANDARD, NOON).finding

    assert finding is not None
    assert (finding.impact.value, finding.impact.share_of_stock) == (value, share)


def test_a_finding_says_what_was_counted() -> None:
    finding = kind.verdict(count("160.00", "1E+1"), STANDARD, NOON).finding

    assert finding is not None
    assert finding.title == "Linear guide LG-35 in RTM/Stock: counted 10, booked 160"
    assert finding.subject == "product:9"


QUANTITIES = st.decimals(-1000, 1000, places=3)


@given(booked=QUANTITIES, counted=QUANTITIES, cost=st.decimals(0, 1000, places=2) | st.none())
def test_any_count_gets_a_verdict(booked: Decimal, counted: Decimal, cost: Decimal | None) -> None:
    facts = count(str(booked), str(counted), unit_cost=cost)

    assert 0 <= kind.variance_share(facts) <= 1
    assert (kind.verdict(facts, STANDARD, NOON).finding is None) or booked != counted
