"""Clocks that run by the calendar of their site, and warn before they run out."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exceptions import calendars, clocks, escalate, lifecycle, pausing, policies
from exceptions.business_time import Closure
from exceptions.calendars import CalendarSettings
from exceptions.kinds import KINDS
from exceptions.models import Case, Clock
from exceptions.vocabulary import ClockState, Happening, KindCode, Move, Tier
from tests.exceptions import minutes
from tests.exceptions.office import (
    HOUR,
    MAERSK,
    MINUTE,
    MONDAY,
    OFFICE,
    TICK,
    keeps,
    to_resolve,
    told,
    wall,
)
from tests.making import Tower


def test_a_clock_runs_by_the_hours_of_its_site(tower: Tower) -> None:
    keeps(tower, OFFICE)
    case = tower.late_case(at=MONDAY)
    due = {clock.kind: (clock.target_minutes, clock.due_at) for clock in case.clocks.all()}

    # High: an hour to acknowledge; 24 of business time to resolve: 1:40 + 10 + 10 + 2:20.
    assert due == {"acknowledge": (60, wall(16, 17, 20)), "resolve": (1440, wall(19, 10, 20))}
    assert case.next_due_at == wall(16, 17, 20)


def test_a_site_without_a_calendar_works_around_the_clock(tower: Tower) -> None:
    keeps(tower, OFFICE)
    tower.site.calendar = None
    tower.site.save()
    assert to_resolve(tower.late_case(at=MONDAY)).due_at == MONDAY + 24 * HOUR


def test_a_tier_can_run_around_the_clock_where_the_site_does_not(tower: Tower) -> None:
    settings = replace(
        KINDS[KindCode.LATE_INBOUND].default_policy, round_the_clock={Tier.HIGH: True}
    )
    policies.publish(KindCode.LATE_INBOUND, settings, at=MONDAY)
    keeps(tower, OFFICE)
    assert to_resolve(tower.late_case(at=MONDAY)).due_at == MONDAY + 24 * HOUR


def test_what_runs_keeps_the_calendar_that_it_started_under(tower: Tower) -> None:
    calendar = keeps(tower, OFFICE)
    before = tower.late_case(1, at=MONDAY)
    shut = replace(OFFICE, closures=(Closure(date(2026, 11, 17), "Stocktaking"),))
    calendars.add_version(calendar, shut, by=None, at=MONDAY)
    after = tower.late_case(2, at=MONDAY)

    assert to_resolve(before).due_at == wall(19, 10, 20)
    assert to_resolve(after).due_at == wall(20, 10, 20)
    versions = Clock.objects.filter(kind="resolve").order_by("case")
    assert list(versions.values_list("calendar_version__number", flat=True)) == [1, 2]


# -- Warnings ----------------------------------------------------------------------------------


def warnings(case: Case) -> list[tuple[str, int]]:
    return [(e.data["clock"], e.data["percent"]) for e in told(case, Happening.CLOCK_WARNED)]


def sweep(at: datetime) -> None:
    """As the task does it."""
    for each in (escalate.end_pauses, escalate.sweep_clocks, escalate.warn):
        each(at=at)


def test_a_clock_warns_at_half_at_three_quarters_and_near_the_end(tower: Tower) -> None:
    keeps(tower, OFFICE)
    case = tower.late_case(at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    # 12, 18 and 21.6 of the 24 hours: all of them in working hours.
    moments = [wall(18, 8, 20), wall(18, 14, 20), wall(18, 17, 56)]
    seen = []
    for moment in moments:
        for at in (moment - TICK, moment, moment + TICK):
            sweep(at)
            seen.append(warnings(case))

    half, most, near = ("resolve", 50), ("resolve", 75), ("resolve", 90)
    assert seen == [
        *([], [half], [half]),
        *([half], [half, most], [half, most]),
        *([half, most], [half, most, near], [half, most, near]),
    ]


def test_of_warnings_that_were_missed_only_the_last_is_told(tower: Tower) -> None:
    case = tower.late_case(at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    sweep(MONDAY + 19 * HOUR)
    sweep(MONDAY + 19 * HOUR)
    assert warnings(case) == [("resolve", 75)]
    sweep(MONDAY + 25 * HOUR)  # down over the last warning and the due time
    assert warnings(case) == [("resolve", 75)]
    assert len(told(case, Happening.CLOCK_BREACHED)) == 1


def test_a_pause_moves_the_warnings_that_are_to_come(tower: Tower) -> None:
    case = tower.late_case(at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    sweep(MONDAY + 12 * HOUR)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY + 13 * HOUR)
    pausing.resume(case.pk, tower.supervisor, at=MONDAY + 15 * HOUR)
    seen = []
    for at in (MONDAY + 20 * HOUR - TICK, MONDAY + 20 * HOUR):
        sweep(at)
        seen.append(warnings(case))
    assert seen == [[("resolve", 50)], [("resolve", 50), ("resolve", 75)]]


def test_what_has_stopped_does_not_warn(tower: Tower) -> None:
    case = tower.late_case(at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY + TICK)
    data = {"outcome": "fixed", "reason": "They are here."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=MONDAY + HOUR, data=data)
    sweep(MONDAY + 23 * HOUR)
    assert (warnings(case), Clock.objects.filter(tell_at__isnull=False).count()) == ([], 0)


# -- All of it by chance -----------------------------------------------------------------------


def test_any_history_of_pauses_is_as_counted_minute_by_minute(tower: Tower) -> None:
    """Through the real doors: pauses begun and ended, and due times held to the plain count."""
    for seed in range(12):
        chance = random.Random(seed)
        start = datetime(2026, 10, 24, 6, tzinfo=UTC) + chance.randint(0, 3000) * MINUTE
        hours = minutes.some_hours(chance, start.date())
        said = CalendarSettings(zone=hours.zone, weekly=hours.weekly, closures=hours.closures)
        keeps(tower, said, f"Calendar {seed}")
        case = tower.late_case(seed + 1, at=start)
        paused = lived(case, chance, start, tower)
        clock = to_resolve(case)

        assert clock.due_at == minutes.due(hours, start, clock.target_minutes, paused), seed
        spent = minutes.worked(hours, start, clock.due_at, paused)
        assert spent == clock.target_minutes, seed


def lived(
    case: Case, chance: random.Random, at: datetime, tower: Tower
) -> list[tuple[datetime, datetime]]:
    """Some pauses, each begun and ended while the clock still ran; as they came about."""
    for _ in range(chance.choice((1, 2, 4))):
        at += chance.randint(1, 600) * MINUTE
        if (
            at >= to_resolve(case).due_at
            or clocks.budget_left(to_resolve(case), case.pauses.all()) <= timedelta()
        ):
            break
        pausing.pause(case.pk, MAERSK, tower.supervisor, at=at)
        at += chance.randint(1, 700) * MINUTE
        if not escalate.end_pauses(at=at):
            pausing.resume(case.pk, tower.supervisor, at=at)
    return [(p.started_at, p.ended_at) for p in case.pauses.all() if p.ended_at]


# -- A whole life, a minute before and a minute after each target ---------------------------------


@pytest.mark.parametrize(
    ("early", "state"), [(MINUTE, ClockState.MET), (-MINUTE, ClockState.BREACHED)]
)
@pytest.mark.parametrize("worker", ["up", "down"])
def test_a_life_with_each_step_at_the_last_or_the_first_minute(
    tower: Tower, early: timedelta, state: ClockState, worker: str
) -> None:
    """Working hours, a night in between, the worker up all the time or down over every due time."""
    keeps(tower, OFFICE)
    case = tower.late_case(at=MONDAY)
    acknowledge, resolve = (case.clocks.get(kind=k).due_at for k in ("acknowledge", "resolve"))
    if worker == "up":
        every_minute(MONDAY, acknowledge - early)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=acknowledge - early)
    if worker == "up":
        every_minute(acknowledge - early, resolve - early)
    data = {"outcome": "fixed", "reason": "They are here."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=resolve - early, data=data)
    every_minute(resolve - early, resolve + 5 * MINUTE)

    ended = {c.kind: (c.state, c.breached_at) for c in case.clocks.all()}
    late = state == ClockState.BREACHED
    assert ended == {
        "acknowledge": (state, acknowledge if late else None),
        "resolve": (state, resolve if late else None),
    }
    told_of = [e.data["clock"] for e in told(case, Happening.CLOCK_BREACHED)]
    assert told_of == (["acknowledge", "resolve"] if late and worker == "up" else [])
    every = [("acknowledge", 50), ("acknowledge", 75), ("acknowledge", 90)]
    every += [("resolve", 50), ("resolve", 75), ("resolve", 90)]
    assert warnings(case) == (every if worker == "up" else [])


def every_minute(start: datetime, end: datetime) -> None:
    """The worker's sweep, once a minute; where nothing can be due, every hour is as good."""
    at = start
    while at < end:
        moments = Clock.objects.filter(stopped_at=None).values_list("due_at", "tell_at")
        near = any(m and abs(m - at) < HOUR for pair in moments for m in pair)
        at = min(at + (MINUTE if near else HOUR), end)
        sweep(at)
