"""What the dashboards say of approvals, against a plain recount, by equality."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import ApprovalLevel, ApprovalRequest, User, Vote
from exceptions.queries import approval_times
from exceptions.queries.approval_times import LevelTimes, VoterTime
from exceptions.queries.scope import Scope
from exceptions.queries.spans import Span
from exceptions.rollups import keeping
from exceptions.vocabulary import ApprovalState, LevelState
from tests.conftest import build_tower
from tests.exceptions.queries.approving import Asked
from tests.exceptions.queries.world import NOW, day_of, in_scope, nearest_rank, scope_of
from tests.making import Tower

pytestmark = pytest.mark.django_db
HOURS = (1, 4, 8, 24, 72)
ANSWERED = (LevelState.PASSED, LevelState.REFUSED)


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Asked(tower, random.Random(7)).live(60)
        assert keeping.freshen(NOW, batches=100) == NOW
        yield tower
        transaction.set_rollback(True)


@pytest.fixture(params=["cases", "rollups"])
def rolled(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "rollups")


@pytest.fixture(params=["everything", "one site", "one tier", "one owner", "3 days"])
def counted(request: pytest.FixtureRequest, past: Tower, rolled: bool) -> Scope:
    whole = replace(scope_of(past), rolled=rolled)
    owner = User.objects.get(username="procurement.chi")
    return {
        "everything": whole,
        "one site": replace(whole, sites=(past.other_site.pk,)),
        "one tier": replace(whole, tiers=("high",)),
        "one owner": replace(whole, owners=(owner.pk,)),
        "3 days": replace(whole, first_day=date(2026, 10, 28), last_day=date(2026, 10, 30)),
    }[request.param]


def requests(scope: Scope) -> list[ApprovalRequest]:
    cases = {case.pk: case for case in in_scope(scope)}
    found = list(ApprovalRequest.objects.filter(case__in=cases).prefetch_related("levels"))
    for request in found:
        request.case = cases[request.case_id]
    return found


def within(at: datetime, request: ApprovalRequest, scope: Scope) -> bool:
    return scope.first_day <= day_of(at, request.case) <= scope.last_day


def answered_levels(scope: Scope) -> list[ApprovalLevel]:
    return [
        level
        for request in requests(scope)
        for level in request.levels.all()
        if level.state in ANSWERED and level.ended_at and within(level.ended_at, request, scope)
    ]


def span(values: list[float]) -> Span:
    return Span(len(values), nearest_rank(values, 50), nearest_rank(values, 90))


def test_the_past_has_all_that_the_figures_tell_apart(past: Tower) -> None:
    states = set(ApprovalRequest.objects.values_list("state", flat=True))
    assert states == set(ApprovalState.values)
    assert {level.number for level in answered_levels(scope_of(past))} == {1, 2}
    seen = ApprovalLevel.objects.filter(state__in=ANSWERED).values_list("first_seen_at", flat=True)
    assert {at is None for at in seen} == {True, False}


def test_how_requests_ended(counted: Scope) -> None:
    ends = [(r.state, r.ended_at, r) for r in requests(counted)]
    told = Counter(state for state, at, r in ends if at and within(at, r, counted))
    assert approval_times.by_end(counted) == dict(told)


def test_the_cycle_time(counted: Scope) -> None:
    told: dict[date, list[float]] = {}
    for request in requests(counted):
        at = request.ended_at
        if request.state in ("approved", "rejected") and at and within(at, request, counted):
            seconds = (at - request.asked_at).total_seconds()
            told.setdefault(day_of(at, request.case), []).append(seconds)
    assert approval_times.CYCLE.by_day(counted) == {
        day: span(values) for day, values in told.items()
    }
    assert approval_times.CYCLE.whole(counted) == span(
        [v for values in told.values() for v in values]
    )


def test_wait_and_touch_of_each_level(counted: Scope) -> None:
    wait: dict[int, list[float]] = {}
    touch: dict[int, list[float]] = {}
    for level in answered_levels(counted):
        assert level.opened_at
        assert level.ended_at
        seen = level.first_seen_at
        waited = (seen or level.ended_at) - level.opened_at
        wait.setdefault(level.number, []).append(waited.total_seconds())
        if seen:
            touch.setdefault(level.number, []).append((level.ended_at - seen).total_seconds())
    assert approval_times.by_level(counted) == [
        LevelTimes(number, span(wait[number]), span(touch.get(number, [])))
        for number in sorted(wait)
    ]


def test_how_long_votes_took(counted: Scope) -> None:
    told: dict[int, list[float]] = {}
    here = {request.pk: request for request in requests(counted)}
    for vote in Vote.objects.filter(request__in=here).select_related("level"):
        if within(vote.at, here[vote.request_id], counted) and vote.level.opened_at:
            seconds = (vote.at - vote.level.opened_at).total_seconds()
            told.setdefault(vote.voter_id, []).append(seconds)
    found = approval_times.by_voter(counted)
    assert {time.voter: time.span for time in found} == {
        voter: span(values) for voter, values in told.items()
    }
    medians = [time.span.median or 0 for time in found]
    assert medians == sorted(medians, reverse=True)
    assert all(isinstance(time, VoterTime) for time in found)


def test_what_waits_now(counted: Scope) -> None:
    told: Counter[tuple[int, str, str, int]] = Counter()
    for request in requests(counted):
        if request.state == ApprovalState.PENDING:
            level = next(lv for lv in request.levels.all() if lv.state == LevelState.OPEN)
            hours = (NOW - request.asked_at).total_seconds() / 3600
            bucket = sum(hours >= cut for cut in HOURS)
            told[request.case.site_id, level.voters, level.group, bucket] += 1
    found = approval_times.waiting(counted)
    assert {(w.site, w.voters, w.group, w.bucket): w.n for w in found} == dict(told)
    assert [w.since for w in found] == sorted(w.since for w in found)


def test_an_empty_scope_counts_nothing(past: Tower, rolled: bool) -> None:
    nothing = replace(scope_of(past), sites=(), rolled=rolled)
    assert approval_times.by_end(nothing) == {}
    assert approval_times.CYCLE.whole(nothing) == Span(0, None, None)
    assert approval_times.by_level(nothing) == []
    assert (approval_times.by_voter(nothing), approval_times.waiting(nothing)) == ([], [])


def test_what_becomes_of_a_request_is_counted_anew(past: Tower) -> None:
    """The case itself does not change when its request does."""
    level = ApprovalLevel.objects.filter(state=LevelState.PASSED, number=1)[:1].get()
    ApprovalLevel.objects.filter(pk=level.pk).update(ended_at=level.opened_at)
    scope = replace(scope_of(past), rolled=True)
    assert keeping.freshen(NOW, batches=100) == NOW
    assert approval_times.by_level(scope) == approval_times.by_level(replace(scope, rolled=False))
    assert list(keeping.faults()) == []
