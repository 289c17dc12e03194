"""When a transfer cannot be reserved in time."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.facts import Partner, TransferLine
from exceptions.kinds import blocked_transfer as kind
from exceptions.verdicts import Impact
from tests.exceptions.kinds.facts import GUIDE, NOON, PUMP, line, transfer

DAY, TICK = timedelta(hours=24), timedelta(microseconds=1)
STANDARD = kind.KIND.default_policy  # 24 hours before
FULL, SHORT, NONE = line("30", "30"), line("5", "30"), line("0", "30")


@pytest.mark.parametrize(
    ("lines", "said", "at", "found", "recheck_at"),
    [
        ([SHORT], {}, NOON - DAY - TICK, False, NOON - DAY),
        ([SHORT], {}, NOON - DAY, True, None),  # exactly at the threshold
        ([SHORT], {}, NOON - DAY + TICK, True, None),
        ([SHORT], {}, NOON + 99 * DAY, True, None),
        ([NONE], {}, NOON, True, None),
        ([FULL], {}, NOON, False, None),
        ([FULL, SHORT], {}, NOON, True, None),  # one line is enough
        ([line("31", "30")], {}, NOON, False, None),  # more than is needed
        ([line("29.9999", "30")], {}, NOON, True, None),
        ([line("0", "0")], {}, NOON, False, None),
        ([line("0", "-1")], {}, NOON, False, None),
        ([line("-1", "0")], {}, NOON, True, None),  # books gone wrong are a shortage too
        ([], {}, NOON, False, None),
        ([SHORT], {"open": False}, NOON, False, None),
        ([SHORT], {"planned_at": None}, NOON, False, None),
        ([SHORT], {"promised_at": None}, NOON, True, None),
        ([SHORT], {"outgoing": False}, NOON, True, None),
        ([line("0", "5", waits_for="PICK/1")], {}, NOON - 2 * DAY, False, NOON - DAY),
        ([line("0", "5", waits_for="PICK/1")], {}, NOON - DAY, True, None),
    ],
)
def test_blocked_is_what_is_short_near_its_date(
    lines: list[TransferLine],
    said: dict[str, Any],
    at: datetime,
    found: bool,
    recheck_at: datetime | None,
) -> None:
    verdict = kind.verdict(transfer(*lines, **said), STANDARD, at)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, recheck_at)


@pytest.mark.parametrize(("hours", "ahead"), [("0", 0.0), ("1.5", 1.5), ("48", 48.0)])
def test_the_threshold_moves_the_line(hours: str, ahead: float) -> None:
    policy = replace(STANDARD, thresholds={"hours_before": Decimal(hours)})
    from_then = NOON - timedelta(hours=ahead)

    assert kind.verdict(transfer(SHORT), policy, from_then - TICK).recheck_at == from_then
    assert kind.verdict(transfer(SHORT), policy, from_then).finding is not None


def test_hours_are_true_hours_when_the_clocks_change() -> None:
    """25 October 2026 has 25 hours in Amsterdam: a day before 12:00 CET is 13:00 CEST."""
    amsterdam = ZoneInfo("Europe/Amsterdam")
    planned = datetime(2026, 10, 25, 12, 0, tzinfo=amsterdam).astimezone(NOON.tzinfo)
    blocked = datetime(2026, 10, 24, 13, 0, tzinfo=amsterdam)
    facts = transfer(SHORT, planned_at=planned)

    assert kind.verdict(facts, STANDARD, blocked - TICK).recheck_at == blocked
    assert kind.verdict(facts, STANDARD, blocked).finding is not None


@pytest.mark.parametrize(
    ("lines", "title", "subject"),
    [
        ([FULL, SHORT], "REF/3: Linear guide LG-35 lacks 25 of 30", "product:9"),
        (
            [line("1.50", "2E+1", PUMP), SHORT, FULL],
            "REF/3: Gear pump GP-12 lacks 18.5 of 20 (and 1 more)",
            "product:10",
        ),
    ],
)
def test_a_finding_names_what_is_short(lines: list[Any], title: str, subject: str) -> None:
    finding = kind.verdict(transfer(*lines), STANDARD, NOON).finding

    assert finding is not None
    assert (finding.title, finding.subject) == (title, subject)


def test_the_impact_is_what_the_source_says_and_nothing_guessed() -> None:
    said = {
        "value": Decimal("12.50"),
        "currency": "INR",
        "partner": Partner(id=7, name="Vantage Turbines", tier="B"),
        "promised_at": NOON - DAY,
    }
    bare = kind.verdict(transfer(SHORT, promised_at=None), STANDARD, NOON).finding
    rich = kind.verdict(transfer(SHORT, **said), STANDARD, NOON).finding

    assert bare is not None
    assert bare.impact == Impact(need_at=NOON)
    assert rich is not None
    assert rich.impact == Impact(
        value=Decimal("12.50"), currency="INR", need_at=NOON - DAY, customer_tier="B"
    )


QUANTITIES = st.decimals(-100, 100, places=2)


@given(reserved=QUANTITIES, demanded=QUANTITIES, minutes=st.integers(-5000, 5000))
def test_nothing_changes_before_the_recheck(
    reserved: Decimal, demanded: Decimal, minutes: int
) -> None:
    facts = transfer(line(str(reserved), str(demanded), GUIDE))
    at = NOON + timedelta(minutes=minutes)
    verdict = kind.verdict(facts, STANDARD, at)

    if verdict.recheck_at:
        assert verdict.recheck_at > at
        assert kind.verdict(facts, STANDARD, verdict.recheck_at - TICK) == verdict
        assert kind.verdict(facts, STANDARD, verdict.recheck_at).finding is not None
    assert (reserved < demanded) == bool(verdict.finding or verdict.recheck_at)
