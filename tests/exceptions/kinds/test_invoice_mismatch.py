"""When a bill asks for more than came, for a higher price, or twice."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.kinds import invoice_mismatch as kind
from exceptions.verdicts import Impact
from exceptions.vocabulary import DecisionKind, Verb
from tests.exceptions.kinds.facts import KEMPTEN, NOON, bill, bill_line

STANDARD = kind.KIND.default_policy  # any quantity; past 2 percent and at least 10 over the line
TOLERANT = replace(
    STANDARD, thresholds={**STANDARD.thresholds, "quantity_tolerance": Decimal("2.5")}
)
FINE = None


@pytest.mark.parametrize(
    ("line", "worth"),
    [
        # (billed, beyond receipt, billed at, ordered at)
        (("100", "0", "10", "10"), FINE),
        (("100", "40", "10", "10"), "400"),
        (("100", "0.000001", "10", "10"), "0.00"),
        (("100", "-5", "10", "10"), FINE),  # more came than was billed
        (("100", None, "10", "10"), FINE),  # bills follow what was ordered
        (("0", "40", "10", "10"), "400"),  # it counts on this bill, though another billed it
        (("100", "0", "10.20", "10"), FINE),  # exactly 2 percent
        (("100", "0", "10.21", "10"), "21"),  # 0.21 each
        (("100", "0", "9", "10"), FINE),  # cheaper than ordered
        (("4", "0", "12.49", "10"), FINE),  # 9.96 over the line
        (("4", "0", "12.50", "10"), "10"),  # exactly 10
        (("-100", "0", "15", "10"), FINE),  # a deduction
        (("0", "0", "15", "10"), FINE),
        (("100", "0", "1", "0"), "100"),  # ordered for nothing
        (("100", "0", "0", "0"), FINE),
        (("100", "0", "15", None), FINE),  # ordered in another currency: no comparison
        (("100", "40", "15", None), "600"),
        ((None, "0", None, "10"), FINE),  # billed in a unit that cannot be converted
        ((None, "40", None, "10"), "400"),  # what is over, Odoo counts itself
        ((None, "40", None, None), "unknown"),
        # 1,590 were asked for what should have cost 60 at 14.50, which is 870.
        (("100", "40", "15.90", "14.50"), "720"),
        (("100", "100", "15.90", "14.50"), "1590"),
        (("100", "120", "15.90", "14.50"), "1908"),  # 20 of them on earlier bills
    ],
)
def test_what_a_line_asks_for_too_much(line: tuple[Any, Any, Any, Any], worth: str | None) -> None:
    finding = kind.verdict(bill(bill_line(*line)), STANDARD, NOON).finding
    value = finding.impact.value if finding else None
    told = None if finding is None else "unknown" if value is None else value

    wanted: Any = worth if worth in (None, "unknown", "") else Decimal(worth)
    assert told == wanted


@pytest.mark.parametrize(
    ("over", "found"), [("2.4", False), ("2.5", False), ("2.500001", True), ("3", True)]
)
def test_a_tolerated_quantity_is_no_mismatch(over: str, found: bool) -> None:
    verdict = kind.verdict(bill(bill_line("100", over, "10", "10")), TOLERANT, NOON)

    assert (verdict.finding is not None, verdict.recheck_at) == (found, None)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, True),
        ({"open": False}, False),  # paid, or cancelled
        ({"currency": "INR"}, True),
        ({"due_at": None, "total": None}, True),
        ({"company": "Meridian India"}, True),
    ],
)
def test_only_an_open_bill_can_be_wrong(said: dict[str, Any], found: bool) -> None:
    facts = bill(bill_line("100", "40", "15.90", "14.50"), duplicates=("BILL/7",), **said)

    assert (kind.verdict(facts, STANDARD, NOON).finding is not None) == found


@pytest.mark.parametrize(
    ("lines", "said", "value"),
    [
        ((), {}, FINE),  # no lines of orders, no duplicate
        ((), {"duplicates": ("BILL/7",)}, "5000"),  # all of it may be paid twice
        ((("100", "40", "15.90", "14.50"),), {"duplicates": ("BILL/7",)}, "5000"),
        ((), {"duplicates": ("BILL/7",), "total": None}, "unknown"),
        ((), {"duplicates": ("BILL/7",), "total": Decimal(0)}, "0"),
        ((("100", "40", "10", "10"), ("10", "0", "20", "10")), {}, "500"),  # 400 + 100
        ((("100", "40", "10", "10"), (None, "1", None, None)), {}, "400"),  # of one: unknown
        ((("100", "40", "10", "10"), ("100", "0", "10", "10")), {}, "400"),
    ],
)
def test_the_impact_of_a_whole_bill(
    lines: tuple[tuple[Any, Any, Any, Any], ...], said: dict[str, Any], value: str | None
) -> None:
    facts = bill(*(bill_line(*line) for line in lines), **said)
    finding = kind.verdict(facts, STANDARD, NOON).finding

    if value is FINE:
        assert finding is None
    else:
        assert finding is not None
        amount = None if value == "unknown" else Decimal(value)
        assert finding.impact == Impact(value=amount, currency="EUR", need_at=NOON)


@pytest.mark.parametrize(
    ("line", "said", "title", "subject"),
    [
        (("100", "40.00", "10", "10"), {}, "REF/3: 40 billed beyond receipt", "site:2"),
        (("100", "0", "15", "10"), {}, "REF/3: price above the order's", "site:2"),
        (
            ("100", "40", "15", "10"),
            {
                "supplier": KEMPTEN,
                "supplier_reference": "INV-9",
                "duplicates": ("BILL/7", "BILL/8"),
            },
            (
                "INV-9 from Kempten Bearings: same reference as BILL/7, BILL/8,"
                " 40 billed beyond receipt, price above the order's"
            ),
            "partner:7",
        ),
    ],
)
def test_a_finding_names_the_bill_the_supplier_and_what_is_wrong(
    line: tuple[Any, Any, Any, Any], said: dict[str, Any], title: str, subject: str
) -> None:
    finding = kind.verdict(bill(bill_line(*line), **said), STANDARD, NOON).finding

    assert finding is not None
    assert (finding.title, finding.subject) == (title, subject)


def test_a_bill_is_blocked_or_credited_in_draft_and_its_lines_are_left_alone() -> None:
    offered = {str(o.kind): (o.verbs, o.resolves) for o in kind.KIND.offers}

    assert offered == {
        DecisionKind.HOLD_BILL: ((Verb.HOLD_BILL, Verb.NOTE), False),
        DecisionKind.CREDIT_NOTE: ((Verb.CREDIT_NOTE, Verb.ACTIVITY, Verb.NOTE), False),
        DecisionKind.ACCEPT: ((Verb.NOTE,), True),
    }


AMOUNTS = st.decimals(0, 1000, places=2)


@given(billed=AMOUNTS, came=AMOUNTS, asked=AMOUNTS, ordered=AMOUNTS)
def test_a_line_is_never_worth_more_than_it_asks_for(
    billed: Decimal, came: Decimal, asked: Decimal, ordered: Decimal
) -> None:
    over = max(billed - came, Decimal(0))
    line = bill_line(str(billed), str(over), str(asked), str(ordered))
    worth = kind.worth(line, STANDARD)

    assert worth is not None
    assert 0 <= worth <= billed * asked
