"""What each move does besides changing the state."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import facts, intake, lifecycle
from exceptions.actors import Actor, machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Decision, Document, OutboxMessage, User
from exceptions.vocabulary import Move, Outcome, State, Via
from tests.exceptions.cases import (
    MINUTE,
    POLICY,
    SCORE,
    People,
    case_in,
    data_for,
    detected,
    people_of,
)
from tests.making import Tower

HOUR = timedelta(hours=1)
NO_SEVERITIES: list[Any] = ["", None, "high", -1, 101, "1e2", [], float("inf"), float("nan")]


@pytest.fixture
def people(tower: Tower) -> People:
    return people_of(tower)


def clocks_of(case: Case) -> dict[str, str]:
    """The newest clock of each kind: its state, and whether it still runs."""
    return {
        clock.kind: f"{clock.state}{'' if clock.stopped_at else ', unstopped'}"
        for clock in case.clocks.order_by("id")
    }


def sent(case: Case) -> list[str]:
    return list(
        OutboxMessage.objects.filter(case=case).order_by("id").values_list("key", flat=True)
    )


def make(case: Case, which: Move, actor: Actor, at: datetime, **data: Any) -> Case:
    """The move, by somebody who sees the facts as they are."""
    seen = {"substance": Document.objects.get(pk=case.document_id).substance}
    said = seen | data if data else data_for(which)
    return lifecycle.move(case.pk, which, actor, at=at, data=said)


def test_classify_scores_starts_the_resolve_clock_and_runs_the_playbook(
    tower: Tower, at: datetime
) -> None:
    case = make(detected(tower, at=at), Move.CLASSIFY, POLICY, at, score=SCORE)

    assert (case.state, case.score, case.tier) == (State.CLASSIFIED, 56, "high")
    assert case.reason == "€10,000 at risk, promised date past"
    assert (case.classified_at, case.first_response_at) == (at, None)
    assert clocks_of(case) == {"resolve": "running, unstopped"}
    assert case.next_due_at == at + 24 * HOUR
    verbs = ("activity", "priority", "email", "n8n_event")
    assert sent(case) == [f"C-{case.pk}:r0:{verb}" for verb in verbs]


def test_a_supervisor_classifies_by_judgement_and_answers_by_it(
    tower: Tower, people: People, at: datetime
) -> None:
    case = detected(tower, at=at)
    case = make(case, Move.CLASSIFY, people.supervisor, at, severity="80", reason="The line stands")

    assert (case.score, case.tier, case.first_response_at) == (80, "critical", at)
    assert case.contributions == [
        {"factor": "judgement", "points": 80, "because": "lead.rtm: The line stands"}
    ]


def test_a_person_cannot_slip_in_a_score_of_their_own(
    tower: Tower, people: People, at: datetime
) -> None:
    case = detected(tower, at=at)
    with pytest.raises(Refused, match="why the severity is different"):
        make(case, Move.CLASSIFY, people.supervisor, at, score=SCORE)


def test_reclassify_keeps_the_old_score_in_the_history(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    make(case, Move.RECLASSIFY, people.supervisor, at + HOUR, severity=10, reason="Spare stock")
    case.refresh_from_db()
    told = case.events.last()

    assert told is not None
    assert (case.state, case.score, case.tier) == (State.ASSIGNED, 10, "low")
    assert told.data["before"] == {"score": 56, "tier": "high"}
    assert told.data["reason"] == "Spare stock"
    assert sum(c["points"] for c in case.contributions) == 10
    assert clocks_of(case) == {
        "resolve": "running, unstopped",
        "acknowledge": "running, unstopped",
    }


def test_assign_names_an_owner_and_starts_the_acknowledge_clock(tower: Tower, at: datetime) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)

    assert (str(case.owner), case.assigned_at) == ("procurement.rtm", at + 2 * MINUTE)
    assert clocks_of(case)["acknowledge"] == "running, unstopped"
    assert case.next_due_at == at + 2 * MINUTE + HOUR


def test_assigning_anew_asks_for_a_new_acknowledgement(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ACKNOWLEDGED, tower, at=at)
    case = make(case, Move.ASSIGN, people.supervisor, at + HOUR, owner=people.mate.user)

    assert (str(case.owner), case.state, case.acknowledged_at) == ("mate", State.ASSIGNED, None)
    states = [c.state for c in case.clocks.filter(kind="acknowledge").order_by("id")]
    assert states == ["met", "running"]


def test_assigning_before_the_acknowledgement_lets_the_clock_run_on(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    case = make(case, Move.ASSIGN, people.supervisor, at + HOUR / 2, owner=people.mate.user)

    assert [c.due_at for c in case.clocks.filter(kind="acknowledge")] == [at + 2 * MINUTE + HOUR]


@pytest.mark.parametrize(
    ("late", "state"), [(timedelta(0), "met"), (timedelta(microseconds=1), "breached")]
)
def test_acknowledge_stops_its_clock(
    tower: Tower, people: People, at: datetime, late: timedelta, state: str
) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    due = at + 2 * MINUTE + HOUR
    case = make(case, Move.ACKNOWLEDGE, people.owner, due + late)

    clock = case.clocks.get(kind="acknowledge")
    assert (clock.state, clock.stopped_at) == (state, due + late)
    assert clock.breached_at == (due if late else None)
    assert (case.acknowledged_at, case.first_response_at) == (due + late, due + late)
    assert case.next_due_at == case.clocks.get(kind="resolve").due_at


def test_a_team_mate_who_acknowledges_takes_the_case_over(
    tower: Tower, people: People, at: datetime
) -> None:
    case = make(case_in(State.ASSIGNED, tower, at=at), Move.ACKNOWLEDGE, people.mate, at + HOUR)
    told = case.events.last()

    assert told is not None
    assert str(case.owner) == "mate"
    assert told.data == {"owner": "mate", "before": "procurement.rtm"}


def test_a_supervisor_who_acknowledges_does_not_become_the_owner(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    case = make(case, Move.ACKNOWLEDGE, people.supervisor, at + HOUR)

    assert str(case.owner) == "procurement.rtm"


def test_the_first_response_is_the_first_move_of_a_person_and_stays(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ACKNOWLEDGED, tower, at=at)
    case = make(case, Move.PROPOSE, people.owner, at + HOUR)

    assert case.first_response_at == at + 3 * MINUTE


def test_propose_decides_and_sends(tower: Tower, people: People, at: datetime) -> None:
    case = case_in(State.ACKNOWLEDGED, tower, at=at)
    date = (at + timedelta(days=3)).replace(microsecond=0)
    make(
        case,
        Move.PROPOSE,
        people.owner,
        at + HOUR,
        decision="new_date",
        reason="Kempten says Friday.",
        date=date.isoformat().replace("+00:00", "+02:00"),
    )
    decision = Decision.objects.get()
    rows = OutboxMessage.objects.filter(decision=decision).order_by("id")

    assert (decision.state, decision.approved_by) == ("approved", "policy")
    assert (str(decision.proposed_by), decision.cost) == ("procurement.rtm", None)
    assert decision.parameters == {"date": (date - 2 * HOUR).isoformat()}
    assert decision.substance == case.document.substance
    assert [(r.key, r.parameters) for r in rows] == [
        (f"C-{case.pk}:d{decision.pk}:new_date", decision.parameters),
        (
            f"C-{case.pk}:d{decision.pk}:note",
            {
                "text": "Decision: New date. Proposed by procurement.rtm, approved by policy. "
                "Why: Kempten says Friday. New date and time: "
                f"{date - 2 * HOUR:%Y-%m-%d %H:%M} UTC."
            },
        ),
    ]


@pytest.mark.parametrize(
    ("said", "cost", "words"),
    [
        ("200", Decimal("200.00"), " Cost: €200."),
        (" 0 ", Decimal("0.00"), " Cost: €0."),
        (Decimal("0.005"), Decimal("0.00"), " Cost: €0."),
    ],
)
def test_a_cost_is_kept_to_the_cent_and_told(
    tower: Tower, people: People, at: datetime, said: Any, cost: Decimal, words: str
) -> None:
    case = case_in(State.ACKNOWLEDGED, tower, at=at)
    data = {"decision": "expedite", "reason": "Air freight.", "cost": said}
    make(case, Move.PROPOSE, people.owner, at + HOUR, **data)
    note = OutboxMessage.objects.get(verb="note").parameters["text"]

    assert Decision.objects.get().cost == cost
    assert note.endswith(f"Why: Air freight.{words}")


def test_resolve_by_work_meets_the_clock(tower: Tower, people: People, at: datetime) -> None:
    case = case_in(State.RESOLVED, tower, at=at)

    assert (case.outcome, case.resolved_at) == (Outcome.FIXED, at + 4 * MINUTE)
    assert clocks_of(case) == {"resolve": "met", "acknowledge": "met"}
    assert case.next_due_at is None


def test_what_recovers_by_itself_met_nothing(tower: Tower, at: datetime) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    data = {"outcome": Outcome.SELF_HEALED, "reason": "The goods came."}
    case = lifecycle.move(case.pk, Move.RESOLVE, machine(Via.ODOO), at=at + HOUR / 2, data=data)

    assert clocks_of(case) == {"resolve": "cancelled", "acknowledge": "cancelled"}
    assert (case.outcome, case.first_response_at, case.next_due_at) == ("self_healed", None, None)


def test_a_clock_that_was_missed_stays_missed_when_the_source_recovers(
    tower: Tower, at: datetime
) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    data = {"outcome": Outcome.SELF_HEALED}
    case = lifecycle.move(case.pk, Move.RESOLVE, machine(Via.ODOO), at=at + 30 * HOUR, data=data)

    assert clocks_of(case) == {"resolve": "breached", "acknowledge": "breached"}
    assert {c.breached_at == c.due_at for c in case.clocks.all()} == {True}


def test_close_records_the_cause(tower: Tower, at: datetime) -> None:
    case = case_in(State.CLOSED, tower, at=at)

    assert (case.root_cause, case.corrective_action) == ("Supplier capacity", "Second source")
    assert (case.closed_at, case.resolved_at) == (at + 5 * MINUTE, at + 4 * MINUTE)


def test_the_clock_closes_without_a_cause(tower: Tower, at: datetime) -> None:
    case = case_in(State.RESOLVED, tower, at=at)
    case = lifecycle.move(case.pk, Move.CLOSE, machine(Via.CLOCK), at=at + HOUR)

    assert (case.state, case.root_cause) == (State.CLOSED, "")


def test_reopen_starts_everything_anew_and_counts(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.CLOSED, tower, at=at)
    later = at + 5 * HOUR
    case = make(case, Move.REOPEN, people.supervisor, later)
    running = {c.kind: c.due_at for c in case.clocks.filter(stopped_at=None)}

    assert (case.state, case.outcome, case.reopen_count) == (State.ASSIGNED, "", 1)
    assert (case.assigned_at, case.acknowledged_at) == (later, None)
    assert (case.resolved_at, case.closed_at) == (None, None)
    assert running == {"acknowledge": later + HOUR, "resolve": later + 24 * HOUR}
    assert case.next_due_at == later + HOUR
    verbs = ("activity", "priority", "email", "n8n_event")
    assert sent(case)[-4:] == [f"C-{case.pk}:r1:{verb}" for verb in verbs]


def test_reopen_finds_an_owner_when_the_old_one_has_left(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.CLOSED, tower, at=at)
    User.objects.filter(username="procurement.rtm").update(is_active=False)
    case = make(case, Move.REOPEN, people.supervisor, at + HOUR)

    assert str(case.owner) == "mate"


def test_reopen_of_what_was_dismissed_before_anybody_owned_it(
    tower: Tower, people: People, at: datetime
) -> None:
    case = make(case_in(State.CLASSIFIED, tower, at=at), Move.DISMISS, people.supervisor, at + HOUR)
    case = make(case, Move.REOPEN, people.supervisor, at + 2 * HOUR)

    assert (case.state, str(case.owner)) == (State.ASSIGNED, "procurement.rtm")


def test_dismiss_cancels_the_clocks(tower: Tower, people: People, at: datetime) -> None:
    case = make(case_in(State.ASSIGNED, tower, at=at), Move.DISMISS, people.supervisor, at + MINUTE)

    assert (case.state, case.outcome) == (State.CLOSED, Outcome.FALSE_POSITIVE)
    assert (case.closed_at, case.resolved_at) == (at + MINUTE, None)
    assert clocks_of(case) == {"resolve": "cancelled", "acknowledge": "cancelled"}


def test_an_event_is_written_with_who_and_whence(
    tower: Tower, people: People, at: datetime
) -> None:
    case = make(case_in(State.ASSIGNED, tower, at=at), Move.ACKNOWLEDGE, people.owner, at + HOUR)
    told = case.events.last()

    assert told is not None
    assert (told.number, told.move, told.from_state, told.to_state) == (
        4,
        "acknowledge",
        "assigned",
        "acknowledged",
    )
    assert (told.actor_name, told.via, told.at) == ("procurement.rtm", "web", at + HOUR)


def test_a_decision_rests_on_what_its_proposer_saw(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ACKNOWLEDGED, tower, at=at)
    seen = data_for(Move.PROPOSE)
    said = tower.receipt(at=at + HOUR, value=Decimal(90))
    intake.take_in([said], at=at + HOUR)
    with pytest.raises(Refused) as refused:
        lifecycle.move(case.pk, Move.PROPOSE, people.owner, at=at + HOUR, data=seen)

    assert str(refused.value) == (
        "RTM/IN/00001 has changed since you looked. Look at its facts again, then decide."
    )
    assert Decision.objects.count() == 0
    make(case, Move.PROPOSE, people.owner, at + HOUR)
    assert Decision.objects.get().substance == facts.substance(said)
