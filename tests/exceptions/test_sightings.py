"""Findings that open no case: kept, shown, ended, and told when they become one."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import audit, intake, lifecycle, policies
from exceptions.casework import Change
from exceptions.kinds import KINDS
from exceptions.models import Case, Document, Sighting
from exceptions.verdicts import Noise
from exceptions.vocabulary import HeldBy, KindCode, Move, Outcome, Rollout, State
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)


def publish(at: datetime, kind: KindCode = LATE, **changed: Any) -> None:
    policies.publish(kind, replace(KINDS[kind].default_policy, **changed), at=at)


def live() -> list[tuple[str, datetime, datetime | None]]:
    """Of what is held back now: why, since when, until when."""
    rows = Sighting.objects.filter(ended_at=None).order_by("id")
    return list(rows.values_list("held_by", "since", "until"))


def told(case: Case) -> list[str]:
    return [event.move or event.happening for event in case.events.all()]


# -- Roll-out ----------------------------------------------------------------------------------


def test_a_kind_that_is_tried_out_counts_and_opens_no_work(tower: Tower, at: datetime) -> None:
    publish(at, rollout_at={tower.site.pk: Rollout.OBSERVING})
    elsewhere = tower.receipt(2, at=at, site_id=tower.other_site.pk)
    changes = intake.take_in([tower.receipt(at=at), elsewhere], at=at)

    (sighting,) = Sighting.objects.all()
    assert changes == {Change.HELD: 1, Change.OPENED: 1}
    assert Case.objects.get().site == tower.other_site
    assert live() == [(HeldBy.OBSERVING, at, None)]
    assert (
        sighting.kind,
        sighting.site,
        sighting.document.record_id,
        sighting.subject_key,
        sighting.value_at_risk,
        sighting.currency,
        sighting.title,
        sighting.policy.version,
    ) == (
        "late_inbound",
        tower.site,
        1,
        f"late_inbound:{tower.site.pk}:partner:7",
        Decimal(10_000),
        "EUR",
        "P00001 from Kempten Bearings is late",
        2,
    )


def test_what_was_tried_out_becomes_cases_when_it_is_turned_on(tower: Tower, at: datetime) -> None:
    publish(at, rollout=Rollout.OBSERVING)
    intake.take_in([tower.receipt(at=at)], at=at)
    publish(at + 3 * HOUR)
    swept = intake.recheck_due(at=at + 3 * HOUR)

    case = Case.objects.get()
    held = case.events.get(happening="held")
    assert swept == (1, {Change.OPENED: 1})
    assert (live(), Sighting.objects.get().case, Sighting.objects.get().ended_at) == (
        [],
        case,
        at + 3 * HOUR,
    )
    assert told(case) == ["detected", "held", "classify", "assign"]
    assert (held.data["minutes"], held.data["held_by"]) == (180, "observing")
    assert list(audit.verify(case)) == []


@pytest.mark.parametrize("site_only", [False, True])
def test_a_kind_that_is_off_finds_nothing(tower: Tower, at: datetime, site_only: bool) -> None:
    off = {"rollout_at": {tower.site.pk: Rollout.OFF}} if site_only else {"rollout": Rollout.OFF}
    publish(at, **off)

    assert intake.take_in([tower.receipt(at=at)], at=at) == {}
    assert (Case.objects.count(), Sighting.objects.count()) == (0, 0)
    assert Document.objects.get().recheck_at is None


@pytest.mark.parametrize("by_news", [False, True])
def test_turning_a_kind_off_clears_its_cases_by_the_policy(
    tower: Tower, at: datetime, by_news: bool
) -> None:
    """Whether the sweep comes first, or other facts of the record do."""
    case = tower.late_case(at=at)
    publish(at + HOUR, rollout=Rollout.OFF)
    if by_news:
        changes = intake.take_in([tower.receipt(at=at + HOUR, value=Decimal(5))], at=at + HOUR)
    else:
        _seen, changes = intake.recheck_due(at=at + HOUR)
    case.refresh_from_db()
    last = case.events.latest("number")

    assert changes == {Change.CLEARED: 1}
    assert (case.state, case.outcome) == (State.RESOLVED, Outcome.SELF_HEALED)
    assert (last.via, last.data["reason"]) == (
        "policy",
        "Under the policy now in force this is no exception.",
    )


def test_what_was_worked_on_comes_back_when_the_kind_is_turned_on_again(
    tower: Tower, at: datetime
) -> None:
    """It ended as fixed, for somebody had decided something; but the policy had ended it."""
    case = tower.late_case(at=at)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    seen = Document.objects.get().substance
    data = {"decision": "chase", "reason": "No answer.", "substance": seen}
    lifecycle.move(case.pk, Move.PROPOSE, tower.supervisor, at=at, data=data)
    publish(at + HOUR, rollout=Rollout.OFF)
    off = intake.recheck_due(at=at + HOUR)
    publish(at + 2 * HOUR)

    assert off == (1, {Change.CLEARED: 1})
    assert intake.recheck_due(at=at + 2 * HOUR) == (1, {Change.REOPENED: 1})


def test_turning_a_kind_off_ends_what_was_held_back(tower: Tower, at: datetime) -> None:
    publish(at, rollout=Rollout.OBSERVING)
    intake.take_in([tower.receipt(at=at)], at=at)
    publish(at + HOUR, rollout=Rollout.OFF)
    intake.recheck_due(at=at + HOUR)

    assert (live(), Sighting.objects.get().case) == ([], None)


# -- An open case ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "gate",
    [
        {"rollout": Rollout.OBSERVING},
        {"noise": Noise(below=Decimal(10**6), times=9, days=30)},
        {"hold_minutes": 600},
    ],
)
def test_no_gate_closes_a_case_that_is_open(
    tower: Tower, at: datetime, gate: dict[str, Any]
) -> None:
    case = tower.late_case(at=at)
    publish(at + HOUR, **gate)
    intake.recheck_due(at=at + HOUR)
    changes = intake.take_in([tower.receipt(at=at + 2 * HOUR, value=Decimal(9))], at=at + 2 * HOUR)
    case.refresh_from_db()

    assert changes == {Change.REFRESHED: 1}
    assert (case.state, case.value_at_risk, live()) == (State.ASSIGNED, Decimal(9), [])


def test_a_case_that_comes_back_is_held_back_as_a_new_one_is(tower: Tower, at: datetime) -> None:
    publish(at - DAY, hold_minutes=60)
    intake.take_in([tower.receipt(at=at)], at=at)
    intake.recheck_due(at=at + HOUR)
    cleared = tower.receipt(at=at + 2 * HOUR, planned_at=at + 2 * DAY)
    intake.take_in([cleared], at=at + 2 * HOUR)
    back = at + 3 * HOUR
    again = intake.take_in([tower.receipt(at=back)], at=back)

    assert again == {Change.HELD: 1}
    assert live() == [(HeldBy.HOLD, back, back + HOUR)]
    assert intake.recheck_due(at=back + HOUR) == (1, {Change.REOPENED: 1})
    assert told(Case.objects.get())[-3:] == ["resolve", "reopen", "held"]


# -- Hold --------------------------------------------------------------------------------------


def test_a_finding_opens_a_case_at_the_very_instant_it_has_lasted(
    tower: Tower, at: datetime
) -> None:
    publish(at, hold_minutes=90)
    first = intake.take_in([tower.receipt(at=at)], at=at)
    due = Document.objects.get().recheck_at
    before = intake.recheck_due(at=at + 90 * MINUTE - TICK)
    then = intake.recheck_due(at=at + 90 * MINUTE)

    assert (first, due, before, then) == (
        {Change.HELD: 1},
        at + 90 * MINUTE,
        (0, {}),
        (1, {Change.OPENED: 1}),
    )
    assert Case.objects.get().events.get(happening="held").data["minutes"] == 90


def test_other_facts_do_not_start_the_hold_anew(tower: Tower, at: datetime) -> None:
    publish(at, hold_minutes=90)
    intake.take_in([tower.receipt(at=at)], at=at)
    intake.take_in([tower.receipt(at=at + HOUR, value=Decimal(7))], at=at + HOUR)

    (sighting,) = Sighting.objects.all()
    assert live() == [(HeldBy.HOLD, at, at + 90 * MINUTE)]
    assert (sighting.value_at_risk, sighting.last_seen_at) == (Decimal(7), at + HOUR)
    assert Document.objects.get().recheck_at == at + 90 * MINUTE


def test_what_clears_in_time_never_was_a_case(tower: Tower, at: datetime) -> None:
    publish(at, hold_minutes=90)
    intake.take_in([tower.receipt(at=at)], at=at)
    changes = intake.take_in([tower.receipt(at=at + HOUR, open=False)], at=at + HOUR)

    assert (changes, Case.objects.count()) == ({}, 0)
    assert (live(), Sighting.objects.get().ended_at) == ([], at + HOUR)
    assert intake.recheck_due(at=at + DAY) == (0, {})


def test_a_record_that_is_deleted_is_held_back_no_more(tower: Tower, at: datetime) -> None:
    publish(at, hold_minutes=90)
    intake.take_in([tower.receipt(at=at)], at=at)
    intake.mark_gone(Document.objects.all(), at=at + HOUR)

    assert (live(), Sighting.objects.get().ended_at) == ([], at + HOUR)


def test_a_finding_that_changes_by_itself_is_looked_at_when_the_first_thing_is_due(
    tower: Tower, at: datetime
) -> None:
    """The severity of a delivery planned too late changes an hour from now; the hold ends later."""
    delivery = KindCode.DELIVERY_DELAY
    publish(at, delivery, hold_minutes=600)
    promise = at + 25 * HOUR
    planned = tower.delivery(at=at, promised_at=promise, planned_at=promise + DAY)
    intake.take_in([planned], at=at)

    assert Document.objects.get().recheck_at == at + HOUR
    assert intake.recheck_due(at=at + HOUR) == (1, {Change.HELD: 1})
    assert Document.objects.get().recheck_at == at + 10 * HOUR


# -- What else happens to a sighting -----------------------------------------------------------


def test_what_people_have_settled_is_not_held_back_either(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    data = {"outcome": Outcome.ACCEPTED, "reason": "We know."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    publish(at + HOUR, rollout=Rollout.OBSERVING)
    settled = intake.recheck_due(at=at + HOUR)
    news = intake.take_in([tower.receipt(at=at + 2 * HOUR, value=Decimal(5))], at=at + 2 * HOUR)
    held = live()
    old = tower.receipt(at=at + 3 * HOUR, promised_at=at - 2 * DAY, planned_at=at - 2 * DAY)
    back = intake.take_in([replace(old, value=Decimal(10_000))], at=at + 3 * HOUR)

    assert (settled, news) == ((1, {Change.SUPPRESSED: 1}), {Change.HELD: 1})
    assert held == [(HeldBy.OBSERVING, at + 2 * HOUR, None)]
    assert (back, live()) == ({Change.SUPPRESSED: 1}, [])


def test_a_person_who_reopens_the_case_ends_the_sighting(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    data = {"outcome": Outcome.ACCEPTED, "reason": "We know."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    publish(at + HOUR, rollout=Rollout.OBSERVING)
    news = tower.receipt(at=at + 2 * HOUR, value=Decimal(5))
    intake.take_in([news], at=at + 2 * HOUR)
    moment = at + 3 * HOUR
    data = {"reason": "It is not over."}
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=moment, data=data)

    assert (live(), Sighting.objects.get().case) == ([], case)
    assert told(case)[-2:] == ["reopen", "held"]
    assert intake.take_in([replace(news, read_at=moment, value=Decimal(6))], at=moment) == {
        Change.REFRESHED: 1
    }


def test_a_fingerprint_has_one_live_sighting(tower: Tower, at: datetime) -> None:
    publish(at, rollout=Rollout.OBSERVING)
    intake.take_in([tower.receipt(at=at)], at=at)
    sighting = Sighting.objects.get()
    sighting.pk = None
    with pytest.raises(IntegrityError, match="sighting_one_live"), transaction.atomic():
        sighting.save(force_insert=True)


def test_the_sweep_looks_at_what_is_due_and_not_at_all_that_is_held_back(
    tower: Tower, at: datetime
) -> None:
    publish(at, hold_minutes=60)
    for number in range(1, 6):
        moment = at + number * MINUTE
        intake.take_in([tower.receipt(number, at=moment)], at=moment)

    assert intake.recheck_due(at=at + HOUR) == (0, {})
    assert intake.recheck_due(at=at + HOUR + 2 * MINUTE) == (2, {Change.OPENED: 2})
    assert len(live()) == 3
