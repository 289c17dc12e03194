"""The history: whole, or the verifier names the row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions import audit, lifecycle
from exceptions.audit import Fault
from exceptions.models import Case, CaseEvent
from exceptions.vocabulary import Happening, Move, State
from tests.exceptions.cases import POLICY, case_in
from tests.making import Tower


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """A closed case with a history of six lines."""
    return case_in(State.CLOSED, tower, at=at)


@contextmanager
def as_an_intruder() -> Iterator[None]:
    """Somebody who owns the database and switches the trigger off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exceptions_caseevent DISABLE TRIGGER caseevent_append_only")
        yield
        cursor.execute("ALTER TABLE exceptions_caseevent ENABLE TRIGGER caseevent_append_only")


def faults(case: Case) -> list[tuple[int, str]]:
    case.refresh_from_db()
    found = list(audit.verify(case))
    assert {fault.case_id for fault in found} <= {case.pk}
    return [(fault.number, fault.says) for fault in found]


CHANGED, MISSING = "was changed", "missing"
BROKEN = "does not follow the event before it"


def test_an_untouched_history_is_whole(case: Case) -> None:
    assert (case.event_count, faults(case)) == (6, [])


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor_name", "Somebody else"),
        ("via", "ai"),
        ("data", {"reason": "Nothing of the kind"}),
        ("from_state", "closed"),
        ("to_state", "detected"),
        ("previous_hash", "0" * 64),
    ],
)
def test_a_changed_event_is_named(case: Case, number: int, field: str, value: object) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case, number=number).update(**{field: value})

    assert (number, CHANGED) in faults(case)


def test_a_changed_instant_is_named(case: Case, at: datetime) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case, number=4).update(at=at + timedelta(microseconds=1))

    assert faults(case) == [(4, CHANGED)]


def test_a_changed_event_with_a_new_hash_breaks_the_next(case: Case) -> None:
    event = CaseEvent.objects.get(case=case, number=3)
    event.actor_name = "Somebody else"
    with as_an_intruder():
        CaseEvent.objects.filter(pk=event.pk).update(
            actor_name=event.actor_name, hash=audit.digest(event)
        )

    assert faults(case) == [(4, BROKEN)]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, [(1, MISSING), (2, BROKEN)]),
        (3, [(3, MISSING), (4, BROKEN)]),
        (6, [(6, MISSING)]),
    ],
)
def test_a_dropped_event_is_missed(case: Case, number: int, told: list[tuple[int, str]]) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case, number=number).delete()

    assert faults(case) == told


def test_a_history_that_was_dropped_whole_is_missed(case: Case) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case).delete()

    assert faults(case) == [(6, MISSING)]


def test_two_events_that_changed_places_are_named(case: Case) -> None:
    with as_an_intruder():
        for number, place in ((4, 40), (5, 4), (40, 5)):
            CaseEvent.objects.filter(case=case, number=number).update(number=place)

    assert {number for number, _ in faults(case)} == {4, 5, 6}


def test_an_event_slipped_in_is_named(case: Case, at: datetime) -> None:
    last = CaseEvent.objects.get(case=case, number=6)
    last.pk, last.number, last.previous_hash = None, 7, last.hash
    last.hash = audit.digest(last)
    last.save(force_insert=True)

    assert faults(case) == [(6, MISSING)]


def test_an_event_taken_from_another_case_is_named(case: Case, tower: Tower, at: datetime) -> None:
    other = tower.late_case(2, at=at)
    with as_an_intruder():
        CaseEvent.objects.filter(case=other, number=1).update(case=case, number=7)

    assert (7, CHANGED) in faults(case)
    assert faults(other) == [(1, MISSING), (2, BROKEN)]


def test_a_fault_says_where(case: Case) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case, number=2).update(actor_name="Somebody else")
    case.refresh_from_db()

    assert list(audit.verify(case)) == [Fault(case.pk, 2, CHANGED)]


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=80
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reason=TEXT, number=st.integers(-(2**60), 2**60), at=st.integers(0, 10**12))
def test_whatever_was_said_verifies_after_it_was_stored(
    tower: Tower, case: Case, reason: str, number: int, at: int
) -> None:
    case = lifecycle.locked(case.pk)
    instant = datetime(2026, 1, 1, tzinfo=case.detected_at.tzinfo) + timedelta(microseconds=at)
    data = {"reason": reason, "deep": {"ü": [number, None, True], "": reason}, "at": instant}
    audit.append(case, Happening.NOTED, POLICY, at=instant, data=data)
    case.save()

    assert faults(case) == []


def test_an_event_is_a_move_or_a_happening(case: Case) -> None:
    told = [(e.move, e.happening) for e in case.events.all()]

    assert told == [("", Happening.DETECTED), *((str(m), "") for m in _moves())]


def _moves() -> list[Move]:
    return [Move.CLASSIFY, Move.ASSIGN, Move.ACKNOWLEDGE, Move.RESOLVE, Move.CLOSE]
