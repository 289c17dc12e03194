"""Avoided, lost and exposed: each read from the cases and from the rollups, and counted anew."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from exceptions.models import Case
from exceptions.queries import amounts
from exceptions.queries.amounts import Amount
from exceptions.queries.scope import Scope
from exceptions.vocabulary import ENDED_STATES, REAL_ENDS
from tests.exceptions.queries.world import day_of, in_scope, scope_of
from tests.making import Tower

pytestmark = pytest.mark.django_db

PARTS: dict[str, Callable[[Case], str]] = {
    "": lambda case: "",
    amounts.KIND: lambda case: case.kind,
    amounts.SITE: lambda case: str(case.site_id),
    amounts.DAY: lambda case: ended_on(case),
}


def ended_on(case: Case) -> str:
    end = case.resolved_at or case.closed_at
    assert end is not None
    return day_of(end, case).isoformat()


def ended_in(scope: Scope) -> list[Case]:
    first, last = scope.first_day.isoformat(), scope.last_day.isoformat()
    ended = [case for case in in_scope(scope) if case.state in ENDED_STATES]
    return [case for case in ended if first <= ended_on(case) <= last]


@pytest.mark.parametrize("by", PARTS)
@pytest.mark.parametrize("which", ["avoided", "lost"])
def test_what_was_avoided_and_lost(counted: Scope, which: str, by: str) -> None:
    told: dict[tuple[str, str], list[Decimal]] = {}
    for case in ended_in(counted):
        if (amount := getattr(case, which)) is not None:
            told.setdefault((PARTS[by](case), case.amounts_currency), []).append(amount)
    sums = [Amount(*key, len(all_of), sum(all_of, Decimal(0))) for key, all_of in told.items()]
    assert amounts.ended(counted, which, by) == sorted(sums, key=lambda a: (a.part, a.currency))


@pytest.mark.parametrize("which", ["avoided", "lost"])
def test_the_past_holds_amounts_of_every_sort(past: Tower, which: str) -> None:
    said = {getattr(case, which) for case in ended_in(scope_of(past))}
    assert {None if n is None else n > 0 for n in said} == {None, False, True}


def test_of_how_many_nobody_said_anything(counted: Scope) -> None:
    silent = [
        case
        for case in ended_in(counted)
        if case.avoided is None and case.lost is None and case.outcome in REAL_ENDS
    ]
    assert amounts.unsaid(counted) == len(silent)


@pytest.mark.parametrize("by", [amounts.KIND, amounts.SITE])
def test_what_is_exposed(counted: Scope, by: str) -> None:
    told: dict[tuple[str, str | None], list[Decimal]] = {}
    for case in in_scope(counted):
        if case.is_open:
            known = case.value_at_risk is not None and case.currency
            values = told.setdefault((PARTS[by](case), case.currency if known else None), [])
            values.append(case.value_at_risk or Decimal(0))
    assert set(amounts.exposed(counted, by)) == {
        Amount(*key, len(values), sum(values, Decimal(0)) if key[1] else None)
        for key, values in told.items()
    }
