"""What was acknowledged and nobody touches goes back to the queue, and says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from exceptions import audit, commenting, escalate, lifecycle, pausing, policies, snoozing
from exceptions.kinds import KINDS
from exceptions.models import Case, Notification, OutboxMessage, User
from exceptions.pausing import Wait
from exceptions.policies import NotPublished
from exceptions.snoozing import Sleep
from exceptions.vocabulary import (
    KindCode,
    Move,
    Notice,
    OutboxState,
    State,
    Tier,
    Until,
    Waiting,
)
from tests.exceptions.cases import data_for
from tests.making import Tower

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
AT = datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.fixture
def case(tower: Tower) -> Case:
    """High, acknowledged at nine; what nobody touches for four hours goes back."""
    usual = KINDS[KindCode.LATE_INBOUND].default_policy
    policies.publish(KindCode.LATE_INBOUND, replace(usual, lease={Tier.HIGH: 240}), at=AT)
    made = tower.late_case(at=AT)
    return lifecycle.move(made.pk, Move.ACKNOWLEDGE, tower.actor("procurement.rtm"), at=AT)


def state_at(case: Case, at: datetime) -> str:
    escalate.end_leases(at=at)
    case.refresh_from_db()
    return case.state


def test_it_goes_back_when_its_time_is_over_and_not_before(case: Case) -> None:
    seen = [state_at(case, at) for at in (AT, AT + 4 * HOUR - TICK, AT + 4 * HOUR)]
    assert seen == [State.ACKNOWLEDGED, State.ACKNOWLEDGED, State.ASSIGNED]

    last = case.events.latest("number")
    assert (last.move, last.data["reason"]) == (
        Move.ASSIGN,
        "Acknowledged, and untouched for 4 h: it is to be acknowledged anew.",
    )
    assert (case.acknowledged_at, case.look_at) == (None, None)
    assert case.clocks.get(kind="acknowledge", stopped_at=None).started_at == AT + 4 * HOUR
    assert list(audit.verify(case)) == []
    told = Notification.objects.filter(what=Notice.ASSIGNED, at=AT + 4 * HOUR)
    assert [row.person for row in told] == [case.owner]


def test_it_goes_back_once(case: Case) -> None:
    assert [state_at(case, AT + n * HOUR) for n in (5, 9, 99)] == [State.ASSIGNED] * 3
    assert case.events.filter(move=Move.ASSIGN).count() == 2


@pytest.mark.parametrize("hours", [1, 3])
def test_whatever_a_person_does_prolongs_it(case: Case, tower: Tower, hours: int) -> None:
    touched = AT + hours * HOUR
    commenting.write(case.pk, "They look for the truck.", tower.supervisor, at=touched)
    seen = [state_at(case, at) for at in (AT + 4 * HOUR, touched + 4 * HOUR - TICK)]
    assert seen == [State.ACKNOWLEDGED] * 2
    assert state_at(case, touched + 4 * HOUR) == State.ASSIGNED


def test_what_machines_do_prolongs_nothing(case: Case) -> None:
    escalate.sweep_clocks(at=AT + 2 * HOUR)
    escalate.warn(at=AT + 3 * HOUR)
    assert state_at(case, AT + 4 * HOUR) == State.ASSIGNED


def test_while_it_is_snoozed_it_does_not_go_back(case: Case, tower: Tower) -> None:
    sleep = Sleep(until=Until.DATE, until_at=AT + 11 * HOUR, reason="They call back tonight.")
    snoozing.snooze(case.pk, sleep, tower.owner_of(case), at=AT + HOUR)
    assert [state_at(case, AT + n * HOUR) for n in (5, 10)] == [State.ACKNOWLEDGED] * 2
    assert escalate.end_snoozes(at=AT + 11 * HOUR) == 1
    seen = [state_at(case, AT + n * HOUR - TICK) for n in (12, 15)]
    assert [*seen, state_at(case, AT + 15 * HOUR)] == [State.ACKNOWLEDGED] * 2 + [State.ASSIGNED]


def test_while_it_waits_for_somebody_it_does_not_go_back(case: Case, tower: Tower) -> None:
    wait = Wait(waiting_for=Waiting.CARRIER, counterparty="Maersk", reason="A new ETA")
    pausing.pause(case.pk, wait, tower.supervisor, at=AT + HOUR)
    assert [state_at(case, AT + n * HOUR) for n in (5, 10)] == [State.ACKNOWLEDGED] * 2
    pausing.resume(case.pk, tower.supervisor, at=AT + 11 * HOUR)
    seen = [state_at(case, AT + 15 * HOUR - TICK), state_at(case, AT + 15 * HOUR)]
    assert seen == [State.ACKNOWLEDGED, State.ASSIGNED]


def test_while_a_decision_is_on_its_way_it_does_not_go_back(case: Case, tower: Tower) -> None:
    owner = tower.actor("procurement.rtm")
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=AT + HOUR, data=data_for(Move.PROPOSE))
    assert state_at(case, AT + 6 * HOUR) == State.ACKNOWLEDGED
    OutboxMessage.objects.filter(case=case).update(state=OutboxState.CONFIRMED)
    assert state_at(case, AT + 10 * HOUR) == State.ASSIGNED


def test_what_has_ended_does_not_go_back(case: Case, tower: Tower) -> None:
    data = {"outcome": "fixed", "reason": "They are here."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=AT + HOUR, data=data)
    assert state_at(case, AT + 9 * HOUR) == State.RESOLVED


def test_where_nobody_could_take_it_it_stays_and_is_looked_at_later(case: Case) -> None:
    User.objects.update(is_active=False)
    assert state_at(case, AT + 4 * HOUR) == State.ACKNOWLEDGED
    assert case.look_at == AT + 8 * HOUR


def test_without_a_lease_nothing_goes_back_or_is_looked_at_again(tower: Tower) -> None:
    made = tower.late_case(at=AT)
    lifecycle.move(made.pk, Move.ACKNOWLEDGE, tower.supervisor, at=AT)
    assert [escalate.end_leases(at=AT + n * HOUR) for n in (0, 1, 99)] == [1, 0, 0]
    made.refresh_from_db()
    assert (made.state, made.look_at) == (State.ACKNOWLEDGED, None)


def test_a_lease_lasts_a_minute_to_five_years(tower: Tower) -> None:
    usual = KINDS[KindCode.LATE_INBOUND].default_policy
    for minutes in (-1, policies.LONGEST_TARGET + 1):
        with pytest.raises(NotPublished, match="High goes back to the queue after a minute"):
            policies.publish(
                KindCode.LATE_INBOUND, replace(usual, lease={Tier.HIGH: minutes}), at=AT
            )
