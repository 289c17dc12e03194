"""Severity: 0 to 100, the exact sum of named contributions. Pure.

Each factor gives a share of its weight (the policy's), in whole points; what is unknown gives 0 and
says so. Weights that add points sum to 100 at most, so the sum needs no cap; a substitute takes
points away but never more than there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions.verdicts import Impact, amount
from exceptions.vocabulary import Factor, Fault, Tier, Trouble

UNKNOWN = "unknown, so it counts 0"

TIER_FROM: tuple[tuple[int, Tier], ...] = (
    (75, Tier.CRITICAL),
    (50, Tier.HIGH),
    (25, Tier.MEDIUM),
    (0, Tier.LOW),
)

# From this amount on, this percentage of the weight. Amounts are in the case's own currency.
VALUE_BANDS: tuple[tuple[int, int], ...] = (
    (50_000, 100),
    (25_000, 85),
    (10_000, 70),
    (5_000, 55),
    (2_000, 40),
    (500, 25),
    (1, 10),
)

# From this many hours past the need date on (negative: before it), this percentage and these words.
NEED_BANDS: tuple[tuple[int, int, str], ...] = (
    (168, 100, "past by a week or more"),
    (72, 90, "past by 3 days or more"),
    (24, 80, "past by a day or more"),
    (0, 65, "past by less than a day"),
    (-8, 50, "less than 8 hours away"),
    (-24, 35, "less than a day away"),
    (-48, 20, "less than 2 days away"),
)

CUSTOMER_TIERS: dict[str, int] = {"A": 100, "B": 50, "C": 10}

# Of the same subject in the policy's recurrence window.
RECURRENCE_BANDS: tuple[tuple[int, int], ...] = ((4, 100), (2, 70), (1, 40))

# Days of cover left at most, and the percentage.
COVER_BANDS: tuple[tuple[int, int], ...] = ((1, 100), (3, 70), (7, 35))

# From this share of the threshold beyond it, and the percentage.
EXCESS_BANDS: tuple[tuple[Decimal, int], ...] = (
    (Decimal(1), 100),
    (Decimal("0.5"), 75),
    (Decimal("0.2"), 50),
    (Decimal(0), 30),
)

# How far a parcel is from arriving as promised, given what its carrier says.
TROUBLES: dict[Trouble, int] = {
    Trouble.LOST: 100,
    Trouble.DAMAGED: 90,
    Trouble.CUSTOMS: 80,
    Trouble.RETURNED: 80,
    Trouble.REFUSED: 70,
    Trouble.ADDRESS: 60,
    Trouble.SILENT: 60,
    Trouble.FAILED_ATTEMPT: 40,
    Trouble.OTHER: 40,
    Trouble.WEATHER: 30,
    Trouble.DELAYED: 30,
}


# How much of what the tower is there for stands still. Without the source itself, nothing is seen
# and nothing decided; what ends soon, or runs late elsewhere, leaves time.
FAULTS: dict[Fault, int] = {
    Fault.UNREACHABLE: 100,
    Fault.NOT_READ: 90,
    Fault.OUTBOX: 75,
    Fault.TURNED_AWAY: 65,
    Fault.SILENT: 60,
    Fault.UNHEARD: 55,
    Fault.CANARY: 55,
    Fault.INBOX: 55,
    Fault.GAPS: 50,
    Fault.KEY_ENDS: 50,
    Fault.ACTIONS: 40,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    factor: Factor
    points: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`total` is the sum of the contributions' points, always."""

    contributions: tuple[Contribution, ...]

    @property
    def total(self) -> int:
        return sum(c.points for c in self.contributions)

    @property
    def tier(self) -> Tier:
        return tier_of(self.total)


def tier_of(total: int) -> Tier:
    return next(tier for least, tier in TIER_FROM if total >= least)


def score(impact: Impact, weights: Mapping[Factor, int], *, recurrence: int, at: datetime) -> Score:
    """Severity of `impact` at `at`; `recurrence` counts earlier cases of the same subject."""
    shares = {
        Factor.VALUE_AT_RISK: _value(impact),
        Factor.NEED_DATE: _need(impact, at),
        Factor.CUSTOMER_TIER: _customer(impact),
        Factor.STOCK_COVER: _cover(impact),
        Factor.QUALITY_STATUS: _quality(impact),
        Factor.MILESTONE: _milestone(impact),
        Factor.INTEGRATION: _integration(impact),
        Factor.KPI: _excess(impact),
        Factor.RECURRENCE: _recurrence(recurrence),
        Factor.SUBSTITUTE: _substitute(impact),
    }
    given = tuple(
        Contribution(factor=factor, points=points_of(weight, shares[factor][0]), because=because)
        for factor, weight in weights.items()
        for because in (shares[factor][1],)
    )
    return Score(contributions=not_below_zero(given))


