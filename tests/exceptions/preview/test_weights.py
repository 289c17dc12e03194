"""Other weights: who would stand where in the queue, worked out by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions import intake, lifecycle, policies
from exceptions.kinds import KINDS
from exceptions.models import Case
from exceptions.preview import preview
from exceptions.preview.weights import BackTest, Load, Moved, back_test
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import Factor, KindCode, Move, Tier
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
USUAL = KINDS[LATE].default_policy


def weighing(value: int, need: int) -> PolicySettings:
    weights = {Factor.VALUE_AT_RISK: value, Factor.NEED_DATE: need}
    return replace(USUAL, weights=weights)


def after(settings: PolicySettings, at: datetime) -> BackTest:
    return back_test(LATE, preview(LATE, settings, at=at), settings, at=at)


def two_cases(tower: Tower, at: datetime) -> tuple[Case, Case]:
    """Dear and hardly late: 100 % of the value, 65 % of the need; cheap and very late: 25 and 100.

    By 60 and 40 they have 60 + 26 = 86 and 15 + 40 = 55 points.
    """
    policies.publish(LATE, weighing(60, 40), at=at)
    hardly, very = at - timedelta(hours=2), at - timedelta(days=8)
    dear = tower.late_case(1, at=at, value=Decimal(60_000), promised_at=hardly, planned_at=hardly)
    cheap = tower.late_case(2, at=at, value=Decimal(500), promised_at=very, planned_at=very)
    return dear, cheap


def test_the_cheap_and_late_overtakes_when_only_time_counts(tower: Tower, at: datetime) -> None:
    dear, cheap = two_cases(tower, at)
    said = after(weighing(20, 80), at)  # 20 + 52 (65 % of 80) = 72 and 5 (25 % of 20) + 80 = 85

    assert [(case.score, case.tier) for case in (dear, cheap)] == [(86, "critical"), (55, "high")]
    # Both move by one; who would stand higher comes first.
    assert said.moved == (
        Moved(
            case=cheap,
            rank=2,
            score=55,
            tier=Tier.HIGH,
            rank_after=1,
            score_after=85,
            tier_after=Tier.CRITICAL,
        ),
        Moved(
            case=dear,
            rank=1,
            score=86,
            tier=Tier.CRITICAL,
            rank_after=2,
            score_after=72,
            tier_after=Tier.HIGH,
        ),
    )
    assert said.loads == (
        Load(tier=Tier.CRITICAL, now=1, after=1),
        Load(tier=Tier.HIGH, now=1, after=1),
        Load(tier=Tier.MEDIUM, now=0, after=0),
        Load(tier=Tier.LOW, now=0, after=0),
    )


def test_the_same_weights_move_nobody(tower: Tower, at: datetime) -> None:
    two_cases(tower, at)
    assert after(weighing(60, 40), at).moved == ()


def test_what_a_supervisor_judged_stays_on_top_of_the_new_weights(
    tower: Tower, at: datetime
) -> None:
    _dear, cheap = two_cases(tower, at)
    said = {"severity": 65, "reason": "The line stops."}  # ten more than the policy gives
    lifecycle.move(cheap.pk, Move.RECLASSIFY, tower.supervisor, at=at, data=said)

    scores = {m.case.pk: m.score_after for m in after(weighing(40, 60), at).moved}
    assert scores[cheap.pk] == 10 + 60 + 10


def test_the_load_counts_what_would_open_and_leaves_out_what_would_clear(
    tower: Tower, at: datetime
) -> None:
    two_cases(tower, at)
    soon = at + timedelta(hours=1)
    intake.take_in([tower.receipt(3, at=at, promised_at=soon, planned_at=soon)], at=at)
    patient = replace(weighing(60, 40), thresholds={"grace_minutes": Decimal(24 * 60)})

    assert [(load.tier, load.now, load.after) for load in after(patient, at).loads] == [
        (Tier.CRITICAL, 1, 0),
        (Tier.HIGH, 1, 1),
        (Tier.MEDIUM, 0, 0),
        (Tier.LOW, 0, 0),
    ]
    later = soon + timedelta(minutes=1)
    usual = {load.tier: load.after for load in after(weighing(60, 40), later).loads}
    # 70 % of 60 and 65 % of 40 for the one that has come due.
    assert (usual[Tier.CRITICAL], usual[Tier.HIGH]) == (1, 2)
