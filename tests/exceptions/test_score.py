"""Severity: what the points are, that they add up, and when they change."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions import score
from exceptions.kinds import KINDS
from exceptions.score import Contribution, Score
from exceptions.verdicts import Impact
from exceptions.vocabulary import Factor, Fault, Tier

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)

# One factor at a time, with a weight of 100, so that points are the percentage.
GOLDEN: list[tuple[Factor, dict[str, Any], int, str]] = [
    (Factor.VALUE_AT_RISK, {}, 0, "unknown, so it counts 0"),
    (Factor.VALUE_AT_RISK, {"value": Decimal(0)}, 0, "0 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal("0.99")}, 0, "1 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal(1)}, 10, "1 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal("499.99")}, 10, "500 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal(500)}, 25, "500 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal(2_000)}, 40, "2,000 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal(5_000)}, 55, "5,000 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal("9999.99")}, 55, "10,000 at risk"),
    (
        Factor.VALUE_AT_RISK,
        {"value": Decimal(10_000), "currency": "EUR"},
        70,
        "€10,000 at risk",
    ),
    (Factor.VALUE_AT_RISK, {"value": Decimal(25_000)}, 85, "25,000 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal(10**12)}, 100, "1,000,000,000,000 at risk"),
    (Factor.VALUE_AT_RISK, {"value": Decimal(-5_000)}, 0, "-5,000 at risk"),
    (Factor.NEED_DATE, {}, 0, "unknown, so it counts 0"),
    (
        Factor.NEED_DATE,
        {"need_at": NOON + 48 * HOUR + TICK},
        0,
        "need date 2 days away or more",
    ),
    (Factor.NEED_DATE, {"need_at": NOON + 48 * HOUR}, 20, "need date less than 2 days away"),
    (Factor.NEED_DATE, {"need_at": NOON + 24 * HOUR}, 35, "need date less than a day away"),
    (Factor.NEED_DATE, {"need_at": NOON + 8 * HOUR}, 50, "need date less than 8 hours away"),
    (Factor.NEED_DATE, {"need_at": NOON + TICK}, 50, "need date less than 8 hours away"),
    (Factor.NEED_DATE, {"need_at": NOON}, 65, "need date past by less than a day"),
    (Factor.NEED_DATE, {"need_at": NOON - 24 * HOUR}, 80, "need date past by a day or more"),
    (Factor.NEED_DATE, {"need_at": NOON - 72 * HOUR}, 90, "need date past by 3 days or more"),
    (
        Factor.NEED_DATE,
        {"need_at": NOON - 168 * HOUR},
        100,
        "need date past by a week or more",
    ),
    (Factor.CUSTOMER_TIER, {}, 0, "unknown, so it counts 0"),
    (Factor.CUSTOMER_TIER, {"customer_tier": "A"}, 100, "customer tier A"),
    (Factor.CUSTOMER_TIER, {"customer_tier": "B"}, 50, "customer tier B"),
    (Factor.CUSTOMER_TIER, {"customer_tier": "C"}, 10, "customer tier C"),
    (Factor.CUSTOMER_TIER, {"customer_tier": "Z"}, 0, "customer tier Z"),
    (Factor.STOCK_COVER, {}, 0, "unknown, so it counts 0"),
    (Factor.STOCK_COVER, {"cover_days": Decimal(1)}, 100, "1.0 days of stock cover"),
    (Factor.STOCK_COVER, {"cover_days": Decimal("1.01")}, 70, "1.0 days of stock cover"),
    (Factor.STOCK_COVER, {"cover_days": Decimal(7)}, 35, "7.0 days of stock cover"),
    (Factor.STOCK_COVER, {"cover_days": Decimal(8)}, 0, "8.0 days of stock cover"),
    (
        Factor.STOCK_COVER,
        {"share_of_stock": Decimal("0.3")},
        30,
        "30 % of the booked stock in doubt",
    ),
    (Factor.QUALITY_STATUS, {}, 0, "unknown, so it counts 0"),
    (Factor.QUALITY_STATUS, {"quality_failed": True}, 100, "failed inspection"),
    (Factor.QUALITY_STATUS, {"quality_failed": False}, 0, "passed inspection"),
    (Factor.MILESTONE, {}, 0, "unknown, so it counts 0"),
    (Factor.MILESTONE, {"late_plan": True}, 100, "planned after the promise"),
    (Factor.MILESTONE, {"late_plan": False}, 0, "planned in time"),
    (Factor.INTEGRATION, {}, 0, "unknown, so it counts 0"),
    (Factor.INTEGRATION, {"fault": Fault.UNREACHABLE}, 100, "integration: does not answer"),
    (Factor.INTEGRATION, {"fault": Fault.SILENT}, 60, "integration: silent for too long"),
    (Factor.KPI, {}, 0, "unknown, so it counts 0"),
    (Factor.KPI, {"excess": Decimal("0.19")}, 30, "beyond its threshold by 19 % of it"),
    (Factor.KPI, {"excess": Decimal("0.2")}, 50, "beyond its threshold by 20 % of it"),
    (Factor.KPI, {"excess": Decimal("0.5")}, 75, "beyond its threshold by 50 % of it"),
    (Factor.KPI, {"excess": Decimal(3)}, 100, "beyond its threshold by 300 % of it"),
    (Factor.SUBSTITUTE, {}, 0, "unknown, so it counts 0"),
    (Factor.SUBSTITUTE, {"substitute": True}, 100, "a substitute is in stock"),
    (Factor.SUBSTITUTE, {"substitute": False}, 0, "no substitute in stock"),
]


@pytest.mark.parametrize(("factor", "said", "points", "because"), GOLDEN)
def test_the_points_of_each_factor(
    factor: Factor, said: dict[str, Any], points: int, because: str
) -> None:
    result = score.score(Impact(**said), {factor: 100}, recurrence=0, at=NOON)

    assert result.contributions == (Contribution(factor=factor, points=points, because=because),)


@pytest.mark.parametrize(
    ("times", "points", "because"),
    [
        (0, 0, "first time in the window"),
        (1, 40, "happened once before"),
        (2, 70, "happened 2 times before"),
        (3, 70, "happened 3 times before"),
        (4, 100, "happened 4 times before"),
        (400, 100, "happened 400 times before"),
    ],
)
def test_the_points_of_recurrence(times: int, points: int, because: str) -> None:
    (told,) = score.score(
        Impact(), {Factor.RECURRENCE: 100}, recurrence=times, at=NOON
    ).contributions

    assert (told.points, told.because) == (points, because)


@pytest.mark.parametrize(
    ("total", "tier"),
    [
        (0, Tier.LOW),
        (24, Tier.LOW),
        (25, Tier.MEDIUM),
        (49, Tier.MEDIUM),
        (50, Tier.HIGH),
        (74, Tier.HIGH),
        (75, Tier.CRITICAL),
        (100, Tier.CRITICAL),
    ],
)
def test_the_tiers(total: int, tier: Tier) -> None:
    assert score.tier_of(total) == tier


@pytest.mark.parametrize(
    ("weight", "percent", "points"),
    [(10, 55, 6), (10, 54, 5), (25, 50, 13), (-10, 55, -6), (0, 100, 0), (40, 100, 40)],
)
def test_halves_round_away_from_zero(weight: int, percent: int, points: int) -> None:
    assert score.points_of(weight, percent) == points


def test_a_substitute_takes_away_no_more_than_there_is() -> None:
    weights = {Factor.MILESTONE: 4, Factor.SUBSTITUTE: -10}
    result = score.score(Impact(late_plan=True, substitute=True), weights, recurrence=0, at=NOON)

    assert [c.points for c in result.contributions] == [4, -4]
    assert result.total == 0


def test_a_judgement_stands_on_what_the_policy_gave() -> None:
    late, later = (
        Contribution(factor=Factor.NEED_DATE, points=points, because="late") for points in (30, 60)
    )
    base, fresh = Score(contributions=(late,)), Score(contributions=(later,))
    judged = score.with_judgement(base, wanted=80, because="lead: the line stands")
    fresh = Score(
        contributions=(Contribution(factor=Factor.NEED_DATE, points=60, because="later"),)
    )

    assert [c.points for c in judged.contributions] == [30, 50]
    assert score.with_judgement(judged, wanted=10, because="no").total == 10
    assert score.keeping_judgement(fresh, judged.contributions).total == 100
    assert score.keeping_judgement(fresh, base.contributions) == fresh


def test_the_headline_tells_the_weightiest_reasons() -> None:
    points = [(Factor.NEED_DATE, 5), (Factor.SUBSTITUTE, -20), (Factor.RECURRENCE, 0)]
    told = tuple(Contribution(factor=f, points=p, because=str(f)) for f, p in points)

    assert score.headline(Score(contributions=told)) == "substitute, need_date"
    assert score.headline(Score(contributions=())) == "unknown, so it counts 0"


# -- For any facts -----------------------------------------------------------------------------

AMOUNTS = st.decimals(-10_000, 100_000, places=2) | st.none()
FLAGS = st.booleans() | st.none()
NEEDS = st.none() | st.integers(-20_000, 20_000).map(lambda m: NOON + timedelta(minutes=m))
IMPACTS = st.builds(
    Impact,
    value=AMOUNTS,
    currency=st.sampled_from([None, "EUR", "JPY", "XXX"]),
    need_at=NEEDS,
    customer_tier=st.sampled_from([None, "A", "B", "C", "D"]),
    cover_days=st.decimals(0, 30, places=1) | st.none(),
    share_of_stock=st.decimals(0, 1, places=3) | st.none(),
    quality_failed=FLAGS,
    late_plan=FLAGS,
    substitute=FLAGS,
)
WEIGHTS = st.sampled_from([dict(kind.default_policy.weights) for kind in KINDS.values()])


@given(impact=IMPACTS, weights=WEIGHTS, recurrence=st.integers(0, 10))
def test_the_contributions_add_up_to_the_total(
    impact: Impact, weights: dict[Factor, int], recurrence: int
) -> None:
    result = score.score(impact, weights, recurrence=recurrence, at=NOON)

    assert sum(c.points for c in result.contributions) == result.total
    assert 0 <= result.total <= 100
    assert [c.factor for c in result.contributions] == list(weights)
    assert all(c.points == 0 for c in result.contributions if c.because == score.UNKNOWN)


@given(impact=IMPACTS, fresh=IMPACTS, weights=WEIGHTS, wanted=st.integers(0, 100))
def test_a_judged_score_stays_between_0_and_100(
    impact: Impact, fresh: Impact, weights: dict[Factor, int], wanted: int
) -> None:
    base = score.score(impact, weights, recurrence=0, at=NOON)
    judged = score.with_judgement(base, wanted=wanted, because="so")
    later = score.score(fresh, weights, recurrence=0, at=NOON)

    assert judged.total == wanted
    assert 0 <= score.keeping_judgement(later, judged.contributions).total <= 100


@settings(max_examples=30, deadline=None)
@given(need=st.integers(-14_400, 14_400))
def test_the_next_change_is_where_the_points_first_differ(need: int) -> None:
    """Against a reference that looks at every minute of the next three weeks."""
    impact = Impact(need_at=NOON + timedelta(minutes=need))

    def percent(at: datetime) -> int:
        return score._need(impact, at)[0]

    minutes = (NOON + timedelta(minutes=m) for m in range(21 * 24 * 60))
    wanted = next((at for at in minutes if percent(at) != percent(NOON)), None)

    assert score.next_change(impact, NOON) == wanted


def test_without_a_need_date_time_changes_nothing() -> None:
    assert score.next_change(Impact(value=Decimal(1)), NOON) is None


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: str(kind.code))
def test_the_weights_of_a_kind_sum_to_100(kind: Any) -> None:
    assert sum(w for w in kind.default_policy.weights.values() if w > 0) == 100
