"""Nothing that is known only later changes what is foreseen: the future is moved about."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from exceptions.facts import Transit
from exceptions.lateness import features
from exceptions.lateness.features import FEATURES, Known
from exceptions.lateness.past import Past
from exceptions.lateness.rule import foresee
from tests.exceptions.lateness.transits import TODAY, world

SEEDS = range(10)


def another_future(history: list[Transit], on: date, seed: int) -> list[Transit]:
    """The same until `on`: what had not come by then comes at another time or never, what was
    promised for later is promised for other days or was never ordered, and more is.
    """
    lots = random.Random(seed)
    moved = []
    for one in history:
        later = [None, on + timedelta(days=lots.randint(0, 90))]
        if one.done_on is None or one.done_on >= on:
            one = replace(one, done_on=lots.choice(later))
        if one.promised_on >= on:
            if lots.random() < 0.3:
                continue
            one = replace(one, promised_on=on + timedelta(days=lots.randint(0, 90)))
        moved.append(one)
    fresh = [one for one in world(seed + 1) if one.promised_on >= on]
    return [*moved, *fresh]


def test_every_feature_says_since_when_it_is_known() -> None:
    assert FEATURES == {
        "lately": Known.DAY,
        "longer": Known.DAY,
        "all_share": Known.DAY,
        "lane_share": Known.DAY,
        "by_share": Known.DAY,
        "by_on_lane_share": Known.DAY,
        "by_n": Known.DAY,
        "by_on_lane_n": Known.DAY,
        "days_ahead": Known.FIRST_SEEN,
        "weekday": Known.FIRST_SEEN,
        "month": Known.FIRST_SEEN,
    }
    values = features.of(world(0)[0], Past.before(TODAY, world(0)))
    assert values is not None
    assert len(values) == len(FEATURES)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_future_foresees_the_same(seed: int) -> None:
    history = world(seed)
    moved = another_future(history, TODAY, seed)
    assert {(one.promised_on, one.done_on) for one in moved} != {
        (one.promised_on, one.done_on) for one in history
    }
    told, again = Past.before(TODAY, history), Past.before(TODAY, moved)
    for one in world(seed + 50, n=20):
        assert foresee(one, told) == foresee(one, again)
        assert features.of(one, told) == features.of(one, again)


@pytest.mark.parametrize("seed", SEEDS)
def test_its_own_end_is_not_looked_at(seed: int) -> None:
    past = Past.before(TODAY, world(seed))
    for one in world(seed + 50, n=20):
        for done in (None, one.promised_on, one.promised_on + timedelta(days=30)):
            ended = replace(one, done_on=done)
            assert foresee(ended, past) == foresee(one, past)
            assert features.of(ended, past) == features.of(one, past)


@pytest.mark.parametrize("seed", SEEDS)
def test_another_past_foresees_something_else(seed: int) -> None:
    """The tests above can fail: what had come by then, or had not, counts."""
    history = world(seed)
    turned = [
        replace(one, done_on=one.promised_on + timedelta(days=1))
        if one.promised_on < TODAY - timedelta(days=1)
        else one
        for one in history
    ]
    one = history[0]
    assert foresee(one, Past.before(TODAY, history)) != foresee(one, Past.before(TODAY, turned))
