"""The lives of made-up cases: how often, how long, how grave, how they end. Pure, by a seed.

Weeks have their working days and hours, a few partners cause most, and durations follow a
log-normal law, so that some cases are open for weeks, as in life.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from exceptions.vocabulary import KindCode, Outcome, Tier
from integrations.demo.scale.company import Company

T = TypeVar("T")
HOURS = (1, 1, 1, 1, 1, 2, 6, 12, 16, 16, 14, 12, 10, 13, 14, 12, 10, 7, 4, 3, 2, 2, 1, 1)
WEEKEND = 0.25  # of the cases of a working day
KINDS = dict(zip(KindCode.values, (22, 9, 18, 14, 6, 5, 9, 7, 6, 2, 2), strict=False))
TIERS = {Tier.LOW: 34, Tier.MEDIUM: 40, Tier.HIGH: 20, Tier.CRITICAL: 6}
SCORES = {
    Tier.LOW: (5, 39),
    Tier.MEDIUM: (40, 59),
    Tier.HIGH: (60, 79),
    Tier.CRITICAL: (80, 99),
}
OUTCOMES = {Outcome.FIXED: 52, Outcome.SELF_HEALED: 26, Outcome.ACCEPTED: 14}
OUTCOMES |= {Outcome.FALSE_POSITIVE: 8}
CURRENCIES = {"EUR": 70, "USD": 25, "": 5}
SUBJECTS = 40  # partners of each site and kind


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to one case until `at`; an instant that has not come yet is None."""

    number: int
    site: int
    kind: str
    team: int
    owner: int
    partner: int
    tier: Tier
    score: int
    value: int | None  # cents
    currency: str
    detected: datetime
    acknowledged: datetime | None
    ended: datetime | None
    closed: datetime | None
    outcome: str
    acknowledge_due: datetime
    resolve_due: datetime


def lives(company: Company, cases: int, days: int, at: datetime, seed: int) -> Iterator[Life]:
    """In the order of their detection, over the `days` before `at`."""
    rng = random.Random(seed)  # the same each time
    for number, detected in enumerate(_instants(rng, cases, days, at), 1):
        yield _life(rng, company, number, detected, at)


def _instants(rng: random.Random, cases: int, days: int, at: datetime) -> list[datetime]:
    first = (at - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    dates = [first + timedelta(days=i) for i in range(days)]
    weights = [WEEKEND if date.weekday() >= 5 else 1.0 for date in dates]
    found = [
        date + timedelta(hours=hour, seconds=rng.randrange(3600))
        for date, hour in zip(
            rng.choices(dates, weights, k=cases),
            rng.choices(range(24), HOURS, k=cases),
            strict=True,
        )
    ]
    return sorted(found)


def _life(
    rng: random.Random, company: Company, number: int, detected: datetime, at: datetime
) -> Life:
    site = company.sites[int(len(company.sites) * rng.random() ** 1.6)]
    kind, tier, outcome = _one(rng, KINDS), _one(rng, TIERS), _one(rng, OUTCOMES)
    team = company.team_of[kind]
    healed = outcome == Outcome.SELF_HEALED
    answered = detected + timedelta(seconds=rng.lognormvariate(8.0, 1.1))  # median 50 min
    ended = answered + timedelta(seconds=rng.lognormvariate(11.0, 1.2))  # median 17 h
    closed = ended + timedelta(days=2)
    is_over = ended <= at
    currency = _one(rng, CURRENCIES)
    return Life(
        number=number,
        site=site,
        kind=kind,
        team=team,
        owner=rng.choice(company.workers[site, team]),
        partner=int(SUBJECTS * rng.random() ** 2),
        tier=tier,
        score=rng.randint(*SCORES[tier]),
        value=rng.randrange(100_00, 90_000_00) if currency else None,
        currency=currency,
        detected=detected,
        acknowledged=None if healed or answered > at else answered,
        ended=ended if is_over else None,
        closed=closed if is_over and closed <= at else None,
        outcome=outcome if is_over else "",
        acknowledge_due=detected + timedelta(hours=2),
        resolve_due=detected + timedelta(hours=72),
    )


def _one(rng: random.Random, weights: dict[T, int]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]
