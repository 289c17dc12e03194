"""Deadlines in elapsed time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions import sla

END = datetime(2999, 1, 1)  # noqa: DTZ001 - as hypothesis wants its bounds
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@given(st.datetimes(timezones=st.just(UTC), max_value=END), st.integers(0, 10**6))
def test_a_target_is_elapsed_time(start: datetime, minutes: int) -> None:
    assert sla.due(start, minutes) - start == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "minutes", "told"),
    [
        (
            datetime(2026, 11, 17, 9, 20, tzinfo=UTC),
            240,
            "Due Tue 17 Nov 14:20 CET: 4 h from Tue 17 Nov 10:20.",
        ),
        (
            datetime(2026, 11, 17, 9, 20, tzinfo=UTC),
            1440,
            "Due Wed 18 Nov 10:20 CET: 1 d from Tue 17 Nov 10:20.",
        ),
        # The clocks go back in between: four hours pass, the wall shows three.
        (
            datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
            240,
            "Due Sun 25 Oct 03:30 CET: 4 h from Sun 25 Oct 00:30.",
        ),
        # And forward: the wall shows five.
        (
            datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
            240,
            "Due Sun 29 Mar 05:30 CEST: 4 h from Sun 29 Mar 00:30.",
        ),
    ],
)
def test_a_deadline_explains_itself_in_the_zone_of_the_reader(
    start: datetime, minutes: int, told: str
) -> None:
    assert sla.explain(start, minutes, AMSTERDAM) == told


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, "0 min"),
        (0.9, "0 min"),
        (59, "59 min"),
        (60, "1 h"),
        (72, "1 h 12"),
        (61, "1 h 01"),
        (1439, "23 h 59"),
        (1440, "1 d"),
        (1499, "1 d"),
        (52 * 60, "2 d 4 h"),
        (-72, "1 h 12"),
    ],
)
def test_a_span_is_told_in_the_units_that_matter(minutes: float, told: str) -> None:
    assert sla.duration(minutes) == told


@given(st.integers(0, 10**6))
def test_an_exact_span_reads_back_as_the_same_minutes(minutes: int) -> None:
    assert sla.minutes_of(sla.exact(minutes)) == minutes


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        ("90 min", 90),
        ("1 h 30", 90),
        ("1h30m", 90),
        (" 2 D 4 H ", 3120),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5 h", None),
        ("4 h 2 d", None),
        ("9" * 5000, None),
    ],
)
def test_spans_as_people_type_them(typed: str, minutes: int | None) -> None:
    assert sla.minutes_of(typed) == minutes


def test_an_exact_span_leaves_nothing_out() -> None:
    assert [sla.exact(m) for m in (0, 30, 90, 1440, 1591)] == [
        *("0 min", "30 min", "1 h 30 min", "1 d", "1 d 2 h 31 min"),
    ]
