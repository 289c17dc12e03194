"""Facts in, cases out."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from exceptions import intake
from exceptions.casework import Change
from exceptions.models import Case, Document
from exceptions.vocabulary import Outcome, State
from tests.making import Tower


def test_a_late_receipt_opens_one_case_that_somebody_owns(tower: Tower, at: datetime) -> None:
    changes = intake.take_in([tower.receipt(at=at)], at=at)

    case = Case.objects.get()
    assert changes == {Change.OPENED: 1}
    assert (case.state, case.title) == (State.ASSIGNED, "P00001 from Kempten Bearings is late")
    assert (case.score, case.tier) == (56, "high")
    assert str(case.owner) == "procurement.rtm"
    assert [e.move or e.happening for e in case.events.all()] == ["detected", "classify", "assign"]


def test_the_same_facts_again_change_nothing(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.receipt(at=at)], at=at)
    changes = intake.take_in([tower.receipt(at=at)], at=at + timedelta(minutes=1))

    assert changes == {}
    assert Case.objects.get().events.count() == 3


def test_a_new_date_in_the_source_clears_the_case(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.receipt(at=at)], at=at)
    later = at + timedelta(hours=1)
    new_date = tower.receipt(at=later, planned_at=later + timedelta(days=3))
    changes = intake.take_in([new_date], at=later)

    case = Case.objects.get()
    assert changes == {Change.CLEARED: 1}
    assert (case.state, case.outcome, case.resolved_at) == (
        State.RESOLVED,
        Outcome.SELF_HEALED,
        later,
    )
    assert {c.kind: c.state for c in case.clocks.all()} == {
        "acknowledge": "cancelled",
        "resolve": "cancelled",
    }


def test_time_alone_opens_a_case_when_the_promise_passes(tower: Tower, at: datetime) -> None:
    promise = at + timedelta(hours=5)
    intake.take_in([tower.receipt(at=at, promised_at=promise, planned_at=promise)], at=at)
    assert intake.recheck_due(at=promise) == (0, {})
    seen, changes = intake.recheck_due(at=promise + timedelta(seconds=1))

    assert (seen, changes) == (1, {Change.OPENED: 1})


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_readings_the_later_one_is_right(
    tower: Tower, at: datetime, order: tuple[int, int]
) -> None:
    early = tower.receipt(at=at)
    late = tower.receipt(at=at + timedelta(seconds=5), open=False)
    for i in order:
        intake.take_in([(early, late)[i]], at=at + timedelta(seconds=10))

    assert Document.objects.get().facts["open"] is False
    assert Case.objects.filter(state=State.ASSIGNED).count() == 0


def test_what_comes_back_reopens_the_same_case(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.receipt(at=at)], at=at)
    second, third = at + timedelta(hours=1), at + timedelta(hours=2)
    intake.take_in([tower.receipt(at=second, planned_at=second + timedelta(days=1))], at=second)
    changes = intake.take_in([tower.receipt(at=third, value=Decimal(11_000))], at=third)

    case = Case.objects.get()
    assert changes == {Change.REOPENED: 1}
    assert (case.state, case.reopen_count, case.outcome) == (State.ASSIGNED, 1, "")


def test_the_first_promise_is_kept(tower: Tower, at: datetime) -> None:
    first = at + timedelta(days=1)
    intake.take_in([tower.receipt(at=at, promised_at=first)], at=at)
    later = at + timedelta(hours=1)
    intake.take_in([tower.receipt(at=later, promised_at=first + timedelta(days=9))], at=later)

    assert Document.objects.get().first_promised_at == first
