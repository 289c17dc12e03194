"""Every dashboard figure, against a plain recount of a random past, by equality.

Days are days of each case's site, across both changes to winter time and at zones far from UTC.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from exceptions import actors
from exceptions.models import Case, Clock
from exceptions.queries import aging, backlog, breach, ended, exposed, scope, spans, volume
from exceptions.queries.aging import Aged
from exceptions.queries.breach import Breaches
from exceptions.queries.exposed import Exposed
from exceptions.queries.scope import Scope
from exceptions.queries.spans import Length, Span
from exceptions.queries.volume import DayVolume, KindVolume
from exceptions.vocabulary import ENDED_STATES, OPEN_STATES, ClockState, Outcome
from tests.exceptions.queries.world import (
    FIRST,
    LAST,
    NOW,
    day_of,
    detected_in,
    executive_of,
    in_scope,
    nearest_rank,
    open_at_end_of,
    scope_of,
)
from tests.making import Tower

pytestmark = pytest.mark.django_db


def test_the_past_has_all_that_the_figures_tell_apart(past: Tower) -> None:
    assert set(Case.objects.values_list("state", flat=True)) >= {"assigned", "resolved", "closed"}
    assert set(Case.objects.values_list("outcome", flat=True)) == {
        "",
        Outcome.FIXED,
        Outcome.ACCEPTED,
        Outcome.SELF_HEALED,
        Outcome.FALSE_POSITIVE,
    }
    assert Case.objects.filter(reopen_count__gte=1).exists() is True
    assert set(Clock.objects.values_list("state", flat=True)) == set(ClockState.values)
    assert Clock.objects.filter(state=ClockState.RUNNING, due_at__lt=NOW).exists() is True


def test_volume(counted: Scope) -> None:
    told = Counter((day_of(case.detected_at, case), case.tier) for case in detected_in(counted))
    assert volume.by_day(counted) == [DayVolume(*key, n) for key, n in sorted(told.items())]


def test_volume_by_kind(counted: Scope) -> None:
    told = Counter(case.kind for case in detected_in(counted))
    ranked = sorted(told.items(), key=lambda item: (-item[1], item[0]))
    assert volume.by_kind(counted) == [KindVolume(*item) for item in ranked]


def test_backlog(counted: Scope) -> None:
    cases = in_scope(counted)
    told = [(day, open_at_end_of(day, cases)) for day in counted.days]
    assert [(row.day, row.n) for row in backlog.by_day(counted)] == told


def test_the_backlog_of_today_is_what_is_open_now(past: Tower, rolled: bool) -> None:
    latest = max(day_of(NOW, case) for case in in_scope(scope_of(past)))
    until_today = replace(scope_of(past, FIRST, latest), rolled=rolled)
    now = sum(case.is_open for case in in_scope(until_today))
    assert backlog.by_day(until_today)[-1].n == now


def test_aging(counted: Scope) -> None:
    hours = [4, 8, 24, 72, 168, 336]
    told = Counter(
        (sum(NOW - case.detected_at >= timedelta(hours=h) for h in hours), case.tier)
        for case in in_scope(counted)
        if case.state in OPEN_STATES
    )
    assert aging.by_bucket(counted) == [Aged(*key, n) for key, n in sorted(told.items())]


def test_a_bucket_lists_what_it_counts(counted: Scope) -> None:
    told = Counter(row.bucket for row in aging.by_bucket(counted) for _ in range(row.n))
    listed = {}
    for bucket in aging.BUCKETS:
        after, until = aging.detected_between(bucket, NOW)
        listed[bucket] = sum(
            case.is_open
            and (after is None or case.detected_at > after)
            and (until is None or case.detected_at <= until)
            for case in in_scope(counted)
        )
    assert listed == {bucket: told[bucket] for bucket in aging.BUCKETS}


def test_first_response(counted: Scope) -> None:
    told = [
        (
            day_of(case.detected_at, case),
            (case.first_response_at - case.detected_at).total_seconds(),
        )
        for case in detected_in(counted)
        if case.first_response_at
    ]
    _assert_spans(spans.FIRST_RESPONSE, counted, told)


def test_resolution_time(counted: Scope) -> None:
    told = [
        (day_of(case.resolved_at, case), _seconds(case.detected_at, case.resolved_at))
        for case in in_scope(counted)
        if case.resolved_at
        and case.outcome in (Outcome.FIXED, Outcome.ACCEPTED)
        and counted.first_day <= day_of(case.resolved_at, case) <= counted.last_day
    ]
    _assert_spans(spans.RESOLUTION, counted, told)


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def _assert_spans(length: Length, counted: Scope, told: list[tuple[date, float]]) -> None:
    by_day: dict[date, list[float]] = {}
    for day, seconds in told:
        by_day.setdefault(day, []).append(seconds)
    assert length.whole(counted) == _span([seconds for _, seconds in told])
    assert length.by_day(counted) == {day: _span(values) for day, values in by_day.items()}


def _span(values: list[float]) -> Span:
    return Span(len(values), nearest_rank(values, 50), nearest_rank(values, 90))


def test_breach_rate(counted: Scope) -> None:
    ends: Counter[str] = Counter()
    breached: Counter[str] = Counter()
    for case in in_scope(counted):
        for clock in case.clocks.all():
            met = clock.state == ClockState.MET
            late = clock.state == ClockState.BREACHED or (
                clock.state == ClockState.RUNNING and clock.due_at < NOW
            )
            ended_at = clock.stopped_at if met else clock.due_at
            if not (met or late) or ended_at is None:
                continue
            if counted.first_day <= day_of(ended_at, case) <= counted.last_day:
                ends[clock.kind] += 1
                breached[clock.kind] += late
    told = [Breaches(kind, ends[kind], breached[kind]) for kind in sorted(ends)]
    assert breach.by_clock(counted) == told


def test_exposed_value(counted: Scope) -> None:
    told: dict[str, list[Decimal]] = {}
    unknown = 0
    for case in in_scope(counted):
        if not case.is_open:
            continue
        if case.value_at_risk is None or not case.currency:
            unknown += 1
        else:
            told.setdefault(case.currency, []).append(case.value_at_risk)
    rows = {Exposed(name, len(values), sum(values, Decimal(0))) for name, values in told.items()}
    if unknown:
        rows.add(Exposed(None, unknown, None))
    assert set(exposed.by_currency(counted)) == rows


def test_how_cases_ended(counted: Scope) -> None:
    told: Counter[str] = Counter()
    for case in in_scope(counted):
        end = (case.resolved_at or case.closed_at) if case.state in ENDED_STATES else None
        if end and counted.first_day <= day_of(end, case) <= counted.last_day:
            told[case.outcome] += 1
    assert ended.by_outcome(counted) == dict(told)


def test_an_empty_scope_counts_nothing(past: Tower, rolled: bool) -> None:
    nothing = replace(scope_of(past, LAST, LAST), sites=(), rolled=rolled)
    assert volume.by_day(nothing) == []
    assert backlog.by_day(nothing) == [backlog.DayBacklog(LAST, 0)]
    assert spans.FIRST_RESPONSE.whole(nothing) == Span(0, None, None)
    assert spans.FIRST_RESPONSE.by_day(nothing) == {}
    assert (breach.by_clock(nothing), ended.by_outcome(nothing)) == ([], {})


def test_the_sites_of_a_scope_are_those_one_may_see(past: Tower) -> None:
    here, there = past.site.pk, past.other_site.pk
    executive = actors.person(executive_of(past.other_site))
    assert scope.sites_of(executive) == (there,)
    assert scope.sites_of(executive, (here, there)) == (there,)
    assert scope.sites_of(executive, (here,)) == ()


def test_the_previous_range_ends_the_day_before(past: Tower) -> None:
    before = scope_of(past, date(2026, 11, 1), date(2026, 11, 5)).previous()
    assert (before.first_day, before.last_day) == (date(2026, 10, 27), date(2026, 10, 31))
