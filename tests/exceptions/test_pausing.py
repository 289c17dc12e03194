"""Cases that wait for somebody outside: their time to resolve stands still."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exceptions import audit, escalate, grouping, lifecycle, pausing, policies
from exceptions.kinds import KINDS
from exceptions.lifecycle import Refused
from exceptions.models import Case, Notification, Pause
from exceptions.pausing import Wait
from exceptions.vocabulary import ClockState, Happening, KindCode, Move, Notice
from tests.exceptions.office import (
    HOUR,
    MAERSK,
    MONDAY,
    OFFICE,
    TICK,
    keeps,
    to_resolve,
    told,
    wall,
)
from tests.making import Tower

SOON = "The answer is expected at a time to come, in the next two years."


def test_while_a_case_waits_its_time_stands_still(tower: Tower) -> None:
    keeps(tower, OFFICE)
    case = tower.late_case(at=MONDAY)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=wall(16, 17))
    held = to_resolve(case)
    case.refresh_from_db()
    assert (held.state, held.tell_at, case.next_due_at) == (
        ClockState.PAUSED,
        None,
        wall(16, 17, 20),  # to acknowledge it does not wait for Maersk
    )

    pausing.resume(case.pk, tower.supervisor, at=wall(17, 9))
    goes_on = to_resolve(case)
    # Paused from 17:00 to 18:00 and from 8:00 to 9:00: two hours more.
    assert (goes_on.state, goes_on.due_at) == (ClockState.RUNNING, wall(19, 12, 20))
    assert [e.data["for"] for e in told(case, Happening.PAUSED)] == ["Maersk"]
    assert [e.data["due_at"] for e in told(case, Happening.RESUMED)] == ["2026-11-19T11:20:00Z"]
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


def test_what_is_paused_is_never_overdue_and_does_not_warn(tower: Tower) -> None:
    case = tower.late_case(at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)

    assert escalate.sweep_clocks(at=MONDAY + 25 * HOUR - TICK) == 0
    assert escalate.warn(at=MONDAY + 25 * HOUR - TICK) == 0
    case.refresh_from_db()
    assert case.next_due_at is None


def test_a_pause_ends_when_its_budget_is_used_up_however_late_that_is_seen(tower: Tower) -> None:
    settings = replace(KINDS[KindCode.LATE_INBOUND].default_policy, pause_share=50)
    policies.publish(KindCode.LATE_INBOUND, settings, at=MONDAY)
    case = tower.late_case(at=MONDAY)
    first = pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    pausing.resume(case.pk, tower.supervisor, at=MONDAY + 6 * HOUR)
    second = pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + 10 * HOUR)
    # Half of 24 hours; five were used before.
    assert [p.ends_by for p in (first, second)] == [MONDAY + 13 * HOUR, MONDAY + 17 * HOUR]

    swept = [escalate.end_pauses(at=t) for t in (MONDAY + 17 * HOUR - TICK, MONDAY + 40 * HOUR)]
    assert swept == [0, 1]
    second.refresh_from_db()
    assert (second.ended_at, to_resolve(case).due_at) == (MONDAY + 17 * HOUR, MONDAY + 36 * HOUR)
    assert escalate.sweep_clocks(at=MONDAY + 40 * HOUR) == 2
    with pytest.raises(Refused, match="is over: a pause would not change that"):
        pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + 41 * HOUR)


def test_a_policy_may_allow_no_pause(tower: Tower) -> None:
    settings = replace(KINDS[KindCode.LATE_INBOUND].default_policy, pause_share=0)
    policies.publish(KindCode.LATE_INBOUND, settings, at=MONDAY)
    case = tower.late_case(at=MONDAY)
    with pytest.raises(Refused, match="wait no longer than it has"):
        pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)


@pytest.mark.parametrize(
    ("wait", "says"),
    [
        (replace(MAERSK, counterparty=" "), "Say for whom the case waits."),
        (replace(MAERSK, reason=""), "Say in a sentence what it waits for."),
        (replace(MAERSK, expected_at=MONDAY), SOON),
        (replace(MAERSK, expected_at=datetime(9999, 12, 31, 23, tzinfo=UTC)), SOON),
    ],
)
def test_a_pause_says_for_whom_and_why(tower: Tower, wait: Wait, says: str) -> None:
    case = tower.late_case(at=MONDAY)
    with pytest.raises(Refused) as refused:
        pausing.pause(case.pk, wait, tower.supervisor, at=MONDAY)
    assert (str(refused.value), Pause.objects.count()) == (says, 0)


def test_only_supervisors_of_the_site_pause_and_one_pause_lasts_at_a_time(tower: Tower) -> None:
    case = tower.late_case(at=MONDAY)
    with pytest.raises(Refused, match="Only a supervisor of Rotterdam"):
        pausing.pause(case.pk, MAERSK, tower.actor("procurement.rtm"), at=MONDAY)
    with pytest.raises(Refused, match="does not wait for anybody"):
        pausing.resume(case.pk, tower.supervisor, at=MONDAY)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY)
    with pytest.raises(Refused, match="waits already"):
        pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY)
    with pytest.raises(Refused, match="Only a supervisor of Rotterdam"):
        pausing.resume(case.pk, tower.actor("procurement.rtm"), at=MONDAY)


def test_a_case_that_ends_waits_no_more(tower: Tower) -> None:
    case = tower.late_case(at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    data = {"outcome": "fixed", "reason": "They are here."}
    case = lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=MONDAY + 26 * HOUR, data=data)
    clock = to_resolve(case)

    # The pause lasted 24 hours at most: the clock had 23 left when it went on, and one passed.
    assert case.pauses.get().ended_at == MONDAY + 25 * HOUR
    assert (clock.state, clock.due_at) == (ClockState.MET, MONDAY + 48 * HOUR)


def test_what_ends_a_case_a_moment_before_its_pause_began_ends_the_pause(tower: Tower) -> None:
    """Whoever waited for the lock took the time before the pause was made."""
    case = tower.late_case(at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    data = {"outcome": "fixed", "reason": "They are here."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=MONDAY + HOUR - TICK, data=data)
    assert case.pauses.get().ended_at == MONDAY + HOUR


def test_the_owner_is_reminded_once_of_an_answer_that_does_not_come(tower: Tower) -> None:
    case = tower.late_case(at=MONDAY)
    wait = replace(MAERSK, expected_at=MONDAY + 4 * HOUR)
    pausing.pause(case.pk, wait, tower.supervisor, at=MONDAY)
    after = (MONDAY + 4 * HOUR - TICK, MONDAY + 4 * HOUR, MONDAY + 5 * HOUR)

    assert [escalate.remind_of_answers(at=at) for at in after] == [0, 1, 0]
    assert [e.data["text"] for e in told(case, Happening.NOTED)] == [
        "No answer from Maersk, who was to answer by now."
    ]
    told_to = Notification.objects.filter(what=Notice.ANSWER_MISSING).values_list(
        "person__username"
    )
    assert list(told_to) == [("procurement.rtm",)]


# -- Pauses of a disruption ----------------------------------------------------------------------


@pytest.fixture
def family(tower: Tower) -> list[Case]:
    """A parent and two cases that are part of it."""
    cases = [tower.late_case(number, at=MONDAY) for number in (1, 2, 3)]
    for child in cases[1:]:
        grouping.attach(child.pk, cases[0].pk, tower.supervisor, at=MONDAY)
    return cases


def waiting(cases: list[Case]) -> list[bool]:
    return [case.pauses.filter(ended_at=None).exists() for case in cases]


def test_the_cases_of_a_disruption_wait_and_go_on_together(
    tower: Tower, family: list[Case]
) -> None:
    pausing.pause(family[0].pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    assert waiting(family) == [True, True, True]
    assert [e.data["with"] for e in told(family[1], Happening.PAUSED)] == [family[0].reference]

    pausing.resume(family[0].pk, tower.supervisor, at=MONDAY + 3 * HOUR)
    assert waiting(family) == [False, False, False]
    assert {to_resolve(case).due_at for case in family} == {MONDAY + 26 * HOUR}


def test_a_case_that_becomes_part_of_one_that_waits_waits_too(
    tower: Tower, family: list[Case]
) -> None:
    pausing.pause(family[0].pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    late = tower.late_case(9, at=MONDAY + 2 * HOUR)
    grouping.attach(late.pk, family[0].pk, tower.supervisor, at=MONDAY + 3 * HOUR)
    assert late.pauses.get().started_at == MONDAY + 3 * HOUR


def test_a_case_of_a_disruption_can_go_on_alone(tower: Tower, family: list[Case]) -> None:
    pausing.pause(family[0].pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    pausing.resume(family[1].pk, tower.supervisor, at=MONDAY + 2 * HOUR)
    assert waiting(family) == [True, False, True]


def test_when_the_parent_ends_its_cases_go_on_as_of_then(tower: Tower, family: list[Case]) -> None:
    lifecycle.move(family[0].pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    pausing.pause(family[0].pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    data = {"outcome": "fixed", "reason": "They are here."}
    lifecycle.move(family[0].pk, Move.RESOLVE, tower.supervisor, at=MONDAY + 3 * HOUR, data=data)

    assert escalate.end_pauses(at=MONDAY + 9 * HOUR) == 2
    assert waiting(family) == [False, False, False]
    assert [to_resolve(case).due_at for case in family[1:]] == [MONDAY + 26 * HOUR] * 2
