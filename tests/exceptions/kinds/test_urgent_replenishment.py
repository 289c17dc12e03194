"""When stock runs out faster than it is filled up."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.kinds import urgent_replenishment as kind
from exceptions.verdicts import Impact
from tests.exceptions.kinds.facts import NOON, reorder_rule

STANDARD = kind.KIND.default_policy  # less than 7 days of cover, 150 percent of the usual demand
NO_DEMAND: dict[str, Any] = {"usual_per_day": Decimal(0), "recent_per_day": Decimal(0)}
UNKNOWN: dict[str, Any] = {"usual_per_day": None, "recent_per_day": None}


@pytest.mark.parametrize(
    ("on_hand", "incoming", "said", "found"),
    [
        ("69.99", "0", {}, True),  # 6.999 days at 10 a day
        ("70", "0", {}, False),  # exactly 7 days are cover enough
        ("40", "59.99", {}, True),  # 99.99 is below 100
        ("40", "60", {}, False),  # exactly the minimum
        ("40", "0", {"recent_per_day": Decimal(15)}, True),  # exactly 150 %
        ("40", "0", {"recent_per_day": Decimal("14.9999")}, False),
        ("40", "0", {"recent_per_day": Decimal(0)}, False),
        ("40", "0", {"recent_per_day": None}, False),
        ("40", "0", {"usual_per_day": None}, False),  # new: nobody knows what is usual
        ("40", "0", UNKNOWN, False),
        ("40", "0", NO_DEMAND, False),
        ("40", "0", {"usual_per_day": Decimal(-10)}, False),  # more came back than left
        ("0", "0", {"recent_per_day": Decimal(1)}, True),  # nothing left, and it is wanted
        ("0", "0", {"recent_per_day": Decimal(0)}, True),  # wanted in the last 90 days
        ("0", "0", {"usual_per_day": None}, True),  # new, and wanted of late
        ("0", "0", UNKNOWN, False),
        ("0", "0", NO_DEMAND, False),
        ("0", "99", {}, True),
        ("0", "100", {}, False),  # enough is on its way
        ("-5", "0", {"recent_per_day": Decimal(0)}, True),
        ("-5", "105", {}, False),
        ("0", "0", {"minimum": Decimal(0)}, False),
        ("-1", "0", {"minimum": Decimal(0)}, True),
        ("0", "0", {"active": False}, False),  # archived or snoozed
    ],
)
def test_urgent_is_below_the_minimum_with_little_cover_and_more_demand(
    on_hand: str, incoming: str, said: dict[str, Any], found: bool
) -> None:
    verdict = kind.verdict(reorder_rule(on_hand, incoming, **said), STANDARD, NOON)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, None)


@pytest.mark.parametrize(
    ("cover", "spike", "found"),
    [("4", "150", False), ("4.01", "150", True), ("7", "200", True), ("7", "200.01", False)],
)
def test_thresholds_move_the_line(cover: str, spike: str, found: bool) -> None:
    """40 on hand at 10 a day last 4 days; 20 a day are 200 percent."""
    thresholds = {"least_cover_days": Decimal(cover), "spike_percent": Decimal(spike)}
    policy = replace(STANDARD, thresholds=thresholds)

    assert (kind.verdict(reorder_rule("40"), policy, NOON).finding is not None) is found


@pytest.mark.parametrize(
    ("on_hand", "usual", "cover"),
    [
        ("40", "10", Decimal(4)),
        ("0", "10", Decimal(0)),
        ("-3", None, Decimal(0)),
        ("40", None, None),
        ("40", "0", None),
        ("1", "8", Decimal("0.125")),
    ],
)
def test_cover_is_stock_over_usual_demand(
    on_hand: str, usual: str | None, cover: Decimal | None
) -> None:
    facts = reorder_rule(on_hand, usual_per_day=None if usual is None else Decimal(usual))

    assert kind.cover_days(facts) == cover


def test_a_finding_says_what_is_there_and_what_is_coming() -> None:
    finding = kind.verdict(reorder_rule("4E+1", "12.50"), STANDARD, NOON).finding

    assert finding is not None
    assert finding.title == (
        "Linear guide LG-35 in RTM/Stock: 40 on hand, 12.5 coming, minimum 100"
    )
    assert finding.subject == "product:9"
    # 100 - 40 - 12.5 = 47.5 pieces at 3 EUR
    assert finding.impact == Impact(value=Decimal("142.50"), currency="EUR", cover_days=Decimal(4))


def test_an_unknown_cost_stays_unknown() -> None:
    finding = kind.verdict(reorder_rule("40", unit_cost=None), STANDARD, NOON).finding

    assert finding is not None
    assert finding.impact.value is None


QUANTITIES = st.decimals(-1000, 1000, places=3)


@given(
    on_hand=QUANTITIES,
    incoming=QUANTITIES,
    minimum=QUANTITIES,
    usual=QUANTITIES | st.none(),
    recent=QUANTITIES | st.none(),
)
def test_any_rule_gets_a_verdict_that_does_not_age(
    on_hand: Decimal, incoming: Decimal, minimum: Decimal, usual: Any, recent: Any
) -> None:
    facts = reorder_rule(
        str(on_hand), str(incoming), str(minimum), usual_per_day=usual, recent_per_day=recent
    )
    verdict = kind.verdict(facts, STANDARD, NOON)

    assert verdict == kind.verdict(facts, STANDARD, NOON + timedelta(days=9999))
    assert verdict.finding is None or on_hand + incoming < minimum