def points_of(weight: int, percent: int) -> int:
    """`percent` of `weight` in whole points, halves away from zero."""
    points = (abs(weight) * percent + 50) // 100
    return points if weight >= 0 else -points


def not_below_zero(given: tuple[Contribution, ...]) -> tuple[Contribution, ...]:
    """Trims what takes points away, so that the sum is never negative."""
    left = sum(c.points for c in given if c.points > 0)
    trimmed = []
    for contribution in given:
        points = max(contribution.points, -left) if contribution.points < 0 else contribution.points
        left += min(points, 0)
        trimmed.append(
            Contribution(factor=contribution.factor, points=points, because=contribution.because)
        )
    return tuple(trimmed)


def with_judgement(base: Score, *, wanted: int, because: str) -> Score:
    """`base` plus the contribution that brings it to what a supervisor judges, 0 to 100."""
    kept = tuple(c for c in base.contributions if c.factor != Factor.JUDGEMENT)
    points = wanted - sum(c.points for c in kept)
    judged = Contribution(factor=Factor.JUDGEMENT, points=points, because=because)
    return Score(contributions=(*kept, judged))


def keeping_judgement(fresh: Score, before: Sequence[Contribution]) -> Score:
    """`fresh` with the judgement that stood in `before`, kept within 0 to 100."""
    judged = next((c for c in before if c.factor == Factor.JUDGEMENT), None)
    if judged is None:
        return fresh
    wanted = min(max(fresh.total + judged.points, 0), 100)
    return with_judgement(fresh, wanted=wanted, because=judged.because)


def next_change(impact: Impact, at: datetime) -> datetime | None:
    """The next instant at which time alone gives other points (the need date's next band)."""
    if impact.need_at is None:
        return None
    steps = (impact.need_at + timedelta(hours=hours) for hours, _, _ in NEED_BANDS)
    return min((step for step in steps if step > at), default=None)


def headline(result: Score) -> str:
    """The three weightiest reasons in one line, for the queue."""
    told = sorted((c for c in result.contributions if c.points), key=lambda c: -abs(c.points))
    return ", ".join(c.because for c in told[:3]) or UNKNOWN


def _value(impact: Impact) -> tuple[int, str]:
    if impact.value is None:
        return 0, UNKNOWN
    percent = next((p for least, p in VALUE_BANDS if impact.value >= least), 0)
    return percent, f"{amount(impact.value, impact.currency)} at risk"


def _need(impact: Impact, at: datetime) -> tuple[int, str]:
    if impact.need_at is None:
        return 0, UNKNOWN
    hours = (at - impact.need_at) / timedelta(hours=1)
    for least, percent, words in NEED_BANDS:
        if hours >= least:
            return percent, f"need date {words}"
    return 0, "need date 2 days away or more"


def _customer(impact: Impact) -> tuple[int, str]:
    if impact.customer_tier is None:
        return 0, UNKNOWN
    return CUSTOMER_TIERS.get(impact.customer_tier, 0), f"customer tier {impact.customer_tier}"


def _cover(impact: Impact) -> tuple[int, str]:
    if impact.cover_days is not None:
        percent = next((p for most, p in COVER_BANDS if impact.cover_days <= most), 0)
        return percent, f"{impact.cover_days:.1f} days of stock cover"
    if impact.share_of_stock is not None:
        share = int((impact.share_of_stock * 100).to_integral_value())
        return share, f"{share} % of the booked stock in doubt"
    return 0, UNKNOWN


def _quality(impact: Impact) -> tuple[int, str]:
    if impact.quality_failed is None:
        return 0, UNKNOWN
    return (100, "failed inspection") if impact.quality_failed else (0, "passed inspection")


def _milestone(impact: Impact) -> tuple[int, str]:
    if impact.trouble is not None:
        return TROUBLES[impact.trouble], f"carrier: {impact.trouble.label}"
    if impact.late_plan is None:
        return 0, UNKNOWN
    return (100, "planned after the promise") if impact.late_plan else (0, "planned in time")


def _integration(impact: Impact) -> tuple[int, str]:
    if impact.fault is None:
        return 0, UNKNOWN
    return FAULTS[impact.fault], f"integration: {impact.fault.label}"


def _excess(impact: Impact) -> tuple[int, str]:
    if impact.excess is None:
        return 0, UNKNOWN
    percent = next((p for least, p in EXCESS_BANDS if impact.excess >= least), 0)
    return percent, f"beyond its threshold by {impact.excess * 100:.0f} % of it"


def _recurrence(count: int) -> tuple[int, str]:
    if count <= 0:
        return 0, "first time in the window"
    percent = next(p for least, p in RECURRENCE_BANDS if count >= least)
    return percent, "happened once before" if count == 1 else f"happened {count} times before"


def _substitute(impact: Impact) -> tuple[int, str]:
    if impact.substitute is None:
        return 0, UNKNOWN
    return (100, "a substitute is in stock") if impact.substitute else (0, "no substitute in stock")
