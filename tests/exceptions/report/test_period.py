"""Periods of the report, and what each is compared with."""

from datetime import date

import pytest

from exceptions.report import period
from exceptions.report.period import Period

TODAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("name", "first", "last", "before_first", "before_last"),
    [
        ("30", date(2026, 10, 21), TODAY, date(2026, 9, 21), date(2026, 10, 20)),
        ("week", date(2026, 11, 12), date(2026, 11, 18), date(2026, 11, 5), date(2026, 11, 11)),
        ("month", date(2026, 11, 1), TODAY, date(2026, 10, 13), date(2026, 10, 31)),
        (
            "last-month",
            date(2026, 10, 1),
            date(2026, 10, 31),
            date(2026, 9, 1),
            date(2026, 9, 30),
        ),
        ("quarter", date(2026, 10, 1), TODAY, date(2026, 8, 12), date(2026, 9, 30)),
        (
            "last-quarter",
            date(2026, 7, 1),
            date(2026, 9, 30),
            date(2026, 4, 1),
            date(2026, 6, 30),
        ),
    ],
)
def test_a_name_is_a_period_with_one_before(
    name: str, first: date, last: date, before_first: date, before_last: date
) -> None:
    found = period.named(name, TODAY)

    assert found == Period(first, last)
    assert found.before() == Period(before_first, before_last)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [  # over the end of a year, and of a leap February
        (date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
        (date(2028, 3, 1), date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_last_month_is_whole(today: date, first: date, last: date) -> None:
    assert period.named("last-month", today) == Period(first, last)


def test_other_words_are_no_period() -> None:
    assert period.named("yesterday", TODAY) is None


def test_own_days_end_today_and_are_a_year_at_most() -> None:
    assert period.own(date(2026, 11, 1), date(2027, 1, 1), TODAY) == Period(
        date(2026, 11, 1), TODAY
    )
    assert period.own(date(2026, 11, 20), date(2026, 11, 20), TODAY) is None
    assert period.own(date(2026, 11, 3), date(2026, 11, 2), TODAY) is None
    assert period.own(None, date(2026, 11, 2), TODAY) is None
    assert period.own(date(2025, 11, 18), TODAY, TODAY) is None


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 1), TODAY, "1–19 Nov 2026"),  # noqa: RUF001
        (date(2026, 10, 1), TODAY, "1 Oct – 19 Nov 2026"),  # noqa: RUF001
        (date(2025, 12, 1), date(2026, 1, 3), "1 Dec 2025 – 3 Jan 2026"),  # noqa: RUF001
        (TODAY, TODAY, "19 Nov 2026"),
    ],
)
def test_a_period_in_words(first: date, last: date, words: str) -> None:
    assert Period(first, last).in_words == words
