"""Severity of any facts: whatever a source says, the reasons add up, and unknown adds nothing."""

import types
import typing
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions import score
from exceptions.facts import FACTS_TYPES, Report
from exceptions.judging import judge
from exceptions.kinds import KINDS, kinds_of
from exceptions.policies import PolicyInForce
from exceptions.vocabulary import Fault, KindCode, Transport, Trouble
from tests.conftest import NOON

# Where a word is one of a list.
WORDS: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from([str(word) for word in Transport]),
    "trouble": st.none() | st.sampled_from([str(word) for word in Trouble]),
    "fault": st.sampled_from([str(word) for word in Fault]),
    "what": st.sampled_from(["check", "alert", "inspection", "hold"]),
    "tier": st.sampled_from([None, "A", "B", "C", "Z"]),
    "currency": st.sampled_from([None, "EUR", "JPY", "USD"]),
    "kind": st.sampled_from([str(code) for code in KINDS]),
}
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(1, 9),
    str: st.sampled_from(["", "A/1", "Bearing"]),
    Decimal: st.decimals(-(10**6), 10**6, places=2) | st.just(Decimal(0)),
    datetime: st.integers(-90_000, 90_000).map(lambda m: NOON + timedelta(minutes=m)),
    date: st.integers(-60, 60).map(lambda d: NOON.date() + timedelta(days=d)),
    type(None): st.none(),
}


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as facts use them."""
    if isinstance(hint, types.UnionType):
        return st.one_of([anything(part) for part in typing.get_args(hint)])
    if typing.get_origin(hint) is tuple:
        return st.lists(anything(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{n: WORDS.get(n, anything(h)) for n, h in hints.items()})
    return PLAIN[hint]


IN_FORCE = {
    str(code): PolicyInForce(number, 1, kind.default_policy)
    for number, (code, kind) in enumerate(KINDS.items())
}


@pytest.mark.parametrize("name", FACTS_TYPES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), times=st.integers(0, 9))
def test_the_reasons_of_any_facts_add_up(name: str, data: st.DataObject, times: int) -> None:
    facts = data.draw(anything(FACTS_TYPES[name]))
    for judgement in judge(facts, IN_FORCE, NOON):
        if judgement.finding is None:
            continue
        weights = KINDS[KindCode(judgement.kind.code)].default_policy.weights
        impact = judgement.finding.impact
        result = score.score(impact, weights, recurrence=times, at=NOON)

        assert sum(said.points for said in result.contributions) == result.total
        assert 0 <= result.total <= 100
        assert all(s.points == 0 for s in result.contributions if s.because == score.UNKNOWN)


@pytest.mark.parametrize("name", FACTS_TYPES)
def test_facts_of_every_type_are_judged_by_some_kind(name: str) -> None:
    assert kinds_of(FACTS_TYPES[name]) or FACTS_TYPES[name] is Report
