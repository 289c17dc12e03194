"""What decisions ask for: read strictly, kept exactly, told in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exceptions import asking
from exceptions.asking import Known, Option, Unanswered
from exceptions.kinds import Ask
from exceptions.vocabulary import AskType
from tests.making import Tower

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
DATE = Ask(name="date", label="When", type=AskType.DATE)
QUANTITY = Ask(
    name="quantity", label="How much", type=AskType.QUANTITY, most=lambda facts: facts.quantity
)
NUMBER = Ask(name="days", label="Days", type=AskType.NUMBER, from_zero=True)
TEXT = Ask(name="what", label="What", type=AskType.TEXT, required=False)
SITE = Ask(name="site", label="From", type=AskType.SITE)
NO_DATE = "When: give a date and a time."
NO_NUMBER = "How much: give a number above 0."


@pytest.fixture
def known(tower: Tower) -> Known:
    return Known(
        facts=tower.receipt(at=AT, quantity=Decimal("12.5")),
        at=AT,
        options={"site": (Option(3, "Chicago"), Option(4, "Pune"))},
    )


@pytest.mark.parametrize(
    ("ask", "given", "kept"),
    [
        (DATE, "2026-11-25T10:30:00+05:30", "2026-11-25T05:00:00+00:00"),
        (DATE, datetime(2026, 11, 25, 5, tzinfo=UTC), "2026-11-25T05:00:00+00:00"),
        (QUANTITY, " 12.500 ", "12.5"),
        (QUANTITY, "12", "12"),
        (QUANTITY, 7, "7"),
        (QUANTITY, "0.001", "0.001"),
        (NUMBER, "0", 0),
        (NUMBER, 3.0, 3),
        (TEXT, "  the \x00 other\nbearing ", "the other bearing"),
        (SITE, "4", {"id": 4, "name": "Pune"}),
        (SITE, 3, {"id": 3, "name": "Chicago"}),
    ],
)
def test_an_answer_is_kept_exactly(known: Known, ask: Ask, given: object, kept: object) -> None:
    assert asking.answers([ask], {ask.name: given}, known) == {ask.name: kept}


@pytest.mark.parametrize(
    ("ask", "given", "says"),
    [
        (DATE, "", NO_DATE),
        (DATE, None, NO_DATE),
        (DATE, "tomorrow", NO_DATE),
        (DATE, "2026-02-30T10:00", NO_DATE),
        (DATE, "2026-11-25T10:30", NO_DATE),  # of which zone?
        (DATE, 7, NO_DATE),
        (DATE, AT, "When: it must lie in the next two years."),
        (DATE, AT + timedelta(days=730), "When: it must lie in the next two years."),
        (DATE, "0001-01-01T00:00:00+14:00", "When: it must lie in the next two years."),
        (DATE, "9999-12-31T23:59:00-14:00", "When: it must lie in the next two years."),
        (QUANTITY, " ", "How much: this is needed."),
        (QUANTITY, "0", NO_NUMBER),
        (QUANTITY, "-1", NO_NUMBER),
        (QUANTITY, "NaN", NO_NUMBER),
        (QUANTITY, "Infinity", NO_NUMBER),
        (QUANTITY, "much", NO_NUMBER),
        (QUANTITY, True, NO_NUMBER),
        (QUANTITY, [], NO_NUMBER),
        (QUANTITY, "12.501", "How much: 12.5 at most."),
        (QUANTITY, "1.2345", "How much: three digits behind the point at most."),
        (NUMBER, "-1", "Days: give a number of 0 or more."),
        (NUMBER, "1.5", "Days: give a whole number."),
        (NUMBER, "1e30", "Days: 1000000000 at most."),
        (TEXT, {"a": 1}, "What: give a text."),
        (TEXT, "x" * 201, "What: 200 characters at most."),
        (SITE, "", "From: choose one."),
        (SITE, "5", "From: choose one of those that are shown."),
        (SITE, True, "From: choose one of those that are shown."),
        (SITE, {"id": 3}, "From: choose one of those that are shown."),
    ],
)
def test_what_cannot_be_used_is_a_sentence(
    known: Known, ask: Ask, given: object, says: str
) -> None:
    with pytest.raises(Unanswered) as refused:
        asking.answers([ask], {ask.name: given}, known)

    assert refused.value.problems == {ask.name: says}


def test_all_that_is_wrong_is_told_at_once(known: Known) -> None:
    given = {"date": "", "quantity": "no", "colour": "red"}
    with pytest.raises(Unanswered) as refused:
        asking.answers([DATE, QUANTITY, TEXT], given, known)

    assert refused.value.problems == {
        "colour": "“colour” is not asked for.",
        "date": NO_DATE,
        "quantity": NO_NUMBER,
    }


def test_what_may_stay_empty_is_not_kept(known: Known) -> None:
    assert asking.answers([TEXT], {"what": " "}, known) == {}
    assert asking.answers([TEXT], {}, known) == {}


def test_a_date_without_a_zone_is_of_the_readers(known: Known) -> None:
    there = Known(facts=known.facts, at=AT, zone=ZoneInfo("Asia/Kolkata"))
    kept = asking.answers([DATE], {"date": "2026-11-25T10:30"}, there)

    assert kept == {"date": "2026-11-25T05:00:00+00:00"}


def test_answers_are_told_in_the_order_of_the_questions() -> None:
    kept: dict[str, Any] = {
        "site": {"id": 4, "name": "Pune"},
        "quantity": "12.5",
        "date": "2026-11-25T05:00:00+00:00",
    }
    asks = [DATE, QUANTITY, TEXT, SITE]

    assert asking.in_words(asks, kept, lambda instant: f"{instant:%d.%m.}") == [
        ("When", "25.11."),
        ("How much", "12.5"),
        ("From", "Pune"),
    ]
    assert asking.told(asks, kept) == [
        {"label": "When", "at": "2026-11-25T05:00:00+00:00"},
        {"label": "How much", "said": "12.5"},
        {"label": "From", "said": "Pune"},
    ]
