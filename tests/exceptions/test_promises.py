"""Promises: recorded, reminded of once when they fall due, kept or broken, all in the history."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from exceptions import audit, lifecycle, promises
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, Promise
from exceptions.vocabulary import Move, PromiseState
from tests.exceptions.cases import People, data_for, people_of
from tests.making import Tower

HOUR = timedelta(hours=1)


@pytest.fixture
def people(tower: Tower) -> People:
    return people_of(tower)


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return tower.late_case(at=at)


def record(case: Case, people: People, at: datetime, **said: Any) -> Promise:
    told: dict[str, Any] = {"by": "Kempten Bearings", "what": "It ships", "due": at + HOUR} | said
    actor = told.pop("actor", people.owner)
    return promises.record(case.pk, actor, at=at, **told)


def told(case: Case) -> list[tuple[str, str]]:
    events = CaseEvent.objects.filter(case=case, data__has_key="promise").order_by("number")
    return [(e.happening, e.actor_name) for e in events]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as says:
        act()
    return str(says.value)


def test_it_is_recorded_and_falls_due_once(case: Case, people: People, at: datetime) -> None:
    """Also when nobody looked over the due time: once, when somebody looks again."""
    promise = record(case, people, at, by=" Kempten ", what=" It ships ")
    reminded = [
        promises.remind_of_due(at=at + after)
        for after in (HOUR - timedelta(seconds=1), 30 * HOUR, 31 * HOUR)
    ]
    promise.refresh_from_db()

    assert reminded == [0, 1, 0]
    assert (promise.promised_by, promise.what, promise.state, promise.reminded_at) == (
        "Kempten",
        "It ships",
        PromiseState.OPEN,
        at + 30 * HOUR,
    )
    assert told(case) == [("promised", "procurement.rtm"), ("promise_due", "clock")]
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


@pytest.mark.parametrize("how", [PromiseState.KEPT, PromiseState.BROKEN, PromiseState.WITHDRAWN])
def test_it_is_settled_once_and_no_more_awaited(
    case: Case, people: People, at: datetime, how: PromiseState
) -> None:
    promise = record(case, people, at)
    done = promises.settle(promise.pk, how, people.supervisor, at=at)

    assert (done.state, done.settled_by, done.settled_at) == (how, people.supervisor.user, at)
    assert told(case)[-1] == (f"promise_{how}", "lead.rtm")
    assert promises.remind_of_due(at=at + 9 * HOUR) == 0
    again = partial(promises.settle, promise.pk, PromiseState.KEPT, people.owner, at=at)
    assert refused(again) == f"This promise is already {how}."


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"by": " "}, "Say who promised it."),
        ({"what": ""}, "Say what was promised."),
        ({"due": None}, "Give the date and time until when it was promised."),
        ({"due": datetime(2026, 11, 18)}, "Give the date and time until when it was promised."),  # noqa: DTZ001
    ],
)
def test_what_is_no_promise(
    case: Case, people: People, at: datetime, wrong: dict[str, Any], says: str
) -> None:
    assert refused(lambda: record(case, people, at, **wrong)) == says


def test_dates_lie_ahead(case: Case, people: People, at: datetime) -> None:
    says = "The date of a promise lies in the next two years."
    for due in (at, at - HOUR, at + timedelta(days=730)):
        assert refused(lambda due=due: record(case, people, at, due=due)) == says  # type: ignore[misc] # bound now


def test_who_works_on_the_case_keeps_its_promises(case: Case, people: People, at: datetime) -> None:
    says = "Only its team and the supervisors of Rotterdam keep its promises."
    promise = record(case, people, at, actor=people.mate)
    for actor in (people.auditor, people.executive, people.operator_of_another_team):
        assert refused(lambda a=actor: record(case, people, at, actor=a)) == says  # type: ignore[misc] # bound now
        assert (
            refused(partial(promises.settle, promise.pk, PromiseState.KEPT, actor, at=at)) == says
        )


def test_of_a_case_that_has_ended_nobody_is_reminded(
    case: Case, people: People, at: datetime
) -> None:
    promise = record(case, people, at)
    lifecycle.move(case.pk, Move.DISMISS, people.supervisor, at=at, data=data_for(Move.DISMISS))

    assert promises.remind_of_due(at=at + 2 * HOUR) == 1
    assert told(case) == [("promised", "procurement.rtm")]
    assert refused(lambda: record(case, people, at)) == (
        f"{case.reference} has ended: nothing is awaited."
    )
    promises.settle(promise.pk, PromiseState.KEPT, people.owner, at=at)
    assert told(case)[-1] == ("promise_kept", "procurement.rtm")
