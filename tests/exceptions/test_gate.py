"""The gate: what holds a finding back, why and until when."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import gate
from exceptions.facts import Partner, Receipt
from exceptions.gate import Blackout, Held, Seen
from exceptions.verdicts import Impact, Noise, PolicySettings
from exceptions.vocabulary import HeldBy, Rollout
from tests.conftest import NOON
from tests.exceptions.test_thresholds import receipt

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)
WORTH = Impact(value=Decimal(50), currency="EUR")
FLOOR = Noise(below=Decimal(100), times=3, days=30)
STOCKTAKING = Blackout(
    id=5,
    site_id=3,
    connection_id=None,
    partner_id=None,
    ends_at=NOON + HOUR,
    reason="Stocktaking",
)


def held(
    settings: PolicySettings,
    *,
    facts: Receipt | None = None,
    impact: Impact = WORTH,
    blackouts: tuple[Blackout, ...] = (),
    since: timedelta = timedelta(0),
    times: int = 1,
) -> Held | None:
    seen = Seen(since=NOON - since, times=times)
    return gate.held(facts or receipt(), impact, settings, blackouts, seen, NOON)


def test_without_settings_nothing_is_held_back() -> None:
    assert held(PolicySettings()) is None


@pytest.mark.parametrize(
    ("settings", "is_held"),
    [
        ({"rollout": Rollout.OBSERVING}, True),
        ({"rollout": Rollout.ON}, False),
        ({"rollout_at": {3: Rollout.OBSERVING}}, True),
        ({"rollout_at": {4: Rollout.OBSERVING}}, False),
        ({"rollout": Rollout.OBSERVING, "rollout_at": {3: Rollout.ON}}, False),
    ],
)
def test_a_kind_is_tried_out_site_by_site(settings: dict[str, Any], is_held: bool) -> None:
    says = "Being tried out here: it opens no cases yet."
    wanted = Held(by=HeldBy.OBSERVING, says=says) if is_held else None
    assert held(PolicySettings(**settings)) == wanted


@pytest.mark.parametrize(
    ("hold", "since", "until"),
    [
        (0, timedelta(0), None),
        (60, timedelta(0), NOON + HOUR),
        (60, 59 * MINUTE, NOON + MINUTE),
        (60, HOUR - TICK, NOON + TICK),
        (60, HOUR, None),
        (60, HOUR + TICK, None),
    ],
)
def test_a_finding_has_to_last(hold: int, since: timedelta, until: Any) -> None:
    found = held(PolicySettings(hold_minutes=hold), since=since)
    assert (found and found.until) == until
    assert found is None or (found.by, found.says) == (
        HeldBy.HOLD,
        "It has to last 60 minutes before it opens a case.",
    )


@pytest.mark.parametrize(
    ("value", "times", "is_held"),
    [
        (Decimal("99.99"), 1, True),
        (Decimal("99.99"), 2, True),
        (Decimal("99.99"), 3, False),
        (Decimal("99.99"), 4, False),
        (Decimal(100), 1, False),
        (Decimal(0), 1, True),
        (Decimal(-5), 1, True),
        (None, 1, False),  # unknown is not a small value
    ],
)
def test_what_is_below_the_noise_floor_counts_from_the_third_sighting_on(
    value: Decimal | None, times: int, is_held: bool
) -> None:
    found = held(PolicySettings(noise=FLOOR), impact=replace(WORTH, value=value), times=times)
    says = f"Below €100: sighting {times} of 3 within 30 days."
    assert found == (Held(by=HeldBy.NOISE, says=says, until=NOON + DAY) if is_held else None)


def test_the_noise_floor_is_told_in_the_currency_of_the_case() -> None:
    found = held(PolicySettings(noise=FLOOR), impact=replace(WORTH, currency="JPY"))
    assert found is not None
    assert found.says == "Below ¥100: sighting 1 of 3 within 30 days."


@pytest.mark.parametrize(
    ("what", "covers"),
    [
        ({"site_id": 3}, True),
        ({"site_id": 4}, False),
        ({"site_id": None, "connection_id": 1, "partner_id": 7}, True),
        ({"site_id": None, "connection_id": 2, "partner_id": 7}, False),
        ({"site_id": None, "connection_id": 1, "partner_id": 8}, False),
        ({"site_id": 3, "connection_id": 1, "partner_id": 7}, True),
        ({"site_id": 4, "connection_id": 1, "partner_id": 7}, False),
        ({"site_id": 3, "connection_id": 1, "partner_id": 8}, False),
    ],
)
def test_a_blackout_is_about_a_site_a_partner_or_both(what: dict[str, Any], covers: bool) -> None:
    assert replace(STOCKTAKING, **what).covers(receipt()) is covers


def test_facts_without_a_partner_are_in_no_blackout_of_a_partner() -> None:
    strike = replace(STOCKTAKING, site_id=None, connection_id=1, partner_id=7)
    assert not strike.covers(receipt(supplier=None))
    assert strike.covers(receipt(supplier=Partner(id=7, name="Kempten Bearings")))


def test_of_several_blackouts_the_one_that_ends_last_counts() -> None:
    longer = replace(STOCKTAKING, id=4, ends_at=NOON + DAY, reason="Move of the warehouse")
    wanted = Held(by=HeldBy.BLACKOUT, says="Move of the warehouse", until=NOON + DAY, blackout=4)
    assert held(PolicySettings(), blackouts=(STOCKTAKING, longer)) == wanted
    assert held(PolicySettings(), blackouts=(longer, STOCKTAKING)) == wanted


def test_the_first_reason_in_order_is_told() -> None:
    every = PolicySettings(rollout=Rollout.OBSERVING, noise=FLOOR, hold_minutes=60)
    asked = [
        (every, (STOCKTAKING,)),
        (replace(every, rollout=Rollout.ON), (STOCKTAKING,)),
        (replace(every, rollout=Rollout.ON), ()),
        (replace(every, rollout=Rollout.ON, noise=None), ()),
    ]
    told = [held(settings, blackouts=blackouts) for settings, blackouts in asked]

    assert [found.by for found in told if found] == list(HeldBy)
