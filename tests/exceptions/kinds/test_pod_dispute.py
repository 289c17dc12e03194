"""When what was delivered is disputed."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.kinds import pod_dispute
from exceptions.verdicts import Impact
from tests.exceptions.kinds.facts import NOON, VANTAGE, handover

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
NEVER = pod_dispute.KIND.default_policy
IN_A_DAY = replace(NEVER, thresholds={"proof_hours": Decimal(24)})
LAST = replace(NEVER, thresholds={"proof_hours": pod_dispute.NEVER - 1})
DUE = NOON + 24 * HOUR
BACK = {"returns": ("IN/1",), "open_returns": ("IN/1",)}


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({}, None),
        (BACK, "returned with IN/1"),
        ({"returns": ("IN/1", "IN/2"), "open_returns": ("IN/2",)}, "returned with IN/2"),
        ({"open_returns": ("A", "B", "C", "D")}, "returned with A, B, C"),
        ({"claim": "Two boxes are wet."}, "the customer disputes it"),
        ({"claim": "Two boxes are wet.", **BACK}, "the customer disputes it"),
        ({"returns": ("IN/1",), "settled": True}, None),
        ({"claim": "Two boxes are wet.", "settled": True}, None),
        ({"delivered_at": None, **BACK}, None),
        ({"has_proof": True, **BACK}, "returned with IN/1"),
        ({"claim": ""}, None),
        ({"value": Decimal(0), **BACK}, "returned with IN/1"),
    ],
)
@pytest.mark.parametrize("settings", [NEVER, IN_A_DAY], ids=["never", "in a day"])
def test_a_claim_or_an_open_return_disputes_it(
    said: dict[str, Any], what: str | None, settings: Any
) -> None:
    verdict = pod_dispute.verdict(handover(**said), settings, NOON)
    title = verdict.finding.title if verdict.finding else None

    assert (title, verdict.recheck_at) == (f"REF/3: {what}" if what else None, None)


@pytest.mark.parametrize(
    ("settings", "has_proof", "at", "found", "recheck_at"),
    [
        (IN_A_DAY, False, NOON, False, DUE + TICK),
        (IN_A_DAY, False, DUE, False, DUE + TICK),
        (IN_A_DAY, False, DUE + TICK, True, None),
        (IN_A_DAY, True, DUE + TICK, False, None),
        (IN_A_DAY, None, DUE + TICK, False, None),  # nobody has looked
        (NEVER, False, NOON, False, None),
        (NEVER, False, DUE + 999_999 * HOUR, False, None),
        (LAST, False, NOON, False, NOON + 87_599 * HOUR + TICK),
    ],
)
def test_a_proof_is_asked_for_when_the_policy_does(
    settings: Any, has_proof: bool | None, at: datetime, found: bool, recheck_at: datetime | None
) -> None:
    verdict = pod_dispute.verdict(handover(has_proof=has_proof), settings, at)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, recheck_at)


def test_a_proof_that_is_due_at_once() -> None:
    at_once = replace(NEVER, thresholds={"proof_hours": Decimal(0)})
    unproven = handover(has_proof=False)

    assert pod_dispute.verdict(unproven, at_once, NOON).finding is None
    assert pod_dispute.verdict(unproven, at_once, NOON + TICK).finding is not None


def test_the_customer_is_named_and_what_it_is_about_weighs() -> None:
    said = handover(customer=VANTAGE, value=Decimal("99.90"), currency="USD", **BACK)
    bare = pod_dispute.verdict(handover(**BACK), NEVER, NOON).finding
    rich = pod_dispute.verdict(said, NEVER, NOON).finding

    assert bare is not None
    assert (bare.subject, bare.impact) == ("site:2", Impact())
    assert rich is not None
    assert rich.title == "REF/3 for Vantage Turbines: returned with IN/1"
    assert (rich.subject, rich.impact) == (
        "partner:70",
        Impact(value=Decimal("99.90"), currency="USD", customer_tier="A"),
    )
