"""Cases moved over the API: through the same door, with the same answers."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions import answers, intake
from exceptions.models import Case, CaseEvent, Decision, GivenAnswer, Policy, User
from exceptions.vocabulary import Move
from tests.conftest import build_tower
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields
from tests.making import Tower
from tests.races import database

ACKNOWLEDGE = {"move": "acknowledge"}
PROPOSE = {"move": "propose", "decision": "chase", "substance": "a" * 64, "reason": "So."}


def test_a_move_answers_with_the_case_as_it_then_stands(lead: Program, case: Case) -> None:
    status, told = said(lead.move(case.pk, ACKNOWLEDGE))

    assert (status, told["id"], told["state"]) == (200, case.pk, "acknowledged")
    assert told["events"][-1]["move"] == "acknowledge"
    assert told["legal_moves"][-1]["move"] == "dismiss"


def propose(case: Case, decision: str, **fields: Any) -> dict[str, Any]:
    """The body of somebody who has just read the case."""
    seen = {"substance": case.document.substance, "reason": "So."}
    return {"move": "propose", "decision": decision} | seen | fields


def test_a_whole_life(lead: Program, case: Case) -> None:
    friday = (timezone.now() + timedelta(days=4)).isoformat()
    states = [
        said(lead.move(case.pk, body))[1].get("state")
        for body in [
            {"move": "reclassify", "severity": 80, "reason": "The line stands still."},
            {"move": "assign", "owner": "warehouse.rtm", "reason": "They have the pallet."},
            ACKNOWLEDGE,
            propose(case, "expedite", reason="Air.", cost="200.50"),
            propose(case, "new_date", reason="Friday.", date=friday),
            {"move": "resolve", "outcome": "fixed", "reason": "The goods are here."},
            {"move": "close", "root_cause": "Capacity", "corrective_action": "Second source"},
            {"move": "reopen", "reason": "They sent the wrong goods."},
            {"move": "dismiss", "outcome": "duplicate", "reason": "See the other."},
        ]
    ]

    assert states == [
        "assigned",
        "assigned",
        "acknowledged",
        "acknowledged",
        "acknowledged",
        "resolved",
        "closed",
        "assigned",
        "closed",
    ]
    assert [str(d.cost) for d in Decision.objects.filter(kind="expedite")] == ["200.50"]


def test_what_comes_too_late_is_refused_in_a_sentence(lead: Program, case: Case) -> None:
    lead.move(case.pk, ACKNOWLEDGE)
    answer: Any = lead.move(case.pk, ACKNOWLEDGE)

    assert problem(answer) == (
        409,
        f"{case.reference} is already acknowledged: lead.rtm (n8n) was first.",
    )
    assert answer.json()["title"] == "The move was refused"


def test_who_may_not_is_refused_in_a_sentence(case: Case) -> None:
    mate = program("procurement.rtm")
    body = {"move": "dismiss", "outcome": "duplicate", "reason": "See the other."}

    assert problem(mate.move(case.pk, body)) == (
        409,
        "Only a supervisor of Rotterdam can do this.",
    )


def test_what_only_the_door_knows_is_refused_by_it(lead: Program, case: Case) -> None:
    lead.move(case.pk, ACKNOWLEDGE)

    assert problem(lead.move(case.pk, propose(case, "recount"))) == (
        409,
        "Choose one of the decisions that this kind of case offers.",
    )


def test_a_decision_rests_on_the_facts_that_were_read(
    lead: Program, case: Case, tower: Tower, at: datetime
) -> None:
    lead.move(case.pk, ACKNOWLEDGE)
    _, seen = said(lead.get(f"{CASES}{case.pk}/"))
    intake.take_in([tower.receipt(at=at + timedelta(hours=1), value=Decimal(90))], at=at)
    body = propose(case, "chase", substance=seen["document"]["substance"])

    assert problem(lead.move(case.pk, body)) == (
        409,
        "RTM/IN/00001 has changed since you looked. Look at its facts again, then decide.",
    )
    assert Decision.objects.count() == 0
    _, now = said(lead.get(f"{CASES}{case.pk}/"))
    assert (seen["document"]["facts"]["value"], now["document"]["facts"]["value"]) == (
        "10000",
        "90",
    )
    again = lead.move(case.pk, body | {"substance": now["document"]["substance"]})
    assert again.status_code == 200
    assert Decision.objects.get().substance == now["document"]["substance"]


# -- Bodies that cannot be used ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["move"]),
        ({"move": ""}, ["move"]),
        ({"move": "snooze"}, ["move"]),
        ({"move": None}, ["move"]),
        ({"move": ["acknowledge"]}, ["move"]),
        ({"move": {"acknowledge": 1}}, ["move"]),
        ([], ["body"]),
        ('"acknowledge"', ["body"]),
        (None, ["body"]),
        (7, ["body"]),
        ({"move": "acknowledge", "force": True}, ["force"]),
        ({"move": "dismiss"}, ["outcome", "reason"]),
        ({"move": "dismiss", "outcome": "fixed", "reason": "So."}, ["outcome"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": ""}, ["reason"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": "  "}, ["reason"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": None}, ["reason"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": ["So."]}, ["reason"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": {"a": 1}}, ["reason"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": "a" * 501}, ["reason"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": "a\x00b"}, ["reason"]),
        ({"move": "dismiss", "outcome": "duplicate", "reason": "a\ud800b"}, ["reason"]),
        ({"move": "reclassify", "severity": 101, "reason": "So."}, ["severity"]),
        ({"move": "reclassify", "severity": -1, "reason": "So."}, ["severity"]),
        ({"move": "reclassify", "severity": "high", "reason": "So."}, ["severity"]),
        ({"move": "reclassify", "severity": 1e300, "reason": "So."}, ["severity"]),
        ({"move": "reclassify", "score": 99}, ["score"]),
        ({"move": "assign", "owner": "nobody"}, ["owner"]),
        ({"move": "assign", "owner": 1}, ["owner"]),
        ({"move": "assign", "owner": ["lead.rtm"]}, ["owner"]),
        ({"move": "propose", "decision": "chase", "reason": "So."}, ["substance"]),
        (PROPOSE | {"substance": ""}, ["substance"]),
        (PROPOSE | {"substance": None}, ["substance"]),
        (PROPOSE | {"substance": ["a"]}, ["substance"]),
        (PROPOSE | {"substance": "a" * 65}, ["substance"]),
        (PROPOSE | {"decision": "bribe"}, ["decision"]),
        (PROPOSE | {"decision": "new_date", "date": "2026-12-24"}, ["date"]),
        (PROPOSE | {"decision": "new_date", "date": "2026-12-24T10:00"}, ["date"]),
        (PROPOSE | {"decision": "new_date", "date": "0001-01-01T00:00+14:00"}, ["date"]),
        (PROPOSE | {"decision": "expedite", "cost": "NaN"}, ["cost"]),
        (PROPOSE | {"decision": "expedite", "cost": -1}, ["cost"]),
        (PROPOSE | {"decision": "expedite", "cost": "1.005"}, ["cost"]),
    ],
)
def test_a_body_that_cannot_be_used_names_the_field(
    lead: Program, case: Case, body: Any, fields: list[str]
) -> None:
    assert wrong_fields(lead.move(case.pk, body)) == (400, fields)
    assert CaseEvent.objects.count() == 3


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("", 400),
        ("{", 400),
        ('{"move": "acknowledge"', 400),
        (b"\xff\xfe{", 400),
        ('{"move": NaN}', 400),
        ('{"move": "reclassify", "severity": Infinity, "reason": "So."}', 400),
        ("[" * 60_000, 400),
        ('{"a":' * 12_000, 400),
        ('{"move": "acknowledge", "x": "' + "a" * 70_000 + '"}', 413),
        (b"\x00" * 1_000_000, 413),
    ],
)
def test_garbage_is_a_problem_of_the_sender(
    lead: Program, case: Case, raw: str | bytes, status: int
) -> None:
    assert problem(lead.move(case.pk, raw))[0] == status
    assert CaseEvent.objects.count() == 3


def test_a_form_is_not_json(lead: Program, case: Case) -> None:
    answer = lead.client.post(
        f"/api/v1/cases/{case.pk}/moves/", ACKNOWLEDGE, headers=lead.headers()
    )

    assert problem(answer)[0] == 415


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_moves_are_only_posted(lead: Program, case: Case, method: str) -> None:
    answer = getattr(lead.client, method)(f"/api/v1/cases/{case.pk}/moves/", headers=lead.headers())

    assert problem(answer) == (405, f'Method "{method.upper()}" not allowed.')


def test_what_fails_here_tells_no_trace(
    lead: Program, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:  # published settings are never changed; this breaks them
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exceptions_policy DISABLE TRIGGER policy_published_is_fixed")
    Policy.objects.update(settings={"targets": "none"})
    lead.move(case.pk, ACKNOWLEDGE)
    body = {"move": "assign", "owner": "warehouse.rtm"}  # starts a clock, which wants a target
    answer: Any = lead.move(case.pk, body)

    assert problem(answer) == (500, "Something failed here; it was logged.")
    assert "Traceback" not in answer.content.decode()
    assert any(record.exc_info for record in caplog.records)
    assert Case.objects.get().state == "acknowledged"


# -- Once, however often it is sent ------------------------------------------------------------


def test_the_same_key_and_body_are_done_once(lead: Program, case: Case) -> None:
    body = {"move": "reclassify", "severity": 80, "reason": "The line stands still."}
    first: Any = lead.move(case.pk, body, **{"Idempotency-Key": "a"})
    again: Any = lead.move(case.pk, dict(reversed(body.items())), **{"Idempotency-Key": "a"})

    assert said(again) == said(first)
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert CaseEvent.objects.filter(move=Move.RECLASSIFY).count() == 1


def test_another_key_is_another_request(lead: Program, case: Case) -> None:
    body = {"move": "reclassify", "severity": 80, "reason": "The line stands still."}
    for key in ("a", "b"):
        lead.move(case.pk, body, **{"Idempotency-Key": key})

    assert CaseEvent.objects.filter(move=Move.RECLASSIFY).count() == 2


def test_a_refusal_is_an_answer_too(lead: Program, case: Case) -> None:
    body = {"move": "resolve", "outcome": "fixed", "reason": "Done."}
    key = {"Idempotency-Key": "a"}
    first = problem(lead.move(case.pk, body, **key))
    lead.move(case.pk, ACKNOWLEDGE)

    assert first == (409, "Acknowledge the case first; then it can be resolved.")
    assert problem(lead.move(case.pk, body, **key)) == first
    assert said(lead.move(case.pk, body))[0] == 200


@pytest.mark.parametrize("other", ["body", "case"])
def test_a_key_belongs_to_one_request(
    lead: Program, case: Case, tower: Tower, at: datetime, other: str
) -> None:
    key = {"Idempotency-Key": "a"}
    lead.move(case.pk, ACKNOWLEDGE, **key)
    second = tower.late_case(2, at=at)
    body = {"move": "reopen", "reason": "No."} if other == "body" else ACKNOWLEDGE
    answer = lead.move(second.pk if other == "case" else case.pk, body, **key)

    assert problem(answer) == (
        422,
        "This Idempotency-Key was used for another request: take a new one.",
    )


def test_keys_of_other_callers_do_not_meet(lead: Program, case: Case) -> None:
    key = {"Idempotency-Key": "a"}
    lead.move(case.pk, ACKNOWLEDGE, **key)
    other = program("procurement.rtm").move(case.pk, ACKNOWLEDGE, **key)

    assert problem(other)[0] == 409


def test_what_was_not_done_may_be_tried_again(lead: Program, case: Case) -> None:
    key = {"Idempotency-Key": "a"}
    wrong = lead.move(case.pk, {"move": "dismiss"}, **key)
    right = lead.move(case.pk, ACKNOWLEDGE, **key)

    assert (wrong.status_code, right.status_code) == (400, 200)


@pytest.mark.parametrize("key", ["", "a" * 256, "schlüssel", "a\tb"])
def test_a_key_is_short_and_plain(lead: Program, case: Case, key: str) -> None:
    answer = lead.move(case.pk, ACKNOWLEDGE, **{"Idempotency-Key": key})

    assert wrong_fields(answer) == (400, ["Idempotency-Key"])


def test_old_answers_are_forgotten(lead: Program, case: Case) -> None:
    lead.move(case.pk, ACKNOWLEDGE, **{"Idempotency-Key": "a"})
    now = timezone.now()

    assert answers.forget(at=now + timedelta(hours=47)) == 0
    assert answers.forget(at=now + timedelta(hours=49)) == 1
    assert GivenAnswer.objects.count() == 0


# -- At the same time --------------------------------------------------------------------------

CALLERS = 8


@pytest.fixture
def real_case(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, at: datetime
) -> Iterator[Case]:
    """A case that other connections can see, in a copy of the database that is dropped."""
    with django_db_blocker.unblock():
        connection.close()
        with database.copy_of(connection.settings_dict["NAME"]):
            tower = build_tower()
            intake.take_in([tower.receipt(at=at)], at=at)
            yield Case.objects.get()


def all_at_once(case: Case, body: Any, keys: list[str]) -> list[tuple[int, Any]]:
    """What callers are told who send the same body at the same moment, each with their key."""
    caller = program("lead.rtm")
    start, told = threading.Barrier(len(keys)), []

    def call(key: str) -> None:
        start.wait()
        mine = Program(caller.key, type(caller.client)(raise_request_exception=False))
        told.append(said(mine.move(case.pk, body, **{"Idempotency-Key": key})))
        connection.close()

    threads = [threading.Thread(target=call, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told


def test_of_the_same_request_sent_at_once_one_is_done_and_all_are_told(real_case: Case) -> None:
    body = {"move": "reclassify", "severity": 80, "reason": "The line stands still."}
    told = all_at_once(real_case, body, ["same"] * CALLERS)

    assert [status for status, _ in told] == [200] * CALLERS
    assert all(answer == told[0][1] for _, answer in told)
    assert CaseEvent.objects.filter(move=Move.RECLASSIFY).count() == 1


def test_of_different_requests_sent_at_once_one_wins(real_case: Case) -> None:
    told = all_at_once(real_case, ACKNOWLEDGE, [f"key {n}" for n in range(CALLERS)])

    assert Counter(status for status, _ in told) == {200: 1, 409: CALLERS - 1}
    assert CaseEvent.objects.filter(move=Move.ACKNOWLEDGE).count() == 1
    assert User.objects.filter(username="lead.rtm").count() == 1
