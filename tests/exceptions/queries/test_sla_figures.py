"""Breaches apart, the time that clocks have left, and pauses, against a plain recount."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from exceptions import business_time, calendars
from exceptions.models import Case, Clock, FactsSource, Pause, Site, User
from exceptions.queries import breach_apart, pauses, time_left
from exceptions.queries.breach_apart import BreachesOf
from exceptions.queries.pauses import Paused
from exceptions.queries.scope import Scope
from exceptions.queries.time_left import Due
from exceptions.rollups import durations, keeping
from exceptions.vocabulary import ClockState, Left, Waiting
from tests.conftest import build_tower
from tests.exceptions.queries.world import FIRST, LAST, NOW, Past, day_of, in_scope, scope_of, team
from tests.making import Tower

pytestmark = pytest.mark.django_db

DUE_IN = (-120, 0, 70, 150, 300, 1100, 1500, 9000)  # minutes


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Site.objects.filter(pk=tower.other_site.pk).update(time_zone="Etc/GMT+12")
        rng = random.Random(5)
        Past(tower, rng).live(70)
        keeping.freshen(NOW, batches=100)
        for case in Case.objects.filter(pauses=None).order_by("pk")[:30]:
            _waits(case, rng)
        Case.objects.filter(pk__in=list(Case.objects.values_list("pk", flat=True))[::6]).update(
            team=None
        )
        running = Clock.objects.filter(stopped_at=None, state=ClockState.RUNNING)
        for clock, minutes in zip(running.order_by("pk"), cycle(DUE_IN), strict=False):
            due = NOW + timedelta(minutes=minutes + rng.randrange(60))
            Clock.objects.filter(pk=clock.pk).update(due_at=due)
        assert keeping.freshen(NOW, batches=100) == NOW
        assert list(keeping.faults()) == []
        yield tower
        transaction.set_rollback(True)


def _waits(case: Case, rng: random.Random) -> None:
    """It waited some hours or days for somebody; sometimes until the policy allowed no more."""
    begun = case.detected_at + timedelta(minutes=rng.randrange(600))
    ended = begun + timedelta(minutes=rng.randrange(5, 4000))
    spare = rng.choice([timedelta(), timedelta(hours=9)])
    Pause.objects.create(
        case=case,
        waiting_for=rng.choice(Waiting.values),
        counterparty="Maersk",
        reason="A new date",
        started_at=begun,
        ended_at=ended,
        ends_by=ended + spare,
        by=User.objects.get(username="lead.rtm"),
    )


@pytest.fixture(params=["cases", "rollups"])
def rolled(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "rollups")


@pytest.fixture(params=["everything", "one site", "one kind", "one team", "no team", "5 days"])
def counted(request: pytest.FixtureRequest, past: Tower, rolled: bool) -> Scope:
    whole = replace(scope_of(past), rolled=rolled)
    return {
        "everything": whole,
        "one site": replace(whole, sites=(past.other_site.pk,)),
        "one kind": replace(whole, kinds=("delivery_delay",)),
        "one team": replace(whole, teams=(team("procurement").pk,)),
        "no team": replace(whole, teams=(0,)),
        "5 days": replace(whole, first_day=date(2026, 10, 27), last_day=date(2026, 10, 31)),
    }[request.param]


def cases_of(scope: Scope) -> list[Case]:
    if scope.teams != (0,):
        return in_scope(scope)
    return [case for case in in_scope(replace(scope, teams=())) if case.team_id is None]


def ended_clocks(scope: Scope) -> Iterator[tuple[Case, date, bool]]:
    """Of each clock that ended in the range: its case, the day, and whether it was breached."""
    for case in cases_of(scope):
        for clock in case.clocks.all():
            late = clock.state == ClockState.BREACHED or _is_over(clock)
            if clock.state != ClockState.MET and not late:
                continue
            at = clock.due_at if late else clock.stopped_at
            assert at
            day = day_of(at, case)
            if scope.first_day <= day <= scope.last_day:
                yield case, day, late


def _is_over(clock: Clock) -> bool:
    return clock.state == ClockState.RUNNING and clock.due_at < NOW and not _unread(clock)


def _unread(clock: Clock) -> bool:
    document = clock.case.document
    source = FactsSource.objects.filter(
        connection=document.connection_id, facts_type=document.facts_type
    ).first()
    read = source and source.read_at and source.read_at < clock.due_at
    return clock.kind == "resolve" and bool(read)


PARTS: list[tuple[Callable[[Scope], list[BreachesOf]], Callable[[Case, date], str]]] = [
    (breach_apart.by_site, lambda case, _day: str(case.site_id)),
    (breach_apart.by_kind, lambda case, _day: case.kind),
    (breach_apart.by_team, lambda case, _day: str(case.team_id or 0)),
    (breach_apart.by_day, lambda _case, day: day.isoformat()),
]


@pytest.mark.parametrize(("figure", "part_of"), PARTS, ids=["site", "kind", "team", "day"])
def test_breaches_apart(
    counted: Scope,
    figure: Callable[[Scope], list[BreachesOf]],
    part_of: Callable[[Case, date], str],
) -> None:
    n, breached = Counter[str](), Counter[str]()
    for case, day, late in ended_clocks(counted):
        n[part_of(case, day)] += 1
        breached[part_of(case, day)] += late
    assert figure(counted) == [BreachesOf(part, n[part], breached[part]) for part in sorted(n)]


def left_of(clock: Clock) -> Left:
    """By the business time from now to its due time, worked out for the clock itself."""
    if clock.state == ClockState.BREACHED or _is_over(clock):
        return Left.OVER
    if clock.due_at < NOW:
        return Left.UNREAD
    hours = calendars.hours_of(clock.calendar_version)
    left = business_time.worked(hours, NOW, clock.due_at)
    cuts = {Left.HOUR: 1, Left.HOURS_4: 4, Left.HOURS_8: 8, Left.DAY: 24}
    return next((word for word, h in cuts.items() if left < timedelta(hours=h)), Left.LATER)


def test_time_left(counted: Scope) -> None:
    told = Counter(
        (left_of(clock), clock.kind)
        for case in cases_of(counted)
        if case.is_open
        for clock in case.clocks.all()
        if clock.stopped_at is None and clock.state in (ClockState.RUNNING, ClockState.BREACHED)
    )
    order = list(Left)
    ranked = sorted(told, key=lambda key: (order.index(key[0]), key[1]))
    assert time_left.by_left(counted) == [Due(*key, told[key]) for key in ranked]
    cases = Case.objects.filter(pk__in=[case.pk for case in cases_of(counted)])
    listed = {left: time_left.clocks_left(cases, left, NOW).count() for left in Left}
    assert listed == {left: sum(told[k] for k in told if k[0] == left) for left in Left}
    assert time_left.clocks_left(cases, None, NOW).count() == told.total()


def test_the_past_has_clocks_with_all_sorts_of_time_left(past: Tower) -> None:
    found = {due.left for due in time_left.by_left(scope_of(past))}
    assert found >= {Left.OVER, Left.HOUR, Left.HOURS_4, Left.HOURS_8, Left.DAY, Left.LATER}


def test_pauses(counted: Scope) -> None:
    told: dict[str, list[Pause]] = {}
    for case in cases_of(counted):
        for pause in case.pauses.all():
            if counted.first_day <= day_of(pause.started_at, case) <= counted.last_day:
                told.setdefault(pause.waiting_for, []).append(pause)
    rows = [
        Paused(
            waiting,
            len(found),
            sum(p.ended_at is not None and p.ended_at >= p.ends_by for p in found),
            sum(p.ended_at is None for p in found),
            durations.counted(
                (p.ended_at - p.started_at).total_seconds() for p in found if p.ended_at
            ),
        )
        for waiting, found in told.items()
    ]
    found = pauses.by_waiting(counted)
    assert found == sorted(rows, key=lambda row: (-row.n, row.waiting))
    cases = Case.objects.filter(pk__in=[case.pk for case in cases_of(counted)])
    whole = pauses.all_of_them(found)
    lists = {which: pauses.listed(counted, cases, which=which).count() for which in WHICH}
    ended = whole.n - whole.lasting
    assert lists == {
        "": whole.n,
        "ended": ended,
        "in_time": ended - whole.spent,
        "spent": whole.spent,
        "lasting": whole.lasting,
    }
    for row in found:
        assert pauses.listed(counted, cases, waiting=row.waiting).count() == row.n


WHICH = ("", *pauses.WHICH)


def test_the_past_has_pauses_of_all_sorts(past: Tower) -> None:
    whole = pauses.all_of_them(pauses.by_waiting(scope_of(past)))
    assert min(whole.spent, whole.lasting, whole.n - whole.lasting - whole.spent) > 0
    lengths = [
        (pause.ended_at - pause.started_at).total_seconds()
        for pause in Pause.objects.all()
        if pause.ended_at and FIRST <= day_of(pause.started_at, pause.case) <= LAST
    ]
    assert whole.median == durations.percentile(durations.counted(lengths), 50)
