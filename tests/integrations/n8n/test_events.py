"""Every event that goes out to n8n: when, with what, once, and not what n8n itself has done."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from exceptions import escalate, lifecycle, policies, reminding
from exceptions.kinds import KINDS
from exceptions.models import Case, OutboxMessage
from exceptions.verdicts import Escalation, Step
from exceptions.vocabulary import Announced, ClockKind, KindCode, Move, Rung, Tier, Verb, Via
from tests.exceptions.asking import HOUR, approver, asking
from tests.integrations.n8n.events import announced, faults, schema, sent, types
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
DONE: dict[str, Any] = {"outcome": "fixed", "reason": "The goods are here."}


@pytest.fixture
def all_events(settings: Settings) -> None:
    settings.N8N_EVENTS = ["*"]


def move(
    case: Case, which: Move, tower: Tower, at: datetime, via: Via = Via.WEB, **data: Any
) -> Case:
    actor = tower.actor("lead.rtm", via)
    return lifecycle.move(case.pk, which, actor, at=at, data=data)


def test_without_the_setting_nothing_is_announced(tower: Tower, at: datetime) -> None:
    move(tower.late_case(at=at), Move.ACKNOWLEDGE, tower, at)

    assert announced() == []


def test_only_what_is_asked_for_is_announced(
    tower: Tower, at: datetime, settings: Settings
) -> None:
    settings.N8N_EVENTS = ["case.assigned", "case.resolved"]
    case = tower.late_case(at=at)
    move(case, Move.ACKNOWLEDGE, tower, at)
    move(case, Move.RESOLVE, tower, at, **DONE)

    assert types() == ["case.assigned", "case.resolved"]


def test_a_life_as_it_is_announced(tower: Tower, at: datetime, all_events: None) -> None:
    case = tower.late_case(at=at)
    move(case, Move.RECLASSIFY, tower, at, severity=55, reason="As high as before.")
    move(case, Move.RECLASSIFY, tower, at, severity=90, reason="The line stands still.")
    move(case, Move.ACKNOWLEDGE, tower, at)
    move(case, Move.RESOLVE, tower, at, **DONE)
    move(case, Move.CLOSE, tower, at, root_cause="Capacity")
    move(case, Move.REOPEN, tower, at, reason="The wrong goods.")
    move(case, Move.DISMISS, tower, at, outcome="false_positive", reason="They came.")

    assert types() == [
        "case.opened",
        "case.assigned",
        "case.tier_changed",
        "case.resolved",
        "case.closed",
        "case.reopened",
        "case.closed",
    ]
    assert [problem for event in sent() for problem in faults(event)] == []
    changed = announced()[2]["data"]
    assert (changed["tier_before"], changed["tier"], changed["state"], changed["by"]) == (
        "high",
        "critical",
        "assigned",
        "lead.rtm",
    )
    assert [e["data"]["outcome"] for e in announced()[3:]] == [
        "fixed",
        "fixed",
        "",
        "false_positive",
    ]


def test_it_is_written_with_the_move_or_not_at_all(
    tower: Tower, at: datetime, all_events: None
) -> None:
    case = tower.late_case(at=at)
    before = types()
    with pytest.raises(lifecycle.Refused):
        move(case, Move.CLOSE, tower, at, root_cause="Capacity")

    assert types() == before


def test_what_n8n_did_is_not_told_to_it(tower: Tower, at: datetime, all_events: None) -> None:
    case = tower.late_case(at=at)
    before = types()
    move(case, Move.ACKNOWLEDGE, tower, at, Via.N8N)
    move(case, Move.RESOLVE, tower, at, Via.N8N, **DONE)

    assert types() == before


def test_what_was_imported_is_no_news(tower: Tower, at: datetime, all_events: None) -> None:
    case = tower.late_case(at=at)
    type(case.document).objects.update(model="import.ledger")
    before = types()
    move(case, Move.ACKNOWLEDGE, tower, at)
    move(case, Move.RESOLVE, tower, at, **DONE)

    assert types() == before


def test_an_escalation_names_whom_it_concerns(tower: Tower, at: datetime, all_events: None) -> None:
    steps = (Escalation(clock=ClockKind.RESOLVE, percent=50, to=Rung.LEAD),)
    policy = replace(KINDS[LATE].default_policy, escalation={Tier.HIGH: steps})
    policies.publish(LATE, policy, at=at)
    move(tower.late_case(at=at), Move.ACKNOWLEDGE, tower, at)
    for hours in (11, 13, 14):
        escalate.warn(at=at + timedelta(hours=hours))

    (event,) = [e for e in announced() if e["type"] == "case.escalated"]
    data = event["data"]
    assert faults(event) == []
    assert (data["clock"], data["percent"], data["to"]) == ("resolve", 50, "lead")
    assert [person["name"] for person in data["people"]] == ["lead.rtm"]


def test_a_request_for_approval_from_first_to_last(
    tower: Tower, at: datetime, all_events: None
) -> None:
    """Asked, reminded of twice, then asked of the next as well, who says yes."""
    asked = asking(tower, at)
    approver(tower)
    asked.propose()
    for hours in range(1, 40):
        reminding.remind(at=at + hours * HOUR)
        if asked.request.levels.get().reach:
            break
    asked.vote(tower.supervisor, at=at + hours * HOUR)

    events = [e for e in announced() if e["type"].startswith("approval")]
    assert [e["type"] for e in events] == [
        "approval.requested",
        "approval.overdue",
        "approval.overdue",
        "approval.overdue",
        "approval.ended",
    ]
    assert [problem for event in events for problem in faults(event)] == []
    assert [len(e["data"].get("people", [])) for e in events] == [1, 1, 1, 2, 0]
    assert (
        events[0]["data"]
        | {
            "decision": "expedite",
            "what": "Expedite freight",
            "cost": "1200.00",
            "currency": "EUR",
            "proposed_by": "procurement.rtm",
            "level": 1,
        }
        == events[0]["data"]
    )
    assert (events[-1]["data"]["state"], events[-1]["data"]["by"]) == ("approved", "lead.rtm")


def test_events_of_playbooks_are_in_the_schema_too(tower: Tower, at: datetime) -> None:
    step = Step(verb=Verb.N8N_EVENT, text="supplier_follow_up")
    policy = replace(KINDS[LATE].default_policy, playbook=dict.fromkeys(Tier, (step,)))
    policies.publish(LATE, policy, at=at)
    tower.late_case(at=at)

    (event,) = sent()
    assert (event["type"], event["data"]["event"], faults(event)) == (
        "case.late_inbound",
        "supplier_follow_up",
        [],
    )


def test_the_schema_knows_every_type_and_no_other() -> None:
    told = schema()["$defs"]
    kinds = told["playbook"]["properties"]["type"]["enum"]

    assert {name for name in told if "." in name} == set(Announced.values)
    assert {f"case.{kind}" for kind in KindCode.values} == set(kinds)


def test_the_schema_refuses_what_it_does_not_know(
    tower: Tower, at: datetime, all_events: None
) -> None:
    tower.late_case(at=at)
    event = announced()[0]

    assert faults(event) == []
    assert faults(event | {"type": "case.vanished"}) != []
    assert faults(event | {"data": event["data"] | {"more": 1}}) != []
    assert faults(event | {"data": {**event["data"], "case": "12"}}) != []


def test_each_is_written_once_and_in_order(tower: Tower, at: datetime, all_events: None) -> None:
    case = tower.late_case(at=at)
    move(case, Move.ACKNOWLEDGE, tower, at)

    assert [event["id"] for event in announced()] == [
        f"C-{case.pk}:n2:case.opened",
        f"C-{case.pk}:n3:case.assigned",
    ]
    assert OutboxMessage.objects.filter(key=announced()[0]["id"]).count() == 1
