"""Which rule decides, held against a plain reading of the rules; and what one rule hides."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions import routes
from exceptions.routes import Routes, Rule, Subject, covers, holds, rule_for
from exceptions.vocabulary import Counting

CASE = Subject(
    kind="customs_hold",
    site=1,
    team="trade_compliance",
    tier="high",
    model="stock.picking",
    partners=("Kempten Bearings GmbH",),
    things=("Bearing 6204", "All / Saleable / Bearings", "US"),
    value=Decimal(5_000),
)


@pytest.mark.parametrize(
    ("said", "holds_for_it"),
    [
        ({}, True),
        ({"kinds": ("late_inbound", "customs_hold")}, True),
        ({"kinds": ("late_inbound",)}, False),
        ({"sites": (1,)}, True),
        ({"sites": (2, 3)}, False),
        ({"tiers": ("critical", "high")}, True),
        ({"tiers": ("low",)}, False),
        ({"models": ("stock.picking",)}, True),
        ({"models": ("stock",)}, False),
        ({"partners": ("kempten",)}, True),
        ({"partners": ("DHL", "bearings gmbh")}, True),
        ({"partners": ("DHL",)}, False),
        ({"words": ("BEARING",)}, True),
        ({"words": ("us",)}, True),
        ({"words": ("kempten",)}, False),
        ({"value_from": Decimal(5_000)}, True),
        ({"value_from": Decimal("5000.01")}, False),
        ({"value_to": Decimal("5000.01")}, True),
        ({"value_to": Decimal(5_000)}, False),
        ({"kinds": ("customs_hold",), "sites": (2,)}, False),
    ],
)
def test_a_rule_holds_where_all_its_conditions_do(said: dict[str, Any], holds_for_it: bool) -> None:
    assert holds(Rule(name="It", **said), CASE) is holds_for_it


def test_a_value_that_nobody_knows_is_of_no_range() -> None:
    unknown = replace(CASE, value=None)
    ranges = [
        Rule(name="From", value_from=Decimal(0)),
        Rule(name="To", value_to=Decimal(10**9)),
        Rule(name="Any"),
    ]

    assert [holds(rule, unknown) for rule in ranges] == [False, False, True]


@pytest.mark.parametrize(
    ("wide", "narrow", "hides"),
    [
        ({}, {}, True),
        ({}, {"kinds": ("customs_hold",)}, True),
        ({"kinds": ("customs_hold",)}, {}, False),
        ({"kinds": ("customs_hold", "late_inbound")}, {"kinds": ("late_inbound",)}, True),
        ({"sites": (1,)}, {"sites": (1, 2)}, False),
        ({"words": ("bear",)}, {"words": ("Bearing", "bear trap")}, True),
        ({"words": ("bear",)}, {"words": ("Bearing", "motor")}, False),
        ({"value_from": Decimal(10)}, {"value_from": Decimal(20)}, True),
        ({"value_from": Decimal(10)}, {"value_to": Decimal(20)}, False),
        ({"value_from": Decimal(10)}, {"value_from": Decimal(10), "value_to": Decimal(20)}, True),
        ({"value_to": Decimal(10)}, {}, False),
    ],
)
def test_what_hides_a_later_rule(wide: dict[str, Any], narrow: dict[str, Any], hides: bool) -> None:
    assert covers(Rule(name="Wide", **wide), Rule(name="Narrow", **narrow)) is hides


def test_an_open_case_weighs_as_is_counted() -> None:
    tiers = ("critical", "high", "medium", "low", "")

    assert [routes.weight(Counting.CASES, tier) for tier in tiers] == [1, 1, 1, 1, 1]
    assert [routes.weight(Counting.SEVERITY, tier) for tier in tiers] == [4, 3, 2, 1, 1]


# -- By chance ---------------------------------------------------------------------------------

KINDS, SITES, TIERS, MODELS = ("a", "b"), (1, 2), ("high", "low"), ("m", "n")
NAMES = ("Kempten", "kempten bearings", "DHL", "dh", "")
VALUES = [Decimal(n) for n in (0, 5, 10, 15)]


def some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


RULES = st.builds(
    Rule,
    name=st.just("By chance"),
    kinds=some(KINDS),
    sites=some(SITES),
    tiers=some(TIERS),
    models=some(MODELS),
    partners=some(NAMES[:4]),
    words=some(NAMES[:4]),
    value_from=st.none() | st.sampled_from(VALUES),
    value_to=st.none() | st.sampled_from(VALUES),
)
SUBJECTS = st.builds(
    Subject,
    kind=st.sampled_from(KINDS),
    site=st.sampled_from(SITES),
    team=st.just("logistics"),
    tier=st.sampled_from(TIERS),
    model=st.sampled_from(MODELS),
    partners=some(NAMES),
    things=some(NAMES),
    value=st.none() | st.sampled_from(VALUES),
)


def plainly(rule: Rule, case: Subject) -> bool:
    """The rule as its docstring reads, condition by condition."""
    for wanted, value in (
        (rule.kinds, case.kind),
        (rule.sites, case.site),
        (rule.tiers, case.tier),
        (rule.models, case.model),
    ):
        if len(wanted) > 0 and list(wanted).count(value) == 0:
            return False
    for words, names in ((rule.partners, case.partners), (rule.words, case.things)):
        text = "\n".join(names).lower()
        if words and all(text.find(word.lower()) == -1 for word in words):
            return False
    if rule.value_from is None and rule.value_to is None:
        return True
    if case.value is None:
        return False
    low = Decimal("-Infinity") if rule.value_from is None else rule.value_from
    high = Decimal("Infinity") if rule.value_to is None else rule.value_to
    return low <= case.value < high


@settings(max_examples=300, deadline=None)
@given(rules=st.lists(RULES, max_size=5), case=SUBJECTS)
def test_the_first_rule_that_holds_decides(rules: list[Rule], case: Subject) -> None:
    holding = [n for n, rule in enumerate(rules, start=1) if plainly(rule, case)]

    assert rule_for(Routes(rules=tuple(rules)), case).number == (holding[0] if holding else 0)


@settings(max_examples=300, deadline=None)
@given(wide=RULES, narrow=RULES, case=SUBJECTS)
def test_what_is_said_to_be_hidden_never_decides(wide: Rule, narrow: Rule, case: Subject) -> None:
    if covers(wide, narrow) and plainly(narrow, case):
        assert plainly(wide, case)
