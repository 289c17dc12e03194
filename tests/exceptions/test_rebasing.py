"""Clocks that run, moved onto a corrected calendar or policy."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions import audit, calendars, escalate, lifecycle, pausing, policies, rebasing
from exceptions.actors import Actor, person
from exceptions.business_time import Closure, Opening
from exceptions.calendars import CalendarSettings
from exceptions.kinds import KINDS
from exceptions.models import Calendar, Case, Clock, Membership, Notification, User
from exceptions.pausing import Wait
from exceptions.rebasing import Onto
from exceptions.vocabulary import (
    ClockKind,
    ClockState,
    Happening,
    KindCode,
    Move,
    Notice,
    Role,
    Tier,
    Waiting,
)
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


def ruler(tower: Tower) -> Actor:
    """A policy admin of Rotterdam."""
    user, new = User.objects.get_or_create(username="petra")
    if new:
        Membership.objects.create(user=user, role=Role.POLICY_ADMIN, site=tower.site)
    return person(user)


def of_office(tower: Tower, office: Calendar, at: datetime) -> list[tuple[str, datetime, datetime]]:
    found = rebasing.foreseen(Onto.CALENDAR, office.pk, ruler(tower), at=at)
    return [(m.clock.kind, m.due_before, m.due_at) for m in found]


def rebase_all(tower: Tower, at: datetime) -> int:
    ids = Clock.objects.values_list("pk", flat=True)
    which = tower.site.calendar_id or 0
    moved = rebasing.rebase(Onto.CALENDAR, which, ids, ruler(tower), at=at, reason=REASON)
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
    assert (event.actor, list(audit.verify(case))) == (ruler(tower).user, [])


def test_what_was_over_by_mistake_is_in_time_again(
    tower: Tower, office: Calendar, case: Case
) -> None:
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    assert escalate.sweep_clocks(at=wall(19, 11)) == 1
    correct(office, wall(19, 11))
    (moved,) = rebasing.foreseen(Onto.CALENDAR, office.pk, ruler(tower), at=wall(19, 11))
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
    (moved,) = rebasing.foreseen(Onto.CALENDAR, office.pk, ruler(tower), at=wall(18, 9))
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
    found = rebasing.foreseen(Onto.POLICY, "late_inbound", ruler(tower), at=MONDAY)
    assert [(m.clock.kind, m.due_at) for m in found] == [("resolve", wall(17, 16, 20))]
    assert rebasing.foreseen(Onto.POLICY, "delivery_delay", ruler(tower), at=MONDAY) == []

    ids = [m.clock.pk for m in found]
    rebasing.rebase(Onto.POLICY, "late_inbound", ids, ruler(tower), at=MONDAY, reason="A typo.")
    clock = case.clocks.get(kind="resolve")
    assert (clock.target_minutes, clock.due_at, clock.policy.version) == (600, wall(17, 16, 20), 2)


def test_nobody_moves_clocks_of_sites_that_they_do_not_rule_over(
    tower: Tower, office: Calendar, case: Case
) -> None:
    """Nor who drafts policies elsewhere and only reads here."""
    correct(office, MONDAY)
    ids = [clock.pk for clock in case.clocks.all()]
    reader = User.objects.create_user("reader")
    Membership.objects.create(user=reader, role=Role.AUDITOR)
    Membership.objects.create(user=reader, role=Role.POLICY_ADMIN, site=tower.other_site)
    for actor in (tower.supervisor, person(reader)):
        assert rebasing.foreseen(Onto.CALENDAR, office.pk, actor, at=MONDAY) == []
        moved = rebasing.rebase(Onto.CALENDAR, office.pk, ids, actor, at=MONDAY, reason=REASON)
        assert moved == []


def test_only_clocks_that_the_correction_is_about_are_moved(
    tower: Tower, office: Calendar, case: Case
) -> None:
    correct(office, MONDAY)
    ids = [clock.pk for clock in case.clocks.all()]
    moved = rebasing.rebase(Onto.CALENDAR, 0, ids, ruler(tower), at=MONDAY, reason=REASON)
    assert moved == []


def test_a_clock_that_is_in_time_again_is_told_of_anew_when_it_runs_out(
    tower: Tower, office: Calendar, case: Case
) -> None:
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)

    def swept(at: datetime) -> list[str]:
        escalate.sweep_clocks(at=at)
        escalate.warn(at=at)
        told = Notification.objects.filter(what=Notice.CLOCK_BREACHED).order_by("id")
        return list(told.values_list("key", flat=True))

    first = swept(wall(19, 11))
    correct(office, wall(19, 11))
    rebase_all(tower, wall(19, 11))
    again = swept(wall(20, 11))
    assert (len(first), len(again), len(set(again))) == (1, 2, 2)
    # Who was escalated to has it before them already: each step is taken once.
    assert case.events.filter(happening=Happening.ESCALATED).count() == 1


def test_very_many_are_told_a_page_at_a_time(
    tower: Tower, office: Calendar, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebasing, "MOST", 2)
    for number in range(2, 5):
        tower.late_case(number, at=MONDAY)
    correct(office, MONDAY)
    seen = []
    while found := rebasing.foreseen(Onto.CALENDAR, office.pk, ruler(tower), at=MONDAY):
        ids = [m.clock.pk for m in found]
        seen.append(len(ids))
        which = office.pk
        rebasing.rebase(Onto.CALENDAR, which, ids, ruler(tower), at=MONDAY, reason=REASON)
    assert seen == [2, 2]
