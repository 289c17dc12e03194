"""When goods whose quality is in question wait too long for a decision."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.kinds import quality_hold as kind
from exceptions.verdicts import Impact
from tests.exceptions.kinds.facts import KEMPTEN, NOON, inspection

GRACE, TICK = timedelta(hours=4), timedelta(microseconds=1)
STANDARD = kind.KIND.default_policy


@pytest.mark.parametrize(
    ("said", "at", "found", "recheck_at"),
    [
        ({}, NOON, False, NOON + GRACE + TICK),
        ({}, NOON + GRACE, False, NOON + GRACE + TICK),  # not yet longer than the grace
        ({}, NOON + GRACE + TICK, True, None),
        ({"since": None}, NOON, True, None),
        ({"failed": False}, NOON + 2 * GRACE, False, None),
        ({"decided": True}, NOON + 2 * GRACE, False, None),
        ({"failed": False, "since": None}, NOON, False, None),
        ({"quantity": Decimal(0)}, NOON + 2 * GRACE, True, None),
        ({"quantity": None, "product": None}, NOON + 2 * GRACE, True, None),
        ({"quantity": Decimal(-4)}, NOON + 2 * GRACE, True, None),
        ({"what": "control"}, NOON + GRACE, False, NOON + GRACE + TICK),
        ({"what": "control"}, NOON + GRACE + TICK, True, None),
    ],
)
def test_undecided_for_longer_than_the_grace(
    said: dict[str, Any], at: datetime, found: bool, recheck_at: datetime | None
) -> None:
    verdict = kind.verdict(inspection(**said), STANDARD, at)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, recheck_at)


def test_grace_moves_the_line() -> None:
    policy = replace(STANDARD, thresholds={"grace_hours": Decimal("0.5")})
    half_past = NOON + timedelta(minutes=30)

    assert kind.verdict(inspection(), policy, half_past).recheck_at == half_past + TICK
    assert kind.verdict(inspection(), policy, half_past + TICK).finding is not None


@pytest.mark.parametrize(
    ("said", "title", "subject"),
    [
        ({}, "4 Linear guide LG-35 on hold in RTM/Stock/Quality Hold", "product:9"),
        (
            {"what": "control", "location": "RTM/Quality Control", "unit": "Units"},
            "4 Units Linear guide LG-35 waits for quality control in RTM/Quality Control",
            "product:9",
        ),
        (
            {"what": "check", "quantity": None, "supplier": KEMPTEN},
            "Linear guide LG-35 from Kempten Bearings failed: REF/3",
            "partner:7",
        ),
        ({"what": "alert", "quantity": None, "product": None}, "REF/3 failed: REF/3", "site:2"),
    ],
)
def test_a_finding_names_the_goods_and_whose_they_are(
    said: dict[str, Any], title: str, subject: str
) -> None:
    finding = kind.verdict(inspection(**said), STANDARD, NOON + 2 * GRACE).finding

    assert finding is not None
    assert (finding.title, finding.subject) == (title, subject)


@pytest.mark.parametrize(
    ("said", "impact"),
    [
        ({}, Impact(value=Decimal(100), currency="EUR", quality_failed=True)),
        (
            {"currency": "INR", "quantity": Decimal("1.5"), "unit_cost": Decimal("0.333")},
            Impact(value=Decimal("0.50"), currency="INR", quality_failed=True),
        ),
        ({"unit_cost": None}, Impact(currency="EUR", quality_failed=True)),
        ({"quantity": None}, Impact(currency="EUR", quality_failed=True)),
        ({"what": "control"}, Impact(value=Decimal(100), currency="EUR", quality_failed=None)),
    ],
)
def test_the_impact_is_value_at_cost_and_that_they_failed(
    said: dict[str, Any], impact: Impact
) -> None:
    finding = kind.verdict(inspection(**said), STANDARD, NOON + 2 * GRACE).finding

    assert finding is not None
    assert finding.impact == impact
