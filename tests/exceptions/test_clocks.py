"""Clocks that run by the calendar of their site, stand still while a case waits, and warn."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions import audit, calendars, clocks, escalate, grouping, lifecycle, pausing, policies
from exceptions.business_time import Closure, Opening
from exceptions.calendars import CalendarSettings
from exceptions.kinds import KINDS
from exceptions.lifecycle import Refused
from exceptions.models import Calendar, Case, CaseEvent, Clock, Notification, Pause
from exceptions.pausing import Wait
from exceptions.vocabulary import ClockState, Happening, KindCode, Move, Notice, Tier, Waiting
from tests.exceptions import minutes
from tests.making import Tower

HOUR, MINUTE, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)
DAYTIME = (Opening(8 * 60, 18 * 60),)
OFFICE = CalendarSettings(zone="Europe/Amsterdam", weekly=(DAYTIME,) * 5 + ((),) * 2)
MAERSK = Wait(waiting_for=Waiting.CARRIER, counterparty="Maersk", reason="A new ETA")
SOON = "The answer is expected at a time to come, in the next two years."
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Monday, 16:20 in Rotterdam.
MONDAY = datetime(2026, 11, 16, 16, 20, tzinfo=AMSTERDAM).astimezone(UTC)


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, in Rotterdam."""
    return datetime(2026, 11, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def keeps(tower: Tower, settings: CalendarSettings, name: str = "Office") -> Calendar:
    calendar = calendars.create(name, settings, by=None, at=MONDAY)
    tower.site.calendar = calendar
    tower.site.save()
    return calendar


def to_resolve(case: Case) -> Clock:
    return case.clocks.get(kind="resolve")


def told(case: Case, what: Happening) -> list[CaseEvent]:
    return list(case.events.filter(happening=what).order_by("number"))


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


# -- Pauses ------------------------------------------------------------------------------------


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
