"""When a receipt is late."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.kinds import late_inbound
from exceptions.verdicts import Impact
from tests.exceptions.kinds.facts import KEMPTEN, NOON, receipt

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
STANDARD = late_inbound.KIND.default_policy
GRACE = replace(STANDARD, thresholds={"grace_minutes": Decimal("90.5")})
AFTER_GRACE = NOON + timedelta(minutes=90.5)


@pytest.mark.parametrize(
    ("said", "at", "late", "recheck_at"),
    [
        ({}, NOON - HOUR, False, NOON + TICK),
        ({}, NOON, False, NOON + TICK),
        ({}, NOON + TICK, True, None),
        ({"open": False}, NOON + HOUR, False, None),
        ({"promised_at": None}, NOON + TICK, True, None),
        ({"planned_at": None}, NOON + TICK, True, None),
        ({"promised_at": None, "planned_at": None}, NOON + HOUR, False, None),
        ({"planned_at": NOON + 5 * HOUR}, NOON + HOUR, False, NOON + 5 * HOUR + TICK),
        ({"promised_at": NOON + 5 * HOUR}, NOON + HOUR, False, NOON + 5 * HOUR + TICK),
        ({"planned_at": NOON - 5 * HOUR}, NOON, False, NOON + TICK),
        ({"value": Decimal(0), "quantity": Decimal(0)}, NOON + TICK, True, None),
        ({"value": Decimal(-5), "quantity": Decimal(-1)}, NOON + TICK, True, None),
    ],
)
def test_late_is_when_both_dates_have_passed(
    said: dict[str, Any], at: datetime, late: bool, recheck_at: datetime | None
) -> None:
    verdict = late_inbound.verdict(receipt(**said), STANDARD, at)

    assert (verdict.finding is not None, verdict.recheck_at) == (late, recheck_at)


@pytest.mark.parametrize(
    ("at", "late", "recheck_at"),
    [
        (AFTER_GRACE, False, AFTER_GRACE + TICK),
        (AFTER_GRACE + TICK, True, None),
    ],
)
def test_grace_moves_the_line(at: datetime, late: bool, recheck_at: datetime | None) -> None:
    verdict = late_inbound.verdict(receipt(), GRACE, at)

    assert (verdict.finding is not None, verdict.recheck_at) == (late, recheck_at)


@pytest.mark.parametrize(
    ("said", "title", "subject"),
    [
        ({}, "REF/3 is late", "site:2"),
        ({"order_reference": "P7"}, "P7 is late", "site:2"),
        ({"supplier": KEMPTEN}, "REF/3 from Kempten Bearings is late", "partner:7"),
    ],
)
def test_a_finding_names_what_and_who(said: dict[str, Any], title: str, subject: str) -> None:
    finding = late_inbound.verdict(receipt(**said), STANDARD, NOON + HOUR).finding

    assert finding is not None
    assert (finding.title, finding.subject) == (title, subject)


def test_the_impact_is_what_the_source_says_and_nothing_guessed() -> None:
    said = receipt(value=Decimal("12.50"), currency="EUR", planned_at=NOON - HOUR)
    bare = late_inbound.verdict(receipt(), STANDARD, NOON + HOUR).finding
    rich = late_inbound.verdict(said, STANDARD, NOON + HOUR).finding

    assert bare is not None
    assert bare.impact == Impact(need_at=NOON)
    assert rich is not None
    assert rich.impact == Impact(value=Decimal("12.50"), currency="EUR", need_at=NOON)
