"""When a delivery misses its promise, or will."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.kinds import delivery_delay
from tests.exceptions.kinds.facts import NOON, VANTAGE, delivery

HOUR, MINUTE, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)
STANDARD = delivery_delay.KIND.default_policy
LATE, WILL_BE, FINE = "is late", "is planned after its promise", None


@pytest.mark.parametrize(
    ("said", "at", "what", "recheck_at"),
    [
        ({}, NOON, FINE, NOON + TICK),
        ({}, NOON + TICK, LATE, None),
        ({"open": False}, NOON + HOUR, FINE, None),
        ({"promised_at": None, "planned_at": None}, NOON + HOUR, FINE, None),
        ({"promised_at": None}, NOON, FINE, NOON + TICK),
        ({"promised_at": None}, NOON + TICK, LATE, None),
        ({"planned_at": None}, NOON - HOUR, FINE, NOON + TICK),
        ({"planned_at": NOON + HOUR}, NOON - HOUR, FINE, NOON + TICK),
        ({"planned_at": NOON + HOUR + TICK}, NOON - HOUR, WILL_BE, NOON + TICK),
        ({"planned_at": NOON + 9 * HOUR}, NOON + TICK, LATE, None),
        ({"planned_at": NOON - 9 * HOUR}, NOON - HOUR, FINE, NOON + TICK),
        ({"value": Decimal(-1)}, NOON + TICK, LATE, None),
    ],
)
def test_a_promise_is_missed_or_will_be(
    said: dict[str, Any], at: datetime, what: str | None, recheck_at: datetime | None
) -> None:
    verdict = delivery_delay.verdict(delivery(**said), STANDARD, at)
    title = verdict.finding.title if verdict.finding else None

    assert (title, verdict.recheck_at) == (f"REF/3 {what}" if what else None, recheck_at)


@pytest.mark.parametrize(
    ("said", "late_plan"),
    [
        ({"planned_at": NOON + 2 * HOUR}, True),
        ({"planned_at": NOON}, False),
        ({"planned_at": None}, False),
    ],
)
def test_whether_the_plan_itself_is_late(said: dict[str, Any], late_plan: bool) -> None:
    finding = delivery_delay.verdict(delivery(**said), STANDARD, NOON + HOUR).finding

    assert finding is not None
    assert finding.impact.late_plan == late_plan


def test_a_customer_is_named_and_their_tier_counts() -> None:
    finding = delivery_delay.verdict(delivery(customer=VANTAGE), STANDARD, NOON + HOUR).finding

    assert finding is not None
    assert finding.title == "REF/3 for Vantage Turbines is late"
    assert (finding.subject, finding.impact.customer_tier) == ("partner:70", "A")
