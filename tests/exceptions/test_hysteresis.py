"""When an alert stands: raised beyond one threshold, over beyond the other."""

from decimal import Decimal

import pytest

from exceptions.hysteresis import Band, excess, stands


def band(*, above: bool = True, raise_at: int = 20, clear_at: int = 15, least_n: int = 1) -> Band:
    return Band(
        above=above, raise_at=Decimal(raise_at), clear_at=Decimal(clear_at), least_n=least_n
    )


UP, DOWN = band(), band(above=False, raise_at=15, clear_at=20)


@pytest.mark.parametrize(
    ("alert", "values", "stood"),
    [
        # Above 20 it is raised, between 15 and 20 it stays as it is, below 15 it is over.
        (UP, [19, 20, 21, 19, 16, 15, 14, 19, 21], "..xxxx..x"),
        (DOWN, [16, 15, 14, 16, 19, 20, 21, 16, 14], "..xxxx..x"),
        # With one threshold there is nothing between.
        (band(clear_at=20), [20, 21, 20, 19], ".xx."),
        (UP, [21, None, 16], "x.."),
    ],
)
def test_it_is_raised_and_over_on_different_sides(
    alert: Band, values: list[int | None], stood: str
) -> None:
    standing, told = False, ""
    for value in values:
        standing = stands(alert, standing, None if value is None else Decimal(value), 1)
        told += "x" if standing else "."
    assert told == stood


@pytest.mark.parametrize("standing", [True, False])
def test_of_too_few_rows_nothing_is_concluded(standing: bool) -> None:
    few = band(least_n=10)
    assert [stands(few, standing, Decimal(v), 9) for v in (0, 100)] == [standing, standing]
    assert [stands(few, standing, Decimal(v), 10) for v in (0, 100)] == [False, True]


def test_how_far_beyond() -> None:
    assert (excess(UP, Decimal(30)), excess(DOWN, Decimal(12))) == (Decimal("0.5"), Decimal("0.2"))
    assert excess(band(raise_at=0, clear_at=0), Decimal(3)) is None
