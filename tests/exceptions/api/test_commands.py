"""Commands: all at one address, by the rules of the addresses of their own, once each."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from exceptions import promises
from exceptions.actors import person
from exceptions.api.command_bodies import COMMANDS
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, Comment, Document, Promise, User
from exceptions.vocabulary import ClockKind, Happening, Move
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields
from tests.exceptions.api.test_moves import real_case as real_case
from tests.making import Tower

COMMANDS_AT, BATCH = "/api/v1/commands/", "/api/v1/commands/batch/"
ACKNOWLEDGE = {"command": "acknowledge", "case": "C-1"}


def send(caller: Program, body: Any, key: str = "a", **headers: str) -> Any:
    return caller.send(COMMANDS_AT, body, **{"Idempotency-Key": key} | headers)


def of(case: Case, command: str, **parameters: Any) -> dict[str, Any]:
    return {"command": command, "case": case.reference, "parameters": parameters}


def test_a_command_answers_how_the_case_stands_then(lead: Program, case: Case) -> None:
    assert said(send(lead, of(case, "acknowledge"))) == (
        200,
        {
            "command": "acknowledge",
            "case": {
                "id": case.pk,
                "reference": case.reference,
                "state": "acknowledged",
                "tier": case.tier,
                "owner": "procurement.rtm",
                "version": CaseEvent.objects.filter(case=case).count(),
            },
            "told": {},
        },
    )


def test_a_working_day_in_commands(lead: Program, case: Case) -> None:
    soon = (timezone.now() + timedelta(days=2)).isoformat()
    substance = case.document.substance
    day = [
        of(case, "reclassify", severity=80, reason="The line stands still."),
        of(case, "assign", owner="warehouse.rtm", reason="They have the pallet."),
        of(case, "acknowledge"),
        of(case, "comment", text="They were called."),
        of(case, "promise", by="Kempten", what="It ships", due_at=soon),
        of(case, "snooze", until="eta", reason="They promised a date."),
        of(case, "wake"),
        of(case, "propose", decision="chase", substance=substance, reason="So."),
        of(case, "resolve", outcome="fixed", reason="The goods are here."),
        of(case, "close", root_cause="Capacity"),
        of(case, "reopen", reason="The wrong goods."),
        of(case, "dismiss", outcome="false_positive", reason="They came."),
    ]
    told = [said(send(lead, body, key=str(n))) for n, body in enumerate(day)]

    assert [answer for status, answer in told if status != 200] == []
    assert [
        (answer["command"], answer["case"]["state"], sorted(answer["told"])) for _, answer in told
    ] == [
        ("reclassify", "assigned", []),
        ("assign", "assigned", []),
        ("acknowledge", "acknowledged", []),
        ("comment", "acknowledged", ["comment"]),
        ("promise", "acknowledged", ["promise"]),
        ("snooze", "acknowledged", []),
        ("wake", "acknowledged", []),
        ("propose", "acknowledged", ["decision", "decision_state"]),
        ("resolve", "resolved", []),
        ("close", "closed", []),
        ("reopen", "assigned", []),
        ("dismiss", "closed", []),
    ]
    assert Comment.objects.get().pk == told[3][1]["told"]["comment"]
    assert Promise.objects.get().pk == told[4][1]["told"]["promise"]


def test_a_case_waits_and_goes_on(lead: Program, tower: Tower) -> None:
    case = tower.late_case(at=timezone.now() - timedelta(minutes=5))
    maersk = {"waiting_for": "carrier", "counterparty": "Maersk", "reason": "A new ETA"}
    send(lead, of(case, "pause", **maersk), key="1")
    states = [case.clocks.get(kind=ClockKind.RESOLVE).state]
    send(lead, of(case, "resume"), key="2")
    states.append(case.clocks.get(kind=ClockKind.RESOLVE).state)

    assert states == ["paused", "running"]


def test_several_cases_become_one_and_two_again(
    lead: Program, case: Case, tower: Tower, at: datetime
) -> None:
    other = tower.late_case(2, at=at)
    attached = send(lead, of(case, "attach", parent=other.pk, reason="One ship"))
    parents = [Case.objects.get(pk=case.pk).parent_id]
    detached = send(lead, of(case, "detach", reason="Two ships"), key="b")
    parents.append(Case.objects.get(pk=case.pk).parent_id)

    assert (attached.status_code, detached.status_code, parents) == (200, 200, [other.pk, None])


def test_a_case_is_raised_and_a_parcel_told(lead: Program, tower: Tower) -> None:
    site = tower.site.pk
    raised = {"kind": "carrier_failure", "site": site, "summary": "It fell", "subject": "Rhine"}
    parcel = {
        "tracking": "1Z1",
        "carrier": "DHL",
        "site": "RTM",
        "status": "in_transit",
        "at": timezone.now().isoformat(),
    }
    first = said(send(lead, {"command": "raise", "parameters": raised}, key="1"))
    second = said(send(lead, {"command": "shipment", "parameters": parcel}, key="2"))

    case = Case.objects.get()
    assert (first[0], first[1]["case"]["reference"], case.title) == (200, case.reference, "It fell")
    assert (second[0], second[1]["case"], second[1]["told"]["status"]) == (
        200,
        None,
        "in_transit",
    )
    record = second[1]["told"]["record_id"]
    assert Document.objects.filter(model="carrier.shipment", record_id=record).count() == 1


def test_a_fingerprint_names_the_case_that_is_open(lead: Program, case: Case) -> None:
    body = {"command": "acknowledge", "case": case.fingerprint}

    assert said(send(lead, body))[1]["case"]["reference"] == case.reference


@pytest.mark.parametrize("name", ["C-999999", "C-0", "late_inbound:9:stock.picking:9", "1", "c-1"])
def test_a_case_that_is_not_there_is_told_as_one_that_may_not_be_seen(
    lead: Program, case: Case, name: str
) -> None:
    assert problem(send(lead, {"command": "acknowledge", "case": name})) == (
        404,
        "There is nothing here that you may see.",
    )


def test_a_refusal_is_the_door_s(lead: Program, case: Case) -> None:
    body = of(case, "resolve", outcome="fixed", reason="Done.")

    assert problem(send(lead, body)) == (
        409,
        "Acknowledge the case first; then it can be resolved.",
    )
    assert problem(send(lead, body))[0] == 409  # the same answer again


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ([], ["body"]),
        (None, ["body"]),
        ({}, ["command"]),
        ({"command": "vote"}, ["command"]),
        ({"command": ["acknowledge"]}, ["command"]),
        ({"command": "acknowledge"}, ["case"]),
        ({"command": "acknowledge", "case": 1, "force": True}, ["force"]),
        ({"command": "acknowledge", "case": "C-1", "expected_version": -1}, ["expected_version"]),
        ({"command": "acknowledge", "case": "C-1", "parameters": []}, ["parameters"]),
        (ACKNOWLEDGE | {"parameters": {"force": 1}}, ["parameters.force"]),
        (ACKNOWLEDGE | {"parameters": {"move": "dismiss"}}, ["parameters.move"]),
        ({"command": "comment", "case": "C-1"}, ["parameters"]),
        ({"command": "comment", "case": "C-1", "parameters": {}}, ["parameters.text"]),
        ({"command": "assign", "case": "C-1", "parameters": {"owner": 1}}, ["parameters.owner"]),
        ({"command": "raise", "case": "C-1", "parameters": {}}, ["case"]),
        ({"command": "shipment", "parameters": {"tracking": "a\x00"}}, None),
    ],
)
def test_a_body_that_cannot_be_used_names_the_field(
    lead: Program, case: Case, body: Any, fields: list[str] | None
) -> None:
    status, named = wrong_fields(send(lead, body))

    assert (status, named if fields else fields) == (400, fields)
    assert CaseEvent.objects.count() == 3


@pytest.mark.parametrize("key", ["", "a" * 241, "schlüssel"])
def test_a_key_is_needed_short_and_plain(lead: Program, case: Case, key: str) -> None:
    assert wrong_fields(send(lead, of(case, "acknowledge"), key=key)) == (400, ["Idempotency-Key"])


def test_without_a_key_nothing_is_done(lead: Program, case: Case) -> None:
    for path in (COMMANDS_AT, BATCH):
        answer = lead.send(path, of(case, "acknowledge"))
        assert wrong_fields(answer) == (400, ["Idempotency-Key"])
    assert Case.objects.get().state == "assigned"


# -- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_needs_its_scope(tower: Tower, command: str) -> None:
    lacking = {"cases:read", "cases:move", "cases:raise", "facts:write"} - {COMMANDS[command].scope}
    caller = program("lead.rtm", *lacking)

    assert problem(send(caller, {"command": command})) == (
        403,
        f"The token 'n8n' lacks the scope {COMMANDS[command].scope}.",
    )


def test_nobody_votes_by_command() -> None:
    assert {name for name in COMMANDS if "vote" in name or "approv" in name} == set()
    assert set(Move) <= set(COMMANDS)


def test_a_person_tells_no_facts(tower: Tower) -> None:
    client = Client()
    client.force_login(User.objects.get(username="lead.rtm"))
    answer = client.post(
        COMMANDS_AT,
        {"command": "shipment", "parameters": {}},
        content_type="application/json",
        headers={"Idempotency-Key": "a"},
    )

    assert problem(answer) == (403, "Facts come from programs: send a service token.")


# -- Once, and only on what was read ----------------------------------------------------------


def test_the_same_key_and_body_are_done_once(lead: Program, case: Case) -> None:
    body = of(case, "comment", text="They were called.")
    told = [send(lead, body) for _ in range(3)]

    assert [said(answer) for answer in told] == [said(told[0])] * 3
    assert [a.headers.get("Idempotency-Replayed") for a in told] == [None, "true", "true"]
    assert Comment.objects.count() == 1


def test_a_key_belongs_to_one_command(lead: Program, case: Case) -> None:
    send(lead, of(case, "comment", text="They were called."))

    assert problem(send(lead, of(case, "comment", text="They called."))) == (
        422,
        "This Idempotency-Key was used for another request: take a new one.",
    )
    assert Comment.objects.count() == 1


def test_what_was_read_still_stands_or_nothing_is_done(lead: Program, case: Case) -> None:
    version = said(lead.get(f"{CASES}{case.pk}/"))[1]["version"]
    versed = of(case, "acknowledge") | {"expected_version": version}
    send(lead, of(case, "comment", text="Somebody else was here."), key="other")
    late = problem(send(lead, versed, key="late"))
    states = [Case.objects.get().state]
    now = said(send(lead, versed | {"expected_version": version + 1}, key="now"))
    ahead = of(case, "comment", text="From the future") | {"expected_version": version + 99}

    assert late == (
        409,
        f"{case.reference} has changed since you looked. Read it again, then send a new command.",
    )
    assert (states, now[0], now[1]["case"]["state"]) == (["assigned"], 200, "acknowledged")
    assert problem(send(lead, ahead, key="ahead"))[0] == 409
    assert Comment.objects.count() == 1


@pytest.mark.race
def test_sent_many_times_at_once_it_is_done_once(real_case: Case) -> None:
    told = at_once(real_case, [of(real_case, "comment", text="Called.")] * 8, ["same"] * 8)

    assert [status for status, _ in told] == [200] * 8
    assert all(answer == told[0][1] for _, answer in told)
    assert Comment.objects.count() == 1


@pytest.mark.race
def test_of_two_who_read_the_same_one_acts(real_case: Case) -> None:
    version = Case.objects.get().event_count
    bodies = [
        of(real_case, "reclassify", severity=80 + n, reason="So.") | {"expected_version": version}
        for n in range(8)
    ]
    told = at_once(real_case, bodies, [f"key {n}" for n in range(8)])

    assert Counter(status for status, _ in told) == {200: 1, 409: 7}
    assert CaseEvent.objects.filter(move=Move.RECLASSIFY).count() == 1


def at_once(case: Case, bodies: list[Any], keys: list[str]) -> list[tuple[int, Any]]:
    caller, told = program("lead.rtm"), []
    start = threading.Barrier(len(keys))

    def call(body: Any, key: str) -> None:
        start.wait()
        mine = Program(caller.key, Client(raise_request_exception=False))
        told.append(said(send(mine, body, key)))
        connection.close()

    threads = [threading.Thread(target=call, args=pair) for pair in zip(bodies, keys, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return told


# -- Batches -----------------------------------------------------------------------------------


def batch(caller: Program, *commands: Any, key: str = "a") -> Any:
    return caller.send(BATCH, {"commands": list(commands)}, **{"Idempotency-Key": key})


def test_each_of_a_batch_stands_for_itself(
    lead: Program, case: Case, tower: Tower, at: datetime
) -> None:
    mate, other = program("lead.rtm", "cases:move"), tower.late_case(2, at=at)
    status, told = said(
        batch(
            mate,
            of(case, "acknowledge"),
            of(case, "acknowledge"),
            of(case, "sing"),
            of(other, "acknowledge") | {"case": "C-999999"},
            {"command": "raise", "parameters": {}},
            of(other, "acknowledge"),
        )
    )

    results = told["results"]
    assert status == 200
    assert [row["status"] for row in results] == [200, 409, 400, 404, 403, 200]
    assert [row["number"] for row in results] == list(range(6))
    assert [bool(row["result"]) for row in results] == [True, False, False, False, False, True]
    assert results[1]["problem"]["detail"].startswith(f"{case.reference} is already acknowledged")
    assert {c.state for c in Case.objects.all()} == {"acknowledged"}


def test_a_batch_that_is_sent_again_does_nothing_again(lead: Program, case: Case) -> None:
    rows = [of(case, "comment", text=text) for text in ("One", "Two")]
    first, again = batch(lead, *rows), batch(lead, *rows)
    changed = said(batch(lead, rows[0], of(case, "comment", text="Three")))[1]["results"]

    assert said(first) == said(again)
    assert [row["status"] for row in changed] == [200, 422]
    assert [c.text for c in Comment.objects.order_by("pk")] == ["One", "Two"]


@pytest.mark.parametrize("n", [0, 51])
def test_a_batch_is_bounded(lead: Program, case: Case, n: int) -> None:
    answer = batch(lead, *[of(case, "acknowledge")] * n)

    assert wrong_fields(answer) == (400, ["commands"])


def test_the_history_names_the_program(lead: Program, case: Case) -> None:
    send(lead, of(case, "comment", text="They were called."))
    event = CaseEvent.objects.get(happening=Happening.COMMENTED)

    assert (event.actor_name, event.via) == ("lead.rtm (n8n)", "n8n")


def test_a_promise_is_the_one_of_its_address(lead: Program, case: Case) -> None:
    due = timezone.now() - timedelta(days=1)
    refused = problem(
        send(lead, of(case, "promise", by="Kempten", what="It ships", due_at=due.isoformat()))
    )
    actor = person(User.objects.get(username="lead.rtm"))
    with pytest.raises(Refused, match=refused[1]):
        promises.record(case.pk, actor, by="Kempten", what="It ships", due=due, at=timezone.now())
    assert refused[0] == 409
