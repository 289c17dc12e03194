"""Clocks that run, moved onto a corrected calendar or policy."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions import audit, calendars, escalate, lifecycle, pausing, policies, rebasing
from exceptions.business_time import Closure, Opening
from exceptions.calendars import CalendarSettings
from exceptions.kinds import KINDS
from exceptions.models import Calendar, Case, Clock
from exceptions.pausing import Wait
from exceptions.rebasing import Onto
from exceptions.vocabulary import ClockKind, ClockState, Happening, KindCode, Move, Tier, Waiting
from tests.making import Tower

HOUR = timedelta(hours=1)
OFFICE = CalendarSettings(zone="Europe/Amsterdam", weekly=((Opening(480, 1080),),) * 5 + ((),) * 2)
FORGOTTEN = replace(OFFICE, closures=(Closure(date(2026, 11, 17), "Stocktaking"),))
MAERSK = Wait(waiting_for=Waiting.CARRIER, counterparty="Maersk", reason="A new ETA")
REASON = "The stocktaking was forgotten."


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, in Rotterdam. The 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(
        UTC
    )


MONDAY = wall(16, 16, 20)


@pytest.fixture
def office(tower: Tower) -> Calendar:
    tower.site.calendar = calendars.create("Office", OFFICE, by=None, at=MONDAY)
    tower.site.save()
    return tower.site.calendar


@pytest.fixture
def case(tower: Tower, office: Calendar) -> Case:
    """High: to acknowledge by Monday 17:20, to resolve by Thursday 10:20."""
    return tower.late_case(at=MONDAY)


def due(case: Case) -> dict[str, datetime]:
    return dict(case.clocks.values_list("kind", "due_at"))


def correct(office: Calendar, at: datetime) -> None:
    calendars.add_version(office, FORGOTTEN, by=None, at=at)


def of_office(tower: Tower, office: Calendar, at: datetime) -> list[tuple[str, datetime, datetime]]:
    found = rebasing.foreseen(Onto.CALENDAR, office.pk, tower.supervisor, at=at)
    return [(m.clock.kind, m.due_before, m.due_at) for m in found]


def rebase_all(tower: Tower, at: datetime) -> int:
    ids = Clock.objects.values_list("pk", flat=True)
    moved = rebasing.rebase(Onto.CALENDAR, ids, tower.supervisor, at=at, reason=REASON)
    return len(moved)


def test_what_is_foreseen_comes_about_and_nothing_before(
    tower: Tower, office: Calendar, case: Case
) -> None:
    before = due(case)
    correct(office, MONDAY)
    expected = [("resolve", wall(19, 10, 20), wall(20, 10, 20))]
    assert of_office(tower, office, MONDAY + HOUR / 2) == expected
    assert due(case) == before

    assert rebase_all(tower, MONDAY + HOUR / 2) == 1
    assert due(case) == {"acknowledge": wall(16, 17, 20), "resolve": wall(20, 10, 20)}
    assert of_office(tower, office, MONDAY + HOUR / 2) == []
    assert rebase_all(tower, MONDAY + HOUR / 2) == 0


def test_each_case_tells_what_was_corrected_and_why(
    tower: Tower, office: Calendar, case: Case
) -> None:
    correct(office, MONDAY)
    rebase_all(tower, MONDAY + HOUR / 2)
    case.refresh_from_db()
    (event,) = case.events.filter(happening=Happening.REBASED)

    assert event.data == {
        "clock": "resolve",
        "due_before": "2026-11-19T09:20:00Z",
        "due_at": "2026-11-20T09:20:00Z",
        "onto": "Office v2",
        "reason": REASON,
    }
    assert (event.actor, list(audit.verify(case))) == (tower.supervisor.user, [])


def test_what_was_over_by_mistake_is_in_time_again(
    tower: Tower, office: Calendar, case: Case
) -> None:
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    assert escalate.sweep_clocks(at=wall(19, 11)) == 1
    correct(office, wall(19, 11))
    (moved,) = rebasing.foreseen(Onto.CALENDAR, office.pk, tower.supervisor, at=wall(19, 11))
    assert (moved.was_over, moved.is_over) == (True, False)

    rebase_all(tower, wall(19, 11))
    clock = case.clocks.get(kind="resolve")
    assert (clock.state, clock.breached_at, clock.due_at) == (
        ClockState.RUNNING,
        None,
        wall(20, 10, 20),
    )
    assert escalate.sweep_clocks(at=wall(20, 11)) == 1


def test_what_is_over_by_the_correction_is_found_by_the_sweep(
    tower: Tower, office: Calendar, case: Case
) -> None:
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    nights = replace(OFFICE, weekly=((Opening(0, 1440),),) * 7)
    calendars.add_version(office, nights, by=None, at=MONDAY)
    (moved,) = rebasing.foreseen(Onto.CALENDAR, office.pk, tower.supervisor, at=wall(18, 9))
    assert (moved.due_at, moved.was_over, moved.is_over) == (wall(17, 16, 20), False, True)

    rebase_all(tower, wall(18, 9))
    assert escalate.sweep_clocks(at=wall(18, 9)) == 1
    assert case.clocks.get(kind="resolve").breached_at == wall(17, 16, 20)


def test_what_is_paused_stays_so_and_counts_by_the_corrected_hours(
    tower: Tower, office: Calendar, case: Case
) -> None:
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=wall(16, 17))
    correct(office, wall(16, 17))
    rebase_all(tower, wall(16, 17))
    assert case.clocks.get(kind="resolve").state == ClockState.PAUSED
    pausing.resume(case.pk, tower.supervisor, at=wall(18, 9))
    # An hour of Monday and one of Wednesday were paused; Tuesday was closed.
    assert due(case)["resolve"] == wall(20, 12, 20)


def test_what_has_stopped_stays_as_it_was(tower: Tower, office: Calendar, case: Case) -> None:
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    data = {"outcome": "fixed", "reason": "They are here."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=MONDAY + HOUR, data=data)
    before = due(case)
    correct(office, MONDAY + HOUR)
    assert (rebase_all(tower, MONDAY + HOUR), due(case)) == (0, before)


def test_targets_of_a_policy_are_corrected_for_its_kind(
    tower: Tower, office: Calendar, case: Case
) -> None:
    settings = KINDS[KindCode.LATE_INBOUND].default_policy
    targets = settings.targets | {
        ClockKind.RESOLVE: settings.targets[ClockKind.RESOLVE] | {Tier.HIGH: 600}
    }
    policies.publish(KindCode.LATE_INBOUND, replace(settings, targets=targets), at=MONDAY)
    found = rebasing.foreseen(Onto.POLICY, "late_inbound", tower.supervisor, at=MONDAY)
    assert [(m.clock.kind, m.due_at) for m in found] == [("resolve", wall(17, 16, 20))]
    assert rebasing.foreseen(Onto.POLICY, "delivery_delay", tower.supervisor, at=MONDAY) == []

    ids = [m.clock.pk for m in found]
    rebasing.rebase(Onto.POLICY, ids, tower.supervisor, at=MONDAY, reason="A typo.")
    clock = case.clocks.get(kind="resolve")
    assert (clock.target_minutes, clock.due_at, clock.policy.version) == (600, wall(17, 16, 20), 2)


def test_nobody_moves_clocks_of_cases_that_they_do_not_see(
    tower: Tower, office: Calendar, case: Case
) -> None:
    correct(office, MONDAY)
    ids = [clock.pk for clock in case.clocks.all()]
    elsewhere = tower.actor("lead.chi")
    assert rebasing.foreseen(Onto.CALENDAR, office.pk, elsewhere, at=MONDAY) == []
    assert rebasing.rebase(Onto.CALENDAR, ids, elsewhere, at=MONDAY, reason=REASON) == []
