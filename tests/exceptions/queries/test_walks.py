"""How cases go through their life, and who moves them when, against a plain recount of a past."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from exceptions import calendars, lifecycle
from exceptions.actors import Actor
from exceptions.business_time import Closure, Opening
from exceptions.calendars import CalendarSettings
from exceptions.lifecycle import Refused
from exceptions.models import Absence, Case, CaseEvent, Shift, Site, User
from exceptions.queries import person_hours, process, quarters, touch
from exceptions.queries.process import Step, Way
from exceptions.queries.scope import Scope
from exceptions.queries.spans import Span
from exceptions.queries.touch import Held, HourMoves
from exceptions.rollups import keeping
from exceptions.vocabulary import ENDED_STATES, AbsenceReason, Move, State
from tests.conftest import build_tower
from tests.exceptions.queries.world import NOW, Past, day_of, in_scope, scope_of, team
from tests.making import Tower
from tests.races.counting import bring

pytestmark = pytest.mark.django_db
CLOSED = date(2026, 10, 26)


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        keep_hours(tower.site)
        Past(tower, random.Random(5)).live(70)
        for number in range(4):
            bring(f"old{number}", random.Random(number), NOW - timedelta(days=3, hours=number))
        hand_on(tower, random.Random(9))
        roster(tower)
        assert keeping.freshen(NOW, batches=100) == NOW
        yield tower
        transaction.set_rollback(True)


def keep_hours(site: Site) -> None:
    """08:00 to 12:05 and 13:00 to 17:30 on weekdays, one of them closed."""
    openings = (Opening(480, 725), Opening(780, 1050))
    weekly = (*[openings] * 5, (), ())
    closures = (Closure(CLOSED, "Stocktaking"),)
    settings = CalendarSettings(zone=site.time_zone, weekly=weekly, closures=closures)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    site.calendar = calendars.create("Rotterdam", settings, by=None, at=at)
    site.save()


def hand_on(tower: Tower, rng: random.Random) -> None:
    """Imported cases go on here, and some cases change their owner."""
    for case in Case.objects.exclude(imported_from="").order_by("pk")[:6]:
        with suppress(Refused):
            why = {"reason": "Not over."}
            lifecycle.move(case.pk, Move.REOPEN, lead(tower, case), at=NOW, data=why)
    for case in Case.objects.filter(state__in=["assigned", "acknowledged"]).order_by("pk")[:12]:
        other = User.objects.filter(memberships__site=case.site, memberships__team=case.team)
        for owner in [*other, lead(tower, case).user]:
            at = NOW - timedelta(minutes=rng.randrange(600))
            with suppress(Refused):
                lifecycle.move(
                    case.pk, Move.ASSIGN, lead(tower, case), at=at, data={"owner": owner}
                )
    ended = {"outcome": "false_positive", "reason": "Not real."}
    for case in Case.objects.filter(state="assigned").order_by("pk")[:8]:
        with suppress(Refused):
            lifecycle.move(case.pk, Move.DISMISS, lead(tower, case), at=NOW, data=ended)


def lead(tower: Tower, case: Case) -> Actor:
    return tower.actor(f"lead.{case.site.code.lower()}")


def roster(tower: Tower) -> None:
    """Days and a night shift in Rotterdam from 22 October, and somebody who was away."""
    day, night = (User.objects.get(username=n) for n in ("procurement.rtm", "warehouse.rtm"))
    here = {"site": tower.site, "first_day": date(2026, 10, 22)}
    Shift.objects.create(
        person=day, weekdays=[1, 2, 3, 4, 5], starts=time(8), ends=time(16, 30), **here
    )
    Shift.objects.create(
        person=night,
        weekdays=[7, 1, 2],
        starts=time(22),
        ends=time(6),
        last_day=date(2026, 11, 3),
        team=team("warehouse"),
        **here,
    )
    Absence.objects.create(
        person=day,
        starts_at=datetime(2026, 10, 27, 9, 20, tzinfo=UTC),
        ends_at=datetime(2026, 10, 28, 11, 0, tzinfo=UTC),
        reason=AbsenceReason.LEAVE,
    )


@pytest.fixture(params=["cases", "rollups"])
def rolled(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "rollups")


@pytest.fixture(params=["everything", "one site", "one team", "one owner", "3 days"])
def counted(request: pytest.FixtureRequest, past: Tower, rolled: bool) -> Scope:
    whole = replace(scope_of(past), rolled=rolled)
    owner = User.objects.get(username="procurement.chi")
    return {
        "everything": whole,
        "one site": replace(whole, sites=(past.other_site.pk,)),
        "one team": replace(whole, teams=(team("procurement").pk,)),
        "one owner": replace(whole, owners=(owner.pk,)),
        "3 days": replace(whole, first_day=date(2026, 10, 24), last_day=date(2026, 10, 26)),
    }[request.param]


def within(at: datetime, case: Case, scope: Scope) -> bool:
    return scope.first_day <= day_of(at, case) <= scope.last_day


def told(event: CaseEvent) -> bool:
    return event.happening == "imported" or event.via == "import"


def changes(case: Case) -> list[CaseEvent]:
    """Its events that took it from one state to another."""
    events = sorted(case.events.all(), key=lambda event: event.number)
    return [e for e in events if e.to_state and e.to_state != e.from_state]


def when(event: CaseEvent) -> datetime:
    ended = event.data.get("ended_at")
    return datetime.fromisoformat(ended) if ended else event.at


def ended_in(scope: Scope) -> list[Case]:
    return [
        case
        for case in in_scope(scope)
        if case.state in ENDED_STATES
        and within(case.resolved_at or case.closed_at or NOW, case, scope)
    ]


def span(values: list[float]) -> Span:
    return Span(len(values), rank(values, 50), rank(values, 90))


def rank(values: list[float], percent: int) -> float | None:
    """Nearest rank, told near the middle of an eighth of a power of two: where the third of the
    four finer classes in it has its middle.
    """
    value = sorted(max(int(v), 0) for v in values)[ceil(percent * len(values) / 100) - 1]
    if value < 64:
        return float(value)
    power = 1 << (value.bit_length() - 1)
    eighth, fine = power // 8, power // 32
    return value // eighth * eighth + 2 * fine + (fine - 1) / 2


def test_the_past_has_all_that_the_figures_tell_apart(past: Tower) -> None:
    scope = scope_of(past)
    steps = {(s.came_from, s.came_to) for s in process.steps(scope)}
    assert steps >= {
        ("assigned", "acknowledged"),
        ("acknowledged", "resolved"),
        ("acknowledged", "assigned"),
        ("closed", "assigned"),
    }
    assert process.IMPORTED in {way.letters for way in process.ways(scope)}
    assert set(touch.by_people(scope)) >= {0, 1, 2}
    assert set(touch.by_reassignments(scope)) >= {0, 1}


def test_steps(counted: Scope) -> None:
    waits: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for case in in_scope(counted):
        since = case.detected_at
        for event in changes(case):
            if not told(event) and within(event.at, case, counted):
                seconds = (event.at - since).total_seconds()
                waits[event.from_state, event.to_state].append(seconds)
            since = when(event)
    order = list(State)
    assert process.steps(counted) == [
        Step(State(a), State(b), span(values))
        for (a, b), values in sorted(
            waits.items(), key=lambda item: tuple(order.index(State(s)) for s in item[0])
        )
    ]


def test_ways(counted: Scope) -> None:
    letter = {state: letter for letter, state in process.LETTERS.items()}
    times: defaultdict[str, list[float]] = defaultdict(list)
    for case in ended_in(counted):
        steps = changes(case)
        end = case.resolved_at or case.closed_at or NOW
        way = "d" + "".join(letter[State(event.to_state)] for event in steps)
        if any(map(told, steps)):
            way = process.IMPORTED
        times[way].append((end - case.detected_at).total_seconds())
    ranked = sorted(times.items(), key=lambda item: (-len(item[1]), item[0]))
    assert process.ways(counted) == [Way(letters, span(values)) for letters, values in ranked]


def test_how_many_people_moved_a_case(counted: Scope) -> None:
    counts = Counter(
        len({e.actor_id for e in case.events.all() if e.move and e.actor_id and not told(e)})
        for case in ended_in(counted)
    )
    assert touch.by_people(counted) == dict(counts)


def test_how_often_a_case_changed_its_owner(counted: Scope) -> None:
    owned = (State.ASSIGNED, State.ACKNOWLEDGED)
    counts = Counter(
        sum(e.move == Move.ASSIGN and e.from_state in owned for e in case.events.all())
        for case in ended_in(counted)
    )
    assert touch.by_reassignments(counted) == dict(counts)


def by_people(scope: Scope) -> list[tuple[CaseEvent, Case, datetime]]:
    """Each move by a person in the range, with the time on the wall of its site."""
    return [
        (event, case, event.at.astimezone(ZoneInfo(case.site.time_zone)))
        for case in in_scope(scope)
        for event in case.events.all()
        if event.move and event.actor_id and not told(event) and within(event.at, case, scope)
    ]


def is_working(case: Case, wall: datetime) -> bool:
    """By quarters of an hour; Chicago has no calendar."""
    if case.site.code != "RTM":
        return True
    minute = wall.hour * 60 + wall.minute // 15 * 15
    weekday = wall.isoweekday() <= 5 and wall.date() != CLOSED
    return weekday and (480 <= minute < 725 or 780 <= minute < 1050)


def test_moves_in_and_out_of_working_hours(counted: Scope) -> None:
    hours: Counter[tuple[int, bool]] = Counter()
    for _event, case, wall in by_people(counted):
        hours[wall.hour, is_working(case, wall)] += 1
    assert touch.in_working_hours(counted) == [
        HourMoves(hour, hours[hour, True], hours[hour, False])
        for hour in sorted({hour for hour, _ in hours})
    ]


def test_the_moves_after_hours_are_listed(counted: Scope) -> None:
    after = [e.pk for e, case, wall in by_people(counted) if not is_working(case, wall)]
    within_hours = quarters.worked(counted)
    found: list[int] = []
    for page in (1, 2):
        ids, n = touch.listed(counted, within_hours, outside=True, hour=None, page=page, size=20)
        assert n == (len(after) if ids else 0)
        found += ids
    assert found == sorted(after, reverse=True)[:40]

    late = [e.pk for e, c, wall in by_people(counted) if not is_working(c, wall) and wall.hour == 7]
    ids, n = touch.listed(counted, within_hours, outside=True, hour=7, page=1, size=20)
    assert (sorted(ids), n) == (sorted(late), len(late))


def test_moves_by_team(counted: Scope) -> None:
    counts = Counter(case.team_id or 0 for _event, case, _wall in by_people(counted))
    assert touch.by_team(counted) == dict(counts)


def test_open_cases_by_owner(counted: Scope) -> None:
    counts = Counter(
        (case.team_id or 0, case.owner_id or 0) for case in in_scope(counted) if case.is_open
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    assert touch.held(counted) == [Held(*key, n) for key, n in ranked]


def test_person_hours_minute_by_minute(past: Tower) -> None:
    """The roster of Rotterdam until now, day by day; who is away does not count."""
    minutes = [0] * 24
    zone = ZoneInfo("Europe/Amsterdam")
    wall = datetime(2026, 10, 20)  # noqa: DTZ001
    while wall < NOW.astimezone(zone).replace(tzinfo=None):
        before = wall - timedelta(hours=6)  # a night belongs to the day on which it began
        day = wall.date() >= date(2026, 10, 22) and wall.isoweekday() <= 5
        away = datetime(2026, 10, 27, 10, 20) <= wall < datetime(2026, 10, 28, 12)  # noqa: DTZ001
        if day and not away and 480 <= wall.hour * 60 + wall.minute < 990:
            minutes[wall.hour] += 1
        if wall.hour >= 22 or wall.hour < 6:
            begun = before.date()
            known = date(2026, 10, 22) <= begun <= date(2026, 11, 3)
            minutes[wall.hour] += known and begun.isoweekday() in (7, 1, 2)
        wall += timedelta(minutes=1)
    found = person_hours.by_hour(scope_of(past))
    assert [round(hours * 60) for hours in found] == minutes
    assert person_hours.by_hour(replace(scope_of(past), sites=(past.other_site.pk,))) == [0] * 24


def test_a_day_has_a_roster_from_the_first_shift_to_the_last(past: Tower) -> None:
    scope = scope_of(past)
    assert [row.day for row in person_hours.rostered(scope)] == [
        day for day in scope.days if day >= date(2026, 10, 22)
    ]
    nights = replace(scope, teams=(team("warehouse").pk,))
    assert person_hours.rostered(nights)[-1].day in (date(2026, 11, 3), scope.last_day)
    on_rostered = sum(row.within for row in touch.in_rostered_days(scope))
    assert on_rostered == sum(
        case.site_id == past.site.pk and wall.date() >= date(2026, 10, 22)
        for _event, case, wall in by_people(scope)
    )


def test_an_empty_scope_counts_nothing(past: Tower, rolled: bool) -> None:
    nothing = replace(scope_of(past), sites=(), rolled=rolled)
    assert (process.steps(nothing), process.ways(nothing)) == ([], [])
    assert (touch.by_people(nothing), touch.by_reassignments(nothing)) == ({}, {})
    assert (touch.in_working_hours(nothing), touch.by_team(nothing)) == ([], {})
    assert (touch.held(nothing), person_hours.rostered(nothing)) == ([], [])


def test_a_move_that_changes_nothing_else_is_counted_anew(past: Tower) -> None:
    case = Case.objects.filter(state="acknowledged", site=past.site).order_by("pk")[0]
    said = {
        "decision": "chase",
        "substance": case.document.substance,
        "reason": "The line stands still.",
    }
    assert case.owner
    owner = past.actor(case.owner.username)
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=NOW, data=said)
    scope = replace(scope_of(past), rolled=True)
    assert keeping.freshen(NOW, batches=100) == NOW
    assert touch.by_team(scope) == touch.by_team(replace(scope, rolled=False))
    assert list(keeping.faults()) == []
