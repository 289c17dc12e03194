"""What the database itself refuses, whoever writes to it."""

import importlib
from datetime import datetime
from itertools import permutations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from exceptions import rules
from exceptions.models import Case, CaseEvent
from exceptions.vocabulary import State
from tests.making import Tower


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    made = tower.late_case(at=at)
    with connection.cursor() as cursor:  # no check waits for the commit that a test never makes
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return made


def refusal_of(sql: str) -> str:
    """The first line of what PostgreSQL says to a statement that it refuses."""
    with (
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    return str(refused.value).splitlines()[0]


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE exceptions_caseevent SET actor_name = 'Somebody else'", "UPDATE"),
        ("DELETE FROM exceptions_caseevent", "DELETE"),
        ("TRUNCATE exceptions_caseevent CASCADE", "TRUNCATE"),
    ],
)
def test_history_is_neither_changed_nor_deleted(case: Case, sql: str, what: str) -> None:
    said = refusal_of(sql)

    assert said == f"history is append-only: {what} on exceptions_caseevent is refused"
    assert CaseEvent.objects.filter(case=case).count() == 3


def test_the_trigger_holds_the_pairs_of_rules() -> None:
    migration = importlib.import_module("exceptions.migrations.0002_history_is_held_by_triggers")

    assert set(migration.LEGAL_PAIRS) == rules.legal_pairs()


@pytest.mark.parametrize(
    ("source", "target"),
    [pair for pair in permutations(State.values, 2) if pair not in rules.legal_pairs()],
)
def test_an_illegal_change_of_state_is_refused(case: Case, source: str, target: str) -> None:
    outcome: dict[str, str] = {"resolved": "fixed", "closed": "fixed"}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE exceptions_case DISABLE TRIGGER case_transition")
        cursor.execute(
            "UPDATE exceptions_case SET state = %s, outcome = %s", [source, outcome.get(source, "")]
        )
        cursor.execute("ALTER TABLE exceptions_case ENABLE TRIGGER case_transition")
    said = refusal_of(
        f"UPDATE exceptions_case SET state = '{target}', outcome = '{outcome.get(target, '')}',"
        " event_count = event_count + 1"
    )

    assert said == f"a case cannot go from {source} to {target}"


def test_a_state_does_not_change_without_an_event(case: Case) -> None:
    said = refusal_of("UPDATE exceptions_case SET state = 'acknowledged'")

    assert said == "a case changes state only with an event in its history"


def test_a_case_does_not_end_without_an_outcome(case: Case) -> None:
    said = refusal_of(
        "UPDATE exceptions_case SET state = 'resolved', event_count = event_count + 1"
    )

    assert 'violates check constraint "case_ended_with_outcome"' in said


def test_an_open_case_has_no_outcome(case: Case) -> None:
    assert '"case_ended_with_outcome"' in refusal_of("UPDATE exceptions_case SET outcome = 'fixed'")


def test_an_assigned_case_has_an_owner(case: Case) -> None:
    assert '"case_assigned_has_owner"' in refusal_of("UPDATE exceptions_case SET owner_id = NULL")


def test_a_classified_case_has_a_score(case: Case) -> None:
    assert '"case_classified_has_score"' in refusal_of("UPDATE exceptions_case SET score = NULL")


def test_a_state_is_one_of_the_six(case: Case) -> None:
    said = refusal_of(
        "INSERT INTO exceptions_case SELECT (jsonb_populate_record(c,"
        ' \'{"id": 999, "state": "snoozed", "fingerprint": "x"}\')).* FROM exceptions_case c'
    )

    assert '"case_' in said
    assert "check constraint" in said


def test_a_fingerprint_has_one_live_case(case: Case, at: datetime) -> None:
    with pytest.raises(IntegrityError, match="case_one_live_per_fingerprint"), transaction.atomic():
        Case.objects.create(
            kind=case.kind,
            site=case.site,
            document=case.document,
            fingerprint=case.fingerprint,
            facts={},
            policy=case.policy,
            detected_at=at,
        )


def test_an_event_number_is_used_once(case: Case) -> None:
    said = refusal_of(
        "INSERT INTO exceptions_caseevent SELECT (jsonb_populate_record(e, '{\"id\": 999}')).*"
        " FROM exceptions_caseevent e WHERE number = 1"
    )

    assert '"event_number_once"' in said


def test_an_event_is_a_move_or_a_happening(case: Case) -> None:
    said = refusal_of(
        "INSERT INTO exceptions_caseevent SELECT (jsonb_populate_record(e,"
        ' \'{"id": 999, "number": 99, "move": "", "happening": ""}\')).*'
        " FROM exceptions_caseevent e WHERE number = 1"
    )

    assert '"event_move_or_happening"' in said


@pytest.mark.parametrize("state", ["running", "breached"])
def test_a_case_has_one_unstopped_clock_of_a_kind(case: Case, state: str) -> None:
    said = refusal_of(
        "INSERT INTO exceptions_clock SELECT (jsonb_populate_record(c,"
        f' \'{{"id": 999, "state": "{state}"}}\')).*'
        " FROM exceptions_clock c WHERE kind = 'resolve'"
    )

    assert '"clock_one_unstopped_per_kind"' in said
