"""When a parcel is in trouble, or silent for too long."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exceptions import score
from exceptions.kinds import carrier_failure
from exceptions.verdicts import Impact
from exceptions.vocabulary import Factor, Trouble
from tests.exceptions.kinds.facts import NOON, VANTAGE, shipment

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
STANDARD = carrier_failure.KIND.default_policy  # silent after 48 h, not picked up after 24 h
FINE = None
SILENT, PICKUP = NOON + 48 * HOUR, NOON + 24 * HOUR


@pytest.mark.parametrize(
    ("said", "at", "what", "recheck_at"),
    [
        # What the carrier says.
        ({"trouble": "lost"}, NOON, "lost", None),
        ({"trouble": "damaged", "status": "exception"}, NOON, "damaged", None),
        ({"trouble": "address"}, NOON, "wrong address", None),
        ({"trouble": "refused"}, NOON, "refused", None),
        ({"trouble": "failed_attempt"}, NOON, "failed attempt", None),
        ({"trouble": "returned"}, NOON, "on its way back", None),
        ({"trouble": "weather"}, NOON, "weather", None),
        ({"trouble": "delayed"}, NOON - 99 * HOUR, "delayed", None),
        ({"trouble": "other"}, NOON, "other", None),
        ({"trouble": "no such word"}, NOON, "other", None),
        ({"status": "exception"}, NOON, "other", None),
        ({"status": "exception", "trouble": "lost", "last_event_at": None}, NOON, "lost", None),
        # Customs are another kind, and delivered is delivered.
        ({"trouble": "customs"}, SILENT + HOUR, FINE, None),
        ({"trouble": "customs", "status": "exception"}, NOON, FINE, None),
        ({"status": "delivered"}, SILENT + HOUR, FINE, None),
        ({"status": "delivered", "trouble": "damaged"}, NOON, FINE, None),
        # Silence.
        ({}, NOON, FINE, SILENT + TICK),
        ({}, SILENT, FINE, SILENT + TICK),
        ({}, SILENT + TICK, "no scan", None),
        ({"status": "out_for_delivery"}, SILENT, FINE, SILENT + TICK),
        ({"status": "out_for_delivery"}, SILENT + TICK, "no scan", None),
        ({"status": "pre_transit"}, PICKUP, FINE, PICKUP + TICK),
        ({"status": "pre_transit"}, PICKUP + TICK, "not picked up", None),
        ({"status": "available_for_pickup"}, NOON + 9999 * HOUR, FINE, None),
        ({"last_event_at": None}, NOON + 9999 * HOUR, FINE, None),
        ({"status": "no such word"}, NOON + 9999 * HOUR, FINE, None),
    ],
)
def test_trouble_and_silence(
    said: dict[str, Any], at: datetime, what: str | None, recheck_at: datetime | None
) -> None:
    verdict = carrier_failure.verdict(shipment(**said), STANDARD, at)
    title = verdict.finding.title if verdict.finding else None

    assert (title, verdict.recheck_at) == (f"1Z99 with DHL: {what}" if what else None, recheck_at)


@pytest.mark.parametrize(
    ("hours", "at", "found"),
    [
        ("0", NOON, False),
        ("0", NOON + TICK, True),
        ("1.5", NOON + 1.5 * HOUR, False),
        ("1.5", NOON + 1.5 * HOUR + TICK, True),
    ],
)
def test_the_policy_says_how_long_silence_lasts(hours: str, at: datetime, found: bool) -> None:
    settings = replace(STANDARD, thresholds=STANDARD.thresholds | {"silent_hours": Decimal(hours)})

    assert (carrier_failure.verdict(shipment(), settings, at).finding is not None) == found


def test_silence_counts_hours_that_pass_not_those_on_the_wall() -> None:
    """Over the end of summer time in Berlin, 48 hours end an hour earlier on the wall."""
    berlin = ZoneInfo("Europe/Berlin")
    scanned = datetime(2026, 10, 24, 12, 0, tzinfo=berlin).astimezone(UTC)

    verdict = carrier_failure.verdict(shipment(last_event_at=scanned), STANDARD, scanned)

    assert verdict.recheck_at is not None
    assert verdict.recheck_at.astimezone(berlin) == datetime(
        2026, 10, 26, 11, 0, 0, 1, tzinfo=berlin
    )


@pytest.mark.parametrize(
    ("said", "title", "subject"),
    [
        ({}, "1Z99 with DHL: lost", "carrier:5"),
        ({"transfer": "WH/OUT/7"}, "WH/OUT/7 with DHL: lost", "carrier:5"),
        ({"carrier": None}, "1Z99: lost", "site:2"),
    ],
)
def test_the_carrier_is_at_fault(said: dict[str, Any], title: str, subject: str) -> None:
    finding = carrier_failure.verdict(shipment(trouble="lost", **said), STANDARD, NOON).finding

    assert finding is not None
    assert (finding.title, finding.subject) == (title, subject)


def test_the_impact_is_what_is_known() -> None:
    said = shipment(
        trouble="lost",
        value=Decimal("12.50"),
        currency="NOK",
        promised_at=NOON + HOUR,
        customer=VANTAGE,
    )
    bare = carrier_failure.verdict(shipment(trouble="lost"), STANDARD, NOON).finding
    rich = carrier_failure.verdict(said, STANDARD, NOON).finding

    assert bare is not None
    assert bare.impact == Impact(trouble=Trouble.LOST)
    assert rich is not None
    assert rich.impact == Impact(
        value=Decimal("12.50"),
        currency="NOK",
        need_at=NOON + HOUR,
        customer_tier="A",
        trouble=Trouble.LOST,
    )


@pytest.mark.parametrize(
    ("trouble", "points"), [("lost", 40), ("damaged", 36), ("address", 24), ("weather", 12)]
)
def test_the_trouble_is_what_weighs_most(trouble: str, points: int) -> None:
    """Of 40 points: 100, 90, 60 and 30 percent."""
    finding = carrier_failure.verdict(shipment(trouble=trouble), STANDARD, NOON).finding
    assert finding is not None
    scored = score.score(finding.impact, STANDARD.weights, recurrence=0, at=NOON)

    assert {c.factor: c.points for c in scored.contributions}[Factor.MILESTONE] == points
    assert scored.total == points
