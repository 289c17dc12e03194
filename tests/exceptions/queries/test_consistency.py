"""What was decided, and whether the same sort of case gets the same everywhere: counted anew."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import Case
from exceptions.queries import consistency
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.consistency import Band, Decided
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import TAKEN, DecisionKind
from tests.conftest import build_tower
from tests.exceptions.queries.approving import Asked, take_some_back
from tests.exceptions.queries.world import NOW, day_of, in_scope, scope_of
from tests.making import Tower


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Asked(tower, random.Random(7)).live(60)
        take_some_back()
        assert keeping.freshen(NOW, batches=100) == NOW
        yield tower
        transaction.set_rollback(True)


@pytest.fixture(params=["cases", "rollups"])
def rolled(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "rollups")


def decided_of(case: Case) -> tuple[str, datetime] | None:
    taken = [d for d in case.decisions.all() if d.state in TAKEN]
    undone = {d.undoes_id for d in taken}
    left = [d for d in taken if d.kind != DecisionKind.UNDO and d.pk not in undone]
    if not left:
        return None
    last = max(left, key=lambda d: d.pk)
    return last.kind, last.approved_at or last.proposed_at


def recount(scope: Scope) -> list[Decided]:
    told = Counter[tuple[str, str, int, int, str]]()
    for case in in_scope(scope):
        if found := decided_of(case):
            decision, at = found
            if scope.first_day <= day_of(at, case) <= scope.last_day:
                told[case.kind, case.tier, case.site_id, case.team_id or 0, decision] += 1
    return [Decided(*key, n) for key, n in sorted(told.items())]


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["everything", "one site", "one tier"])
def test_what_was_decided(past: Tower, rolled: bool, which: str) -> None:
    whole = replace(scope_of(past), rolled=rolled)
    scope = {
        "everything": whole,
        "one site": replace(whole, sites=(past.other_site.pk,)),
        "one tier": replace(whole, tiers=("high",)),
    }[which]
    found = recount(scope)
    assert consistency.decided(scope) == found
    assert which != "everything" or {row.decision for row in found} >= {"cancel"}


@pytest.mark.django_db
def test_what_was_decided_can_be_listed(past: Tower) -> None:
    scope = scope_of(past)
    asked = CaseFilter(states=("all",), decided_from=scope.first_day, decided_to=scope.last_day)
    listed = Counter(
        {
            decision: asked.changed(decisions=(decision,)).apply(Case.objects.all(), at=NOW).count()
            for decision in DecisionKind.values
        }
    )
    told = Counter[str]()
    for row in consistency.decided(scope):
        told[row.decision] += row.n
    assert +listed == told
    assert asked.apply(Case.objects.all(), at=NOW).count() == told.total()


def of(site: int, **decided: int) -> list[Decided]:
    return [Decided("late_inbound", "high", site, 1, d, n) for d, n in decided.items()]


def alike(*rows: Decided) -> tuple[int, int, float | None]:
    """Of the one kind and tier: n, how many sites are compared, and how much alike they are."""
    (band,) = consistency.bands(rows, consistency.of_site)
    assert (band.kind, band.tier) == ("late_inbound", "high")
    return band.n, band.compared, None if band.value is None else round(band.value, 9)


def test_the_same_everywhere_is_wholly_alike() -> None:
    rows = [*of(1, chase=8, expedite=2), *of(2, chase=16, expedite=4)]
    assert alike(*rows) == (30, 2, 1.0)


def test_each_something_else_is_half_alike() -> None:
    """Each is half a whole away from the half-and-half that all of them decided."""
    assert alike(*of(1, chase=10), *of(2, expedite=10)) == (20, 2, 0.5)


def test_every_site_counts_alike_however_much_it_decides() -> None:
    """The whole: 3/4 chase. One is 1/4 away from it, the other 3/4: the mean is 1/2."""
    assert alike(*of(1, chase=30), *of(2, expedite=10)) == (40, 2, 0.5)


@pytest.mark.parametrize(
    ("first", "second", "compared"),
    [(10, 9, 2), (40, 4, 1), (40, 0, 1)],
    ids=["too few in all", "too few of one", "one alone"],
)
def test_of_too_few_nothing_is_said(first: int, second: int, compared: int) -> None:
    rows = [*of(1, chase=first), *(of(2, expedite=second) if second else [])]
    assert alike(*rows) == (first + second, compared, None)


def test_the_whole_is_told_by_decisions() -> None:
    bands = [
        Band("a", "high", 30, 2, 1.0),
        Band("b", "low", 10, 2, 0.6),
        Band("c", "low", 3, 1, None),
    ]
    assert consistency.whole(bands) == pytest.approx(0.9)
    assert consistency.whole(bands[2:]) is None
