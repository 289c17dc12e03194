"""Any sequence of moves, facts and time, by anybody: what is always true of a case."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from exceptions import audit, escalate, intake, lifecycle, rules
from exceptions.actors import Actor, machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock, Document, OutboxMessage, User
from exceptions.vocabulary import ENDED_STATES, OPEN_STATES, ClockKind, Move, State, Via
from tests.exceptions.cases import People, data_for, people_of
from tests.making import Tower

NAMES = ("owner", "mate", "supervisor", "operator_of_another_team", "auditor")
HOURS = st.integers(1, 100).map(lambda h: timedelta(hours=h / 4))


class Life(RuleBasedStateMachine):
    """One record's cases, whatever is done to them. Each run is rolled back."""

    tower: Tower
    people: People
    start: datetime

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.at = self.start
        self.events: dict[int, list[str]] = {}
        intake.take_in([self.tower.receipt(at=self.at)], at=self.at)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def last(self) -> Case:
        return Case.objects.latest("id")

    def who(self, name: str) -> Actor:
        found: Actor = getattr(self.people, name)
        return found

    def attempt(self, which: Move, actor: Actor, data: dict[str, Any]) -> None:
        case = self.last()
        why_not = lifecycle.refusal(case, which, actor)
        try:
            moved = lifecycle.move(case.pk, which, actor, at=self.at, data=data)
        except Refused:
            return
        assert why_not == ""
        assert moved.events.count() == moved.event_count

    @rule(which=st.sampled_from(Move), name=st.sampled_from(NAMES))
    def somebody_moves(self, which: Move, name: str) -> None:
        self.attempt(which, self.who(name), data_for(which))

    @rule(which=st.sampled_from(Move), lacking=st.booleans())
    def the_supervisor_moves(self, which: Move, lacking: bool) -> None:
        self.attempt(which, self.people.supervisor, {} if lacking else data_for(which))

    @rule(name=st.sampled_from(["procurement.rtm", "mate", "lead.rtm"]))
    def the_supervisor_assigns(self, name: str) -> None:
        owner = User.objects.get(username=name)
        self.attempt(Move.ASSIGN, self.people.supervisor, {"owner": owner})

    @rule()
    def the_owner_works_it_off(self) -> None:
        for which in (Move.ACKNOWLEDGE, Move.PROPOSE, Move.RESOLVE):
            self.attempt(which, self.people.supervisor, data_for(which))

    @rule(which=st.sampled_from(Move), via=st.sampled_from(Via))
    def a_machine_moves(self, which: Move, via: Via) -> None:
        self.attempt(which, machine(via), data_for(which))

    @rule(past=HOURS, value=st.integers(1, 3))
    def odoo_says_late(self, past: timedelta, value: int) -> None:
        said = self.tower.receipt(
            at=self.at,
            promised_at=self.at - past,
            planned_at=self.at - past,
            value=value * 20_000,
            written_at=self.at,
        )
        intake.take_in([said], at=self.at)

    @rule(ahead=HOURS)
    def odoo_says_in_time(self, ahead: timedelta) -> None:
        said = self.tower.receipt(at=self.at, planned_at=self.at + ahead, written_at=self.at)
        intake.take_in([said], at=self.at)

    @rule()
    def odoo_says_gone(self) -> None:
        intake.mark_gone(Document.objects.all(), at=self.at)

    @rule(passed=HOURS)
    def time_passes(self, passed: timedelta) -> None:
        self.at += passed
        intake.recheck_due(at=self.at)
        escalate.sweep_clocks(at=self.at)
        escalate.close_quiet_cases(at=self.at)
        escalate.find_owners(at=self.at)

    @rule()
    def everybody_leaves_and_comes_back(self) -> None:
        User.objects.update(is_active=False)
        self.odoo_says_late(past=timedelta(hours=3), value=1)
        User.objects.update(is_active=True)
        escalate.find_owners(at=self.at)

    @invariant()
    def the_history_is_whole(self) -> None:
        for case in Case.objects.all():
            assert list(audit.verify(case)) == []
            hashes = list(case.events.order_by("number").values_list("hash", flat=True))
            assert hashes[: len(self.events.get(case.pk, []))] == self.events.get(case.pk, [])
            self.events[case.pk] = hashes

    @invariant()
    def the_states_in_the_history_join_up(self) -> None:
        for case in Case.objects.all():
            told = list(case.events.exclude(move="").order_by("number"))
            pairs = [(e.from_state, e.to_state) for e in told]
            assert [a for a, _ in pairs] == [State.DETECTED, *(b for _, b in pairs[:-1])]
            assert pairs[-1][1] == case.state
            assert {p for p in pairs if p[0] != p[1]} <= rules.legal_pairs()

    @invariant()
    def a_clock_of_a_kind_runs_once_and_only_while_the_case_is_open(self) -> None:
        for case in Case.objects.all():
            running = list(case.clocks.filter(stopped_at=None).order_by("due_at"))
            kinds = [clock.kind for clock in running]
            assert len(kinds) == len(set(kinds))
            assert case.next_due_at == (running[0].due_at if running else None)
            assert (ClockKind.RESOLVE in kinds) == case.is_open
            assert (ClockKind.ACKNOWLEDGE in kinds) == (case.state == State.ASSIGNED)

    @invariant()
    def a_missed_clock_says_when(self) -> None:
        for clock in Clock.objects.all():
            assert (clock.breached_at is not None) == (clock.state == "breached")
            assert clock.breached_at in (None, clock.due_at)

    @invariant()
    def what_is_resolved_says_how(self) -> None:
        for case in Case.objects.all():
            ended = case.state in ENDED_STATES
            assert bool(case.outcome) == ended
            assert (case.closed_at is not None) == (case.state == State.CLOSED)
            assert ended or case.resolved_at is None

    @invariant()
    def what_is_assigned_has_an_owner_and_a_score_that_adds_up(self) -> None:
        for case in Case.objects.all():
            if case.state in (State.ASSIGNED, State.ACKNOWLEDGED):
                assert case.owner is not None
            assert case.score == sum(c["points"] for c in case.contributions)
            assert 0 <= (case.score or 0) <= 100

    @invariant()
    def one_case_lives(self) -> None:
        assert Case.objects.filter(state__in=OPEN_STATES).count() <= 1

    @invariant()
    def an_unhandled_exception_has_a_case(self) -> None:
        """What the mirror shows as late has a live case, unless people have settled it."""
        document = Document.objects.get()
        if document.gone_at or (document.recheck_at and document.recheck_at <= self.at):
            return
        found = Case.objects.filter(state__in=OPEN_STATES).exists()
        latest = Case.objects.latest("id")
        late = max(document.facts["promised_at"], document.facts["planned_at"])
        if datetime.fromisoformat(late) < self.at:
            assert found or latest.outcome not in ("", "self_healed")

    @invariant()
    def every_playbook_ran_once_a_life(self) -> None:
        keys = OutboxMessage.objects.values_list("key", flat=True)
        assert len(keys) == len(set(keys))


@pytest.mark.slow
def test_what_is_always_true_of_a_case(tower: Tower, at: datetime) -> None:
    world = {"tower": tower, "people": people_of(tower), "start": at}
    run_state_machine_as_test(
        type("LifeHere", (Life,), world),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
