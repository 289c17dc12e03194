"""Automatic responses and decisions, as outbox rows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from exceptions import intake, lifecycle, playbooks
from exceptions.facts import Facts
from exceptions.kinds import KINDS
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import Move, OutboxState, State, Tier, Verb
from tests.exceptions.cases import case_in
from tests.making import Tower

HOUR = timedelta(hours=1)


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return case_in(State.ACKNOWLEDGED, tower, at=at)


def decide(tower: Tower, case: Case, at: datetime, **data: Any) -> list[OutboxMessage]:
    seen = {"substance": case.document.substance}
    lifecycle.move(case.pk, Move.PROPOSE, tower.supervisor, at=at, data=seen | data)
    return list(OutboxMessage.objects.filter(decision=Decision.objects.latest("id")).order_by("id"))


def test_a_row_says_what_to_do_to_which_record(case: Case, at: datetime) -> None:
    row = OutboxMessage.objects.get(verb=Verb.ACTIVITY)

    assert (row.connection, row.model, row.record_id) == (
        case.document.connection,
        "stock.picking",
        1,
    )
    assert (row.key, row.state, row.decision) == (
        f"C-{case.pk}:r0:activity",
        OutboxState.PENDING,
        None,
    )
    assert row.parameters == {
        "summary": "Late inbound: ask the supplier for a new date",
        "due_in_days": 1,
        "text": "€10,000 at risk, promised date past",
    }
    assert (row.created_at, row.next_attempt_at) == (at + timedelta(minutes=1),) * 2


def test_running_a_playbook_again_adds_nothing(case: Case, at: datetime) -> None:
    before = list(OutboxMessage.objects.values_list("key", flat=True))
    playbooks.run(case, at=at + HOUR)

    assert list(OutboxMessage.objects.values_list("key", flat=True)) == before


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: str(kind.code))
def test_the_tier_selects_the_playbook(tower: Tower, at: datetime, kind: Any, tier: Tier) -> None:
    """Every step of every default policy makes a row that says all its verb needs."""
    facts: dict[str, Facts] = {
        "late_inbound": tower.receipt(at=at),
        "delivery_delay": tower.delivery(at=at),
        "inventory_discrepancy": tower.count(at=at),
        "partial_receipt": tower.order_line(at=at),
        "invoice_mismatch": tower.bill(at=at),
        "blocked_transfer": tower.transfer(at=at),
        "urgent_replenishment": tower.reorder_rule(at=at),
        "quality_hold": tower.inspection(at=at),
        "carrier_failure": tower.shipment(at=at),
        "customs_hold": tower.shipment(at=at, trouble="customs"),
        "pod_dispute": tower.handover(at=at),
        "integration_failure": tower.integration(at=at),
        "kpi_alert": tower.kpi_reading(at=at),
    }
    case = _case_of(facts[kind.code], at)
    OutboxMessage.objects.all().delete()
    case.tier = tier
    playbooks.run(case, at=at)
    told = {row.verb: set(row.parameters) for row in OutboxMessage.objects.all()}
    needs = {
        Verb.ACTIVITY: {"summary", "due_in_days", "text"},
        Verb.NOTE: {"text"},
        Verb.PRIORITY: {"urgent"},
        Verb.TASK: {"summary", "due_in_days", "text"},
        Verb.TICKET: {"summary", "due_in_days", "text"},
        Verb.CUSTOMER_DRAFT: {"text"},
        Verb.HOLD: {"summary", "due_in_days", "text"},
        Verb.APPROVAL: {"summary", "due_in_days", "text", "lead"},
        Verb.EMAIL: {"to", "subject", "text"},
        Verb.N8N_EVENT: {
            *("type", "event", "case", "kind", "tier", "score"),
            *("title", "reason", "site", "record"),
        },
    }

    assert told == {step.verb: needs[step.verb] for step in kind.default_policy.playbook[tier]}


def _case_of(facts: Any, at: datetime) -> Case:
    intake.take_in([facts], at=at)
    return Case.objects.get()


def test_a_decision_is_written_out_in_words(tower: Tower, case: Case, at: datetime) -> None:
    activity, note = decide(tower, case, at, decision="chase", reason="No answer since Monday.")

    assert (activity.verb, activity.parameters) == (
        Verb.ACTIVITY,
        {
            "summary": "Chase the partner: P00001 from Kempten Bearings is late",
            "due_in_days": 1,
            "text": "No answer since Monday.",
        },
    )
    assert note.parameters["text"] == (
        "Decision: Chase the partner. Proposed by lead.rtm, approved by policy. "
        "Why: No answer since Monday."
    )


def test_two_decisions_do_not_share_a_key(tower: Tower, case: Case, at: datetime) -> None:
    first = decide(tower, case, at, decision="chase", reason="Once.")
    second = decide(tower, case, at, decision="chase", reason="Twice.")

    assert {row.key for row in first} & {row.key for row in second} == set()
    assert [row.decision_id for row in first + second] == [
        *[first[0].decision_id] * 2,
        *[second[0].decision_id] * 2,
    ]


def test_a_long_title_fits_the_summary(tower: Tower, case: Case, at: datetime) -> None:
    Case.objects.update(title="x" * 200)
    activity, _ = decide(tower, case, at, decision="chase", reason="So.")

    assert len(activity.parameters["summary"]) == 120
