"""How well foreseen risks agree with what came, computed pair by pair."""

import random

import pytest

from exceptions.lateness.measures import Band, auc, brier, reliability


def pairs(seed: int, n: int = 120) -> list[tuple[float, bool]]:
    lots = random.Random(seed)
    shares = [lots.choice([0.1, 0.25, 0.5, 0.6, 0.9, 1.0]) for _ in range(n)]
    return [(share, lots.random() < share / 2) for share in shares]


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_how_often_the_late_one_had_the_higher_share(seed: int) -> None:
    some = pairs(seed)
    late = [share for share, was in some if was]
    other = [share for share, was in some if not was]
    won = sum((x > y) + (x == y) / 2 for x in late for y in other)
    assert auc(some) == pytest.approx(won / (len(late) * len(other)))


def test_without_both_there_is_no_auc() -> None:
    assert [auc([]), auc([(0.3, True)]), auc([(0.3, False), (0.2, False)])] == [None] * 3


def test_brier() -> None:
    assert brier([]) is None
    assert brier([(1.0, True), (0.0, False)]) == 0
    assert brier([(0.5, True), (0.2, False), (0.9, False)]) == pytest.approx(
        (0.25 + 0.04 + 0.81) / 3
    )


def test_reliability_by_bands() -> None:
    some = [(0.0, False), (0.1, True), (0.2, False), (0.95, True), (1.0, False)]
    assert reliability(some) == [
        Band(0.0, 0.2, 2, 0.1 / 2, 0.5),
        Band(0.2, 0.4, 1, 0.2, 0.0),
        Band(0.8, 1.0, 2, 1.95 / 2, 0.5),
    ]
    assert reliability([]) == []
