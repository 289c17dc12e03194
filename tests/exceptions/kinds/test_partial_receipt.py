"""When a supplier brought less than was ordered, and waiting helps no more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exceptions.kinds import partial_receipt as kind
from exceptions.verdicts import Impact
from exceptions.vocabulary import DecisionKind, Verb
from tests.exceptions.kinds.facts import KEMPTEN, NOON, order_line

STANDARD = kind.KIND.default_policy  # 5 percent, or 100 in value; a day after the promise
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
WAITED = NOON + 24 * HOUR
AT_ONCE = replace(STANDARD, thresholds={**STANDARD.thresholds, "wait_hours": Decimal(0)})


@pytest.mark.parametrize(
    ("ordered", "received", "said", "found"),
    [
        ("100", "60", {}, True),
        ("100", "0", {}, False),  # nothing came: that is late, not partial
        ("100", "-3", {}, False),  # more was given back than came
        ("100", "100", {}, False),
        ("100", "110", {}, False),  # more came than was ordered
        ("0", "0", {}, False),
        ("0", "5", {}, False),
        ("-10", "-5", {}, False),
        ("1000", "990", {}, True),  # 1 percent, but worth exactly 100
        ("1000", "990.01", {}, False),  # 99.90
        ("1000", "990", {"unit_price": Decimal("9.99")}, False),  # 99.90
        ("100", "95", {"unit_price": Decimal(1)}, True),  # exactly 5 percent
        ("100", "95.01", {"unit_price": Decimal(1)}, False),  # 4.99 percent
        ("100", "95", {"unit_price": None}, True),  # price unknown: only the share decides
        ("1000", "990", {"unit_price": None}, False),
        ("1000", "990", {"unit_price": Decimal(0)}, False),
        ("1000", "990", {"currency": "INR"}, True),  # in whatever currency was ordered
        ("2.5", "2.375", {"unit": "kg", "unit_price": Decimal(1)}, True),  # exactly 5 percent
        ("2.5", "2.376", {"unit": "kg", "unit_price": Decimal(1)}, False),
        ("100", "60", {"open": False}, False),  # not confirmed, or cancelled
        ("100", "60", {"product": None}, True),  # the product was archived away from it
        ("100", "60", {"company": "Meridian India"}, True),
    ],
)
def test_what_is_missing_counts_by_share_or_by_value(
    ordered: str, received: str, said: dict[str, Any], found: bool
) -> None:
    verdict = kind.verdict(order_line(ordered, received, "0", **said), STANDARD, NOON)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, None)


@pytest.mark.parametrize(
    ("expected", "said", "at", "found", "recheck_at"),
    [
        ("40", {}, NOON - HOUR, False, WAITED + TICK),
        ("40", {}, NOON, False, WAITED + TICK),
        ("40", {}, WAITED, False, WAITED + TICK),
        ("40", {}, WAITED + TICK, True, None),
        ("5", {}, WAITED, False, WAITED + TICK),  # a part of the rest still counts as coming
        ("0", {}, NOON - 99 * HOUR, True, None),  # closed short: nothing to wait for
        (None, {}, WAITED, False, WAITED + TICK),  # unknown: the promise is waited for
        (None, {}, WAITED + TICK, True, None),
        ("40", {"promised_at": None}, NOON, True, None),  # nothing was promised
        ("40", {"promised_at": NOON + 99 * HOUR}, WAITED, False, WAITED + 99 * HOUR + TICK),
        ("40", {"unit_price": None}, WAITED + TICK, True, None),
    ],
)
def test_a_backorder_is_waited_for_until_a_day_past_its_promise(
    expected: str | None, said: dict[str, Any], at: datetime, found: bool, recheck_at: datetime
) -> None:
    verdict = kind.verdict(order_line("100", "60", expected, **said), STANDARD, at)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, recheck_at)


@pytest.mark.parametrize(("at", "found"), [(NOON, False), (NOON + TICK, True)])
def test_without_a_wait_the_promise_itself_counts(at: datetime, found: bool) -> None:
    verdict = kind.verdict(order_line("100", "60", "40"), AT_ONCE, at)

    assert verdict.finding is not None or verdict.recheck_at == NOON + TICK
    assert (verdict.finding is not None) == found


def test_the_wait_is_in_hours_not_in_days_of_a_calendar() -> None:
    """Clocks went back on 25 October 2026 in Amsterdam: 24 hours later it is 11:00 there."""
    amsterdam = ZoneInfo("Europe/Amsterdam")
    promised = datetime(2026, 10, 24, 12, 0, tzinfo=amsterdam).astimezone(UTC)
    verdict = kind.verdict(order_line("100", "60", "40", promised_at=promised), STANDARD, promised)

    assert verdict.recheck_at == datetime(2026, 10, 25, 10, 0, tzinfo=UTC) + TICK
    assert verdict.recheck_at.astimezone(amsterdam).hour == 11


@pytest.mark.parametrize(
    ("expected", "said", "title", "subject"),
    [
        ("40", {}, "60 of 100 Linear guide LG-35 received", "site:2"),
        ("0", {}, "60 of 100 Linear guide LG-35 received, closed short", "site:2"),
        (None, {}, "60 of 100 Linear guide LG-35 received", "site:2"),
        (
            "0",
            {"order_reference": "P7", "supplier": KEMPTEN},
            "P7: 60 of 100 Linear guide LG-35 received, closed short",
            "partner:7",
        ),
        ("40", {"product": None}, "60 of 100 REF/3 received", "site:2"),
    ],
)
def test_a_finding_says_what_came_and_whether_the_rest_is_coming(
    expected: str | None, said: dict[str, Any], title: str, subject: str
) -> None:
    facts = order_line("100.00", "6E+1", expected, **said)
    finding = kind.verdict(facts, STANDARD, WAITED + TICK).finding

    assert finding is not None
    assert (finding.title, finding.subject) == (title, subject)


def test_the_impact_is_the_missing_quantity_at_the_order_s_price() -> None:
    rich = kind.verdict(order_line("100", "60", "0"), STANDARD, NOON).finding
    bare = kind.verdict(
        order_line("100", "60", "0", unit_price=None, currency=None, promised_at=None),
        STANDARD,
        NOON,
    ).finding

    assert rich is not None
    assert rich.impact == Impact(value=Decimal(400), currency="EUR", need_at=NOON)
    assert bare is not None
    assert bare.impact == Impact()


def test_nothing_is_offered_that_an_order_line_cannot_take() -> None:
    offered = {str(o.kind): (o.verbs, o.resolves) for o in kind.KIND.offers}

    assert offered == {
        DecisionKind.NEW_DATE: ((Verb.NEW_DATE, Verb.NOTE), True),
        DecisionKind.CHASE: ((Verb.ACTIVITY, Verb.NOTE), False),
        DecisionKind.SUBSTITUTE: ((Verb.ACTIVITY, Verb.NOTE), False),
        DecisionKind.ACCEPT_SHORT: ((Verb.NOTE,), True),
    }
