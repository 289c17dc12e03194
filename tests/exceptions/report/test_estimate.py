"""Estimates of what the tower is worth, worked by hand."""

from decimal import Decimal

from exceptions.report.estimate import Assumed, Counts, estimate

ALL = Assumed(
    minutes_saved=Decimal(25),
    cost_per_hour=Decimal(42),
    expedite_cost=Decimal(650),
    failure_cost=Decimal("1200.50"),
    currency="EUR",
)
NOTHING = Assumed(
    minutes_saved=None, cost_per_hour=None, expedite_cost=None, failure_cost=None, currency="EUR"
)
BEFORE = Counts(detected=200, healed=0, expedited=10, clocks=100, breached=10)
NOW = Counts(detected=300, healed=44, expedited=12, clocks=120, breached=7)

FAILURES = (
    "10 of 100 clocks to resolve before, at that rate of 120 now, less 7 that were: 5.0 × €1,200.50"  # noqa: RUF001
)


def test_every_line_shows_its_formula_and_adds_up() -> None:
    """44 · 25 / 60 · 42 = 770. 10 of 200 are 15 of 300, less 12: 3 · 650 = 1950. 10 of 100 are 12
    of 120, less 7: 5 · 1200.50 = 6002.50.
    """
    found = estimate(ALL, NOW, BEFORE)

    assert [(line.value, line.formula) for line in found.lines] == [
        (Decimal("770.00"), "44 cases × 25 min × €42 an hour"),  # noqa: RUF001
        (
            Decimal("1950.0"),
            "10 of 200 cases before, at that rate of 300 now, less 12 that were: 3.0 × €650",  # noqa: RUF001
        ),
        (
            Decimal("6002.500"),
            FAILURES,
        ),
    ]
    assert found.total == Decimal("8722.50")


def test_what_became_worse_is_a_loss() -> None:
    """1 of 100 is 1.2 of 120, less 7: 5.8 more than there would have been."""
    found = estimate(ALL, NOW, Counts(detected=0, healed=0, expedited=0, clocks=100, breached=1))

    assert found.lines[2].value == Decimal("-5.8") * Decimal("1200.50")


def test_what_nobody_assumed_is_not_estimated() -> None:
    found = estimate(NOTHING, NOW, BEFORE)

    assert [line.value for line in found.lines] == [None, None, None]
    assert found.lines[1].formula == "Not estimated: nobody has said the cost of expediting once."
    assert found.total is None


def test_without_a_period_before_there_is_nothing_to_compare_with() -> None:
    nothing = Counts(detected=0, healed=0, expedited=0, clocks=0, breached=0)
    found = estimate(ALL, NOW, nothing)

    assert [line.value for line in found.lines] == [Decimal("770.00"), None, None]
    assert found.total == Decimal("770.00")
