"""The plain rule of lateness, computed a second time by hand."""

from datetime import date, timedelta

import pytest

from exceptions.facts import Transit
from exceptions.lateness.past import Past
from exceptions.lateness.rule import Ground, Risk, foresee, nearest_rank
from exceptions.vocabulary import Among
from tests.exceptions.lateness.transits import TODAY, transit, world

YEAR = timedelta(days=365)


def risk_of(one: Transit, history: list[Transit], on: date = TODAY) -> Risk:
    found = foresee(one, Past.before(on, history))
    assert found is not None
    return found


def by_hand(one: Transit, history: list[Transit], on: date) -> tuple[float, float]:
    """Lately and longer, straight from the formula."""
    known = [h for h in history if h.direction == one.direction and on - YEAR <= h.promised_on < on]

    def share(half_life: int, *chain: list[Transit]) -> float:
        drawn = 0.5
        for group in chain:
            weights = [2 ** (-(on - h.promised_on).days / half_life) for h in group]
            late = [
                w
                for w, h in zip(weights, group, strict=True)
                if h.done_on is None or h.done_on > h.promised_on
            ]
            drawn = (sum(late) + 2 * drawn) / (sum(weights) + 2)
        return drawn

    by = [h for h in known if h.by == one.by]
    lane = [h for h in known if h.lane == one.lane]
    both = [h for h in by if h.lane == one.lane]
    return share(90, known, lane, by), share(180, known, by, both)


@pytest.mark.parametrize("seed", range(5))
def test_a_share_is_the_mean_of_two_chains(seed: int) -> None:
    history = world(seed)
    for one in world(seed + 100, n=20):
        risk = risk_of(one, history)
        lately, longer = by_hand(one, history, TODAY)
        assert risk.lately == pytest.approx(lately)
        assert risk.longer == pytest.approx(longer)
        assert risk.share == pytest.approx((lately + longer) / 2)


def test_it_says_on_what_it_rests() -> None:
    ours = [transit(-days, late=3) for days in range(1, 31)]
    others = [transit(-days, by="Baltic") for days in range(1, 11)]
    elsewhere = [transit(-days, lane="PL → RTM") for days in range(11, 16)]
    risk = risk_of(transit(5, None), [*ours, *others, *elsewhere])
    assert (risk.n, risk.newest) == (35, TODAY - timedelta(days=1))
    assert (risk.low_days, risk.high_days) == (3, 3)
    assert risk.grounds == (
        Ground(among=Among.BY_ON_LANE, name="Nordwind, DE → RTM", n=30, late=30),
        Ground(among=Among.BY, name="Nordwind", n=35, late=30),
        Ground(among=Among.LANE, name="DE → RTM", n=40, late=30),
        Ground(among=Among.ALL, name="", n=45, late=30),
    )


def test_of_too_few_nothing_is_concluded() -> None:
    few = [transit(-days, late=1) for days in range(1, 20)]
    assert foresee(transit(5, None), Past.before(TODAY, few)) is None
    assert foresee(transit(5, None), Past.before(TODAY, [*few, transit(-20)])) is not None


def test_one_late_delivery_of_one_does_not_say_always() -> None:
    others = [transit(-days, by="Baltic") for days in range(1, 101)]
    risk = risk_of(transit(5, None), [*others, transit(-1, late=9)])
    assert risk.n == 1
    assert 0.2 < risk.share < 0.5


def test_what_happened_lately_counts_more() -> None:
    better = [transit(-days, late=0 if days < 100 else 2) for days in range(1, 300)]
    worse = [transit(-days, late=2 if days < 100 else 0) for days in range(1, 300)]
    one = transit(5, None)
    assert risk_of(one, better).share < 0.5 < risk_of(one, worse).share
    assert risk_of(one, better).lately < risk_of(one, better).longer


def test_days_of_too_few_late_ones_are_those_of_the_lane() -> None:
    ours = [transit(-days, late=20 if days < 5 else 0) for days in range(1, 31)]
    others = [transit(-2 * days, late=days, by="Baltic") for days in range(1, 21)]
    risk = risk_of(transit(5, None), [*ours, *others])
    # Ours have not come yet; the others came 1 to 20 days late.
    assert (risk.low_days, risk.high_days) == (5, 15)


def test_a_late_one_that_has_not_come_says_no_days() -> None:
    late = [transit(-days, late=None) for days in range(1, 31)]
    risk = risk_of(transit(5, None), late)
    assert (risk.low_days, risk.high_days) == (None, None)
    assert risk.share > 0.9


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (25, 1), (26, 2), (50, 2), (75, 3), (76, 4), (100, 4)]
)
def test_the_nearest_rank(percent: int, value: int) -> None:
    assert nearest_rank([1, 2, 3, 4], percent) == value
