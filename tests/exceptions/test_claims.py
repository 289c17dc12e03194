"""The clock that only some cases have: until a claim is filed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from exceptions import (
    audit,
    claims,
    escalate,
    intake,
    lifecycle,
    pausing,
    policies,
    proofs,
    rebasing,
)
from exceptions.kinds import KINDS
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock, OutboxMessage
from exceptions.policies import NotPublished
from exceptions.rebasing import Onto
from exceptions.verdicts import Escalation
from exceptions.vocabulary import (
    ClockKind,
    ClockState,
    Happening,
    KindCode,
    Move,
    Role,
    Rung,
    Tier,
)
from tests.exceptions.cases import member
from tests.exceptions.office import HOUR, MAERSK, MONDAY, OFFICE, TICK, keeps, told, wall
from tests.making import Tower

DAY = timedelta(days=1)
CARRIER, POD = KindCode.CARRIER_FAILURE, KindCode.POD_DISPUTE


def publish(kind: KindCode, **said: Any) -> None:
    settings = replace(KINDS[kind].default_policy, **said)
    policies.publish(kind, settings, at=MONDAY - DAY)


def claims_within(kind: KindCode, minutes: int, **said: Any) -> None:
    times = {ClockKind.CLAIM: dict.fromkeys(Tier, minutes)} if minutes else {}
    usual = KINDS[kind].default_policy.targets
    plain = {clock: t for clock, t in usual.items() if clock != ClockKind.CLAIM}
    publish(kind, targets=plain | times, **said)


def lost(tower: Tower, *, at: datetime = MONDAY, **said: Any) -> Case:
    """A parcel that is lost, as its carrier said three hours before."""
    facts = {"last_event_at": at - 3 * HOUR} | said
    intake.take_in([tower.shipment(at=at, **facts)], at=at)
    return Case.objects.get(kind=CARRIER)


def claim(case: Case) -> Clock | None:
    return case.clocks.filter(kind=ClockKind.CLAIM).order_by("-pk").first()


def state(case: Case) -> str:
    found = claim(case)
    return found.state if found else "none"


# -- The clock of a claim ------------------------------------------------------------------------


def test_it_counts_days_of_the_calendar_from_what_the_carrier_said(tower: Tower) -> None:
    """Over a weekend, at a site with office hours: seven days are seven days."""
    keeps(tower, OFFICE)
    clock = claim(lost(tower))
    assert clock is not None
    assert (clock.started_at, clock.due_at) == (MONDAY - 3 * HOUR, MONDAY - 3 * HOUR + 7 * DAY)
    assert clock.calendar_version is None


def test_it_counts_from_the_delivery_that_is_disputed(tower: Tower) -> None:
    delivered = MONDAY - 2 * DAY
    intake.take_in([tower.handover(at=MONDAY, delivered_at=delivered)], at=MONDAY)
    clock = claim(Case.objects.get(kind=POD))
    assert clock is not None
    assert clock.due_at == delivered + 7 * DAY


def test_it_counts_from_detection_where_the_facts_say_nothing(tower: Tower) -> None:
    claims_within(KindCode.PARTIAL_RECEIPT, 60)
    intake.take_in([tower.order_line(at=MONDAY)], at=MONDAY)
    clock = claim(Case.objects.get(kind=KindCode.PARTIAL_RECEIPT))
    assert clock is not None
    assert (clock.started_at, clock.due_at) == (MONDAY, MONDAY + HOUR)


def test_it_counts_working_time_where_the_policy_says_so(tower: Tower) -> None:
    keeps(tower, OFFICE)
    claims_within(CARRIER, 4 * 60, claim_in_working_time=True)
    clock = claim(lost(tower, last_event_at=MONDAY))
    assert clock is not None
    assert clock.due_at == wall(17, 10, 20)  # 1:40 until 18:00, the rest from 8:00 on


def test_no_case_has_one_without_a_time_for_it(tower: Tower) -> None:
    claims_within(CARRIER, 0)
    assert state(lost(tower)) == "none"
    assert state(tower.late_case(at=MONDAY)) == "none"  # nothing to claim


@pytest.mark.parametrize(("ago", "found"), [(7 * DAY - TICK, "running"), (7 * DAY, "none")])
def test_what_was_over_before_anybody_could_know_is_not_timed(
    tower: Tower, ago: timedelta, found: str
) -> None:
    assert state(lost(tower, last_event_at=MONDAY - ago)) == found


def test_while_the_case_waits_it_goes_on(tower: Tower) -> None:
    case = lost(tower)
    before = claim(case)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + HOUR)
    pausing.resume(case.pk, tower.supervisor, at=MONDAY + 5 * HOUR)
    assert (claim(case), state(case)) == (before, ClockState.RUNNING)
    assert claim(case).due_at == before.due_at  # type: ignore[union-attr] # they are there


def test_it_warns_and_runs_out(tower: Tower) -> None:
    claims_within(CARRIER, 60 * 60)
    case = lost(tower, last_event_at=MONDAY)
    due = MONDAY + 60 * HOUR
    for at in (due - 6 * HOUR - TICK, due - 6 * HOUR, due, due + TICK):
        escalate.sweep_clocks(at=at)
        escalate.warn(at=at)
    warned = [
        e.data["percent"] for e in told(case, Happening.CLOCK_WARNED) if e.data["clock"] == "claim"
    ]
    ran_out = [
        e.data["due_at"] for e in told(case, Happening.CLOCK_BREACHED) if e.data["clock"] == "claim"
    ]
    assert (warned, len(ran_out)) == ([75, 90], 1)


def test_it_escalates_as_the_policy_says(tower: Tower) -> None:
    step = Escalation(clock=ClockKind.CLAIM, percent=80, to=Rung.SUPERVISORS)
    claims_within(CARRIER, 100 * 60, escalation=dict.fromkeys(Tier, (step,)))
    case = lost(tower, last_event_at=MONDAY)
    for at in (MONDAY + 80 * HOUR - TICK, MONDAY + 80 * HOUR):
        escalate.warn(at=at)
    (event,) = told(case, Happening.ESCALATED)
    assert (event.data["clock"], event.data["people"]) == ("claim", ["lead.rtm"])


def test_a_corrected_policy_moves_it(tower: Tower) -> None:
    case = lost(tower, last_event_at=MONDAY)
    publish_now = dict.fromkeys(Tier, 14 * 24 * 60)
    usual = KINDS[CARRIER].default_policy
    settings = replace(usual, targets=usual.targets | {ClockKind.CLAIM: publish_now})
    policies.publish(CARRIER, settings, at=MONDAY)
    drafter = member("drafter", Role.POLICY_ADMIN, site=tower.site)
    moved = rebasing.foreseen(Onto.POLICY, CARRIER, drafter, at=MONDAY)
    assert [(m.clock.kind, m.due_at) for m in moved] == [("claim", MONDAY + 14 * DAY)]
    ids = [m.clock.pk for m in moved]
    rebasing.rebase(Onto.POLICY, CARRIER, ids, drafter, at=MONDAY, reason="Two weeks")
    assert claim(case).due_at == MONDAY + 14 * DAY  # type: ignore[union-attr] # it is there


# -- How it ends ---------------------------------------------------------------------------------


def test_its_owner_says_that_it_is_filed(tower: Tower) -> None:
    case = lost(tower)
    claims.file(case.pk, " CLM-4711 ", tower.owner_of(case), at=MONDAY + HOUR)
    assert state(case) == ClockState.MET
    (event,) = told(case, Happening.CLAIM_FILED)
    assert (event.data, event.actor_name) == ({"reference": "CLM-4711"}, "logistics.rtm")
    with pytest.raises(Refused, match="waits to be filed"):
        claims.file(case.pk, "CLM-4711", tower.owner_of(case), at=MONDAY + HOUR)
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


def test_or_that_there_is_nothing_to_claim(tower: Tower) -> None:
    case = lost(tower)
    claims.waive(case.pk, "Insured by the customer.", tower.supervisor, at=MONDAY + HOUR)
    assert state(case) == ClockState.CANCELLED
    assert [e.data for e in told(case, Happening.CLAIM_WAIVED)] == [
        {"reason": "Insured by the customer."}
    ]


def test_it_is_said_in_words_and_by_who_works_on_it(tower: Tower) -> None:
    case, other = lost(tower), tower.actor("warehouse.rtm")
    at = MONDAY
    with pytest.raises(Refused, match="Give the number"):
        claims.file(case.pk, " ", tower.supervisor, at=at)
    with pytest.raises(Refused, match="Say in a sentence why"):
        claims.waive(case.pk, "", tower.supervisor, at=at)
    with pytest.raises(Refused, match="Only the owner"):
        claims.file(case.pk, "4711", other, at=at)
    assert state(case) == ClockState.RUNNING


def test_a_decision_to_claim_ends_it_once_it_is_confirmed(tower: Tower) -> None:
    case = lost(tower)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    data = {"decision": "claim", "reason": "Lost", "substance": case.document.substance}
    lifecycle.move(case.pk, Move.PROPOSE, tower.supervisor, at=MONDAY, data=data)
    seen = []
    for message in OutboxMessage.objects.filter(decision__isnull=False):
        seen.append(state(case))
        proofs.confirm(message, at=MONDAY + HOUR, after={})
    assert [*seen, state(case)] == [ClockState.RUNNING, ClockState.RUNNING, ClockState.MET]
    case.refresh_from_db()
    assert case.next_due_at == case.clocks.get(kind="resolve").due_at


def resolved(case: Case, tower: Tower) -> None:
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    data = {"outcome": "fixed", "reason": "Sent again."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=MONDAY + HOUR, data=data)


def test_a_resolved_case_does_not_close_before_it_is_said_what_becomes_of_the_claim(
    tower: Tower,
) -> None:
    case, cause = lost(tower), {"root_cause": "Carrier"}
    resolved(case, tower)
    assert state(case) == ClockState.RUNNING
    assert escalate.close_quiet_cases(at=MONDAY + 3 * DAY) == 0
    with pytest.raises(Refused, match="A claim can still be filed"):
        lifecycle.move(case.pk, Move.CLOSE, tower.supervisor, at=MONDAY + 2 * HOUR, data=cause)
    claims.file(case.pk, "4711", tower.supervisor, at=MONDAY + 2 * HOUR)
    assert escalate.close_quiet_cases(at=MONDAY + 3 * DAY) == 1


def test_a_case_closes_when_the_claim_is_too_late(tower: Tower) -> None:
    case = lost(tower)
    resolved(case, tower)
    assert escalate.close_quiet_cases(at=MONDAY - 3 * HOUR + 7 * DAY) == 0
    assert escalate.close_quiet_cases(at=MONDAY - 3 * HOUR + 7 * DAY + TICK) == 1
    assert state(case) == ClockState.BREACHED


@pytest.mark.parametrize("how", ["heal", "dismiss"])
def test_there_is_nothing_to_claim_of_what_heals_or_was_nothing(tower: Tower, how: str) -> None:
    case = lost(tower)
    if how == "heal":
        intake.take_in(
            [tower.shipment(at=MONDAY + HOUR, status="delivered", trouble=None)], at=MONDAY + HOUR
        )
    else:
        data = {"outcome": "false_positive", "reason": "It is here."}
        lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=MONDAY + HOUR, data=data)
    assert state(case) == ClockState.CANCELLED
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=MONDAY + HOUR, data={"reason": "No."})
    assert [c.state for c in case.clocks.filter(kind="claim").order_by("pk")] == [
        ClockState.CANCELLED,
        ClockState.RUNNING,
    ]


def test_what_is_filed_is_not_asked_again_when_the_case_comes_back(tower: Tower) -> None:
    case = lost(tower)
    claims.file(case.pk, "4711", tower.supervisor, at=MONDAY)
    resolved(case, tower)
    reason = {"reason": "Lost again."}
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=MONDAY + 2 * HOUR, data=reason)
    assert [c.state for c in case.clocks.filter(kind="claim")] == [ClockState.MET]


# -- What a policy can say -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said", "says"),
    [
        (KindCode.LATE_INBOUND, {"claim": 60}, "have no claim to make"),
        (CARRIER, {"claim": -5}, "A claim is filed within a minute"),
        (CARRIER, {"classify_minutes": -1}, "People classify within a minute"),
        (
            KindCode.LATE_INBOUND,
            {
                "escalation": {
                    Tier.LOW: (Escalation(clock=ClockKind.CLAIM, percent=80, to=Rung.LEAD),)
                }
            },
            "Low has no time to claim that could escalate",
        ),
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused(
    tower: Tower, kind: KindCode, said: dict[str, Any], says: str
) -> None:
    usual = KINDS[kind].default_policy
    times = {ClockKind.CLAIM: dict.fromkeys(Tier, said.pop("claim"))} if "claim" in said else {}
    with pytest.raises(NotPublished, match=says):
        policies.publish(kind, replace(usual, targets=usual.targets | times, **said), at=MONDAY)


def test_a_policy_from_before_says_nothing_of_either(tower: Tower) -> None:
    plain = policies.to_json(KINDS[KindCode.LATE_INBOUND].default_policy)
    assert "classify_minutes" not in plain
    assert "claim_in_working_time" not in plain
    assert set(plain["targets"]) == {"acknowledge", "resolve"}
