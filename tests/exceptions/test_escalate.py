"""What time does to cases."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions import audit, escalate, lifecycle, policies, tasks
from exceptions.kinds import KINDS
from exceptions.models import Case, Clock
from exceptions.vocabulary import ClockState, Happening, KindCode, Move, State
from tests.exceptions.cases import case_in
from tests.making import Tower

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


def test_a_clock_is_breached_when_its_time_has_passed_and_not_before(
    tower: Tower, at: datetime
) -> None:
    case = tower.late_case(at=at)
    due = at + HOUR
    swept = [escalate.sweep_clocks(at=moment) for moment in (due, due + TICK, due + TICK)]
    clock = Clock.objects.get(kind="acknowledge")
    case.refresh_from_db()

    assert swept == [0, 1, 0]
    assert (clock.state, clock.breached_at, clock.stopped_at) == (ClockState.BREACHED, due, None)
    assert (case.state, case.next_due_at) == (State.ASSIGNED, due)


def test_a_breach_is_told_in_the_history_once(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    for _ in range(3):
        escalate.sweep_clocks(at=at + 2 * HOUR)
    case.refresh_from_db()
    (told,) = case.events.filter(happening=Happening.CLOCK_BREACHED)

    assert (told.via, told.data["clock"], told.data["target_minutes"]) == (
        "clock",
        "acknowledge",
        60,
    )
    assert list(audit.verify(case)) == []


def test_a_breached_clock_goes_on_until_the_move_is_made(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    escalate.sweep_clocks(at=at + 2 * HOUR)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at + 3 * HOUR)
    clock = Clock.objects.get(kind="acknowledge")

    assert (clock.state, clock.breached_at, clock.stopped_at) == (
        ClockState.BREACHED,
        at + HOUR,
        at + 3 * HOUR,
    )


def test_a_sweep_takes_what_is_due_and_leaves_the_rest(tower: Tower, at: datetime) -> None:
    for number in range(1, 6):
        tower.late_case(number, at=at + number * HOUR)
    swept = [escalate.sweep_clocks(at=at + 4 * HOUR + TICK, limit=2) for _ in range(3)]

    assert swept == [2, 1, 0]
    assert Clock.objects.filter(kind="acknowledge", state="running").count() == 2


def test_a_stopped_clock_is_never_breached(tower: Tower, at: datetime) -> None:
    case = case_in(State.CLOSED, tower, at=at)

    assert escalate.sweep_clocks(at=at + 999 * HOUR) == 0
    assert {c.state for c in case.clocks.all()} == {ClockState.MET}


@pytest.mark.parametrize(("after", "closed"), [(48 * HOUR - TICK, 0), (48 * HOUR, 1)])
def test_a_resolved_case_closes_after_the_quiet_period(
    tower: Tower, at: datetime, after: timedelta, closed: int
) -> None:
    case = case_in(State.RESOLVED, tower, at=at)
    assert case.resolved_at is not None
    moment = case.resolved_at + after

    assert escalate.close_quiet_cases(at=moment) == closed
    case.refresh_from_db()
    assert (case.state, case.closed_at) == (
        (State.CLOSED, moment) if closed else (State.RESOLVED, None)
    )


def test_the_quiet_period_is_the_policys(tower: Tower, at: datetime) -> None:
    patient = replace(KINDS[KindCode.LATE_INBOUND].default_policy, quiet_hours=100)
    policies.publish(KindCode.LATE_INBOUND, patient, at=at)
    case_in(State.RESOLVED, tower, at=at)

    assert [escalate.close_quiet_cases(at=at + h * HOUR) for h in (99, 101, 102)] == [0, 1, 0]


def test_what_has_closed_does_not_slow_down_what_is_to_close(tower: Tower, at: datetime) -> None:
    case_in(State.RESOLVED, tower, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is too small for an index
    with CaptureQueriesContext(connection) as said:
        escalate.close_quiet_cases(at=at)
    plans = [explained(q["sql"]) for q in said.captured_queries if '"resolved_at" <=' in q["sql"]]
    assert ["case_to_close" in plan for plan in plans] == [True]


def explained(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_only_resolved_cases_close_by_themselves(tower: Tower, at: datetime) -> None:
    for number, state in enumerate(s for s in State if s != State.RESOLVED):
        case_in(state, tower, at=at)
        Case.objects.filter(fingerprint__startswith="late").update(fingerprint=f"case {number}")

    assert escalate.close_quiet_cases(at=at + 999 * HOUR) == 0


def test_the_tasks_do_all_that_is_due(tower: Tower, at: datetime) -> None:
    """By the real clock, which is long past the facts of the tests or long before them."""
    tower.late_case(at=datetime(2020, 1, 1, tzinfo=at.tzinfo))
    tasks.recheck_documents()
    tasks.sweep_clocks()
    tasks.close_quiet_cases()

    assert {c.kind: c.state for c in Clock.objects.all()} == {
        "acknowledge": ClockState.BREACHED,
        "resolve": ClockState.BREACHED,
    }
    assert Case.objects.get().score == 63
