"""Old cases keep their version: only whether it is still an exception follows what is in force."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exceptions import escalate, intake, lifecycle, policies
from exceptions.casework import Change
from exceptions.kinds import KINDS
from exceptions.models import Case, Document
from exceptions.verdicts import Override, Scope, Step
from exceptions.vocabulary import ClockKind, Factor, KindCode, Move, Outcome, State, Tier, Verb
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
BASE = KINDS[LATE].default_policy
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONLY_VALUE = {Factor.VALUE_AT_RISK: 100}


def publish(at: datetime, **changed: Any) -> None:
    policies.publish(LATE, replace(BASE, **changed), at=at)


def seen(case: Case) -> tuple[int | None, list[str], int | None]:
    """Severity, what it is made of, and the version it lives under."""
    case.refresh_from_db()
    return case.score, sorted(said["factor"] for said in case.contributions), case.policy.version


OLD = (56, sorted(BASE.weights), 1)


def test_an_open_case_is_scored_by_its_own_weights(tower: Tower, at: datetime) -> None:
    """€10,000 gives 70 of 100: 28 of 40 under the old weights, 70 under the new ones."""
    case = tower.late_case(at=at)
    publish(at + HOUR, weights=ONLY_VALUE)
    swept = intake.recheck_due(at=at + HOUR)
    first = seen(case)
    facts = tower.receipt(at=at + 2 * HOUR, value=Decimal(60_000))
    intake.take_in([facts], at=at + 2 * HOUR)
    new = tower.late_case(2, at=at + 2 * HOUR, supplier=None)

    assert (swept[0], first) == (1, OLD)
    assert seen(case) == (40 + 28, OLD[1], 1)
    assert seen(new) == (70, ["value_at_risk"], 2)


def test_an_open_case_counts_repetitions_over_its_own_window(tower: Tower, at: datetime) -> None:
    tower.late_case(1, at=at - 20 * DAY)
    case = tower.late_case(2, at=at)
    publish(at + HOUR, recurrence_days=1)
    intake.recheck_due(at=at + HOUR)

    said = {c["factor"]: c["because"] for c in Case.objects.get(pk=case.pk).contributions}
    assert said["recurrence"] == "happened once before"


def test_whether_it_is_an_exception_follows_the_policy_in_force(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    days = Decimal(3 * 24 * 60)
    publish(
        at + HOUR,
        overrides=(Override(scope=Scope(site=tower.site.pk), thresholds={"grace_minutes": days}),),
    )
    swept = intake.recheck_due(at=at + HOUR)
    case.refresh_from_db()

    assert swept == (1, {Change.CLEARED: 1})
    assert (case.state, case.policy.version) == (State.RESOLVED, 1)


def test_the_case_tells_the_thresholds_in_force_and_where_they_come_from(
    tower: Tower, at: datetime
) -> None:
    case = tower.late_case(at=at)
    before = case.thresholds
    here = Override(scope=Scope(site=tower.site.pk), thresholds={"grace_minutes": Decimal(120)})
    publish(at + HOUR, overrides=(here,))
    changes = intake.recheck_due(at=at + HOUR)
    case.refresh_from_db()

    assert before == {
        "version": 1,
        "values": [{"name": "grace_minutes", "value": "0", "origin": "everywhere"}],
    }
    assert changes == (1, {Change.REFRESHED: 1})
    assert case.thresholds == {
        "version": 2,
        "values": [
            {
                "name": "grace_minutes",
                "value": "120",
                "origin": "site Rotterdam: 120 instead of 0",
            }
        ],
    }


def ended(tower: Tower, at: datetime) -> Case:
    """A case that healed by itself at `at`."""
    case = tower.late_case(at=at - HOUR)
    intake.take_in([tower.receipt(at=at, planned_at=at + 20 * DAY)], at=at)
    case.refresh_from_db()
    return case


def test_the_quiet_period_is_that_of_the_case(tower: Tower, at: datetime) -> None:
    case = ended(tower, at)
    publish(at, quiet_hours=1)
    early = [escalate.close_quiet_cases(at=at + hours * HOUR) for hours in (2, 47)]
    publish(at, quiet_hours=999)

    assert (early, escalate.close_quiet_cases(at=at + 48 * HOUR)) == ([0, 0], 1)
    case.refresh_from_db()
    assert (case.state, case.policy.version) == (State.CLOSED, 1)


def test_the_window_for_reopening_is_that_of_the_case(tower: Tower, at: datetime) -> None:
    ended(tower, at)
    publish(at, reopen_days=0)
    back = at + 3 * DAY

    assert intake.take_in([tower.receipt(at=back)], at=back) == {Change.REOPENED: 1}


def test_a_case_past_its_own_window_stays_closed_though_the_new_one_is_wider(
    tower: Tower, at: datetime
) -> None:
    ended(tower, at)
    publish(at, reopen_days=90)
    back = at + 8 * DAY

    assert intake.take_in([tower.receipt(at=back)], at=back) == {Change.OPENED: 1}


def test_what_reopens_takes_the_version_in_force(tower: Tower, at: datetime) -> None:
    """Its weights, its clocks and its playbook."""
    case = ended(tower, at)
    minutes = {
        clock: dict.fromkeys(Tier, 7)
        for clock in (ClockKind.ACKNOWLEDGE, ClockKind.RESOLVE, ClockKind.APPROVE)
    }
    steps = {tier: (Step(verb=Verb.NOTE),) for tier in Tier}
    publish(at, weights=ONLY_VALUE, targets=minutes, playbook=steps)
    intake.take_in([tower.receipt(at=at + DAY)], at=at + DAY)
    running = case.clocks.filter(stopped_at=None)
    sent = case.outbox.filter(key__contains=":r1:").values_list("verb", flat=True)

    assert seen(case) == (70, ["value_at_risk"], 2)
    assert {(c.kind, c.target_minutes, c.policy.version) for c in running} == {
        ("acknowledge", 7, 2),
        ("resolve", 7, 2),
    }
    assert list(sent) == ["note"]
    assert case.events.get(move=Move.REOPEN).data["policy_version"] == 2


def test_what_a_person_reopens_takes_it_too_and_is_scored_by_it(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    data = {"outcome": Outcome.FIXED, "reason": "They are in the yard."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=at, data=data)
    publish(at + HOUR, weights=ONLY_VALUE)
    intake.recheck_due(at=at + HOUR)
    again = at + 2 * HOUR
    data = {"reason": "They were not."}
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=again, data=data)

    assert intake.recheck_due(at=again) == (1, {Change.REFRESHED: 1})
    assert seen(case) == (70, ["value_at_risk"], 2)


def test_what_a_person_reopens_against_the_source_is_not_cleared_at_once(
    tower: Tower, at: datetime
) -> None:
    case = ended(tower, at)
    publish(at + HOUR, weights=ONLY_VALUE)
    intake.recheck_due(at=at + HOUR)
    again = at + 2 * HOUR
    data = {"reason": "They sent the wrong goods."}
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=again, data=data)

    assert intake.recheck_due(at=again) == (0, {})
    assert Document.objects.get().recheck_at != again
    assert seen(case) == (OLD[0], OLD[1], 2)


def test_a_higher_tier_asks_for_what_the_cases_own_playbook_says(
    tower: Tower, at: datetime
) -> None:
    case = tower.late_case(at=at, value=Decimal(100))
    publish(at + HOUR, playbook=dict.fromkeys(Tier, ()))
    intake.recheck_due(at=at + HOUR)
    more = tower.receipt(at=at + 2 * HOUR, value=Decimal(60_000))
    intake.take_in([more], at=at + 2 * HOUR)

    verbs = ["activity", "priority", "email", "n8n_event"]
    assert [m.verb for m in case.outbox.order_by("id")] == verbs
