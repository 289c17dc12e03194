"""The figures of the integrations against a plain recount of rows made by chance."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from exceptions.kpis.kpi import Measure
from exceptions.kpis.register import kpis
from exceptions.models import OutboxMessage
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.vocabulary import OutboxState
from integrations import integration_figures as figures
from tests.exceptions.queries.world import percentile
from tests.integrations.integrated import Lived, lived
from tests.making import Tower

Count = Callable[[Lived, Scope], Any]


@pytest.fixture
def past(tower: Tower) -> Lived:
    return lived(tower)


def scope_of(tower: Tower, past: Lived, days: int, *, everywhere: bool) -> Scope:
    today = past.at.date()
    near = (tower.site.pk, tower.other_site.pk)
    return Scope(
        at=past.at,
        first_day=today - timedelta(days=days - 1),
        last_day=today,
        sites=(*near, past.far_site.pk) if everywhere else near,
    )


def within(scope: Scope, kept: int, instant: datetime | None) -> bool:
    """Days in UTC, of which all is kept."""
    if instant is None:
        return False
    day = instant.astimezone(UTC).date()
    oldest = (scope.at - timedelta(days=kept)).date() + timedelta(days=1)
    return max(scope.first_day, oldest) <= day <= scope.last_day


CASES = pytest.mark.parametrize(
    ("days", "everywhere"), [(1, True), (7, False), (7, True), (30, True), (60, False)]
)


@CASES
def test_deliveries(tower: Tower, past: Lived, days: int, everywhere: bool) -> None:
    scope = scope_of(tower, past, days, everywhere=everywhere)
    near = [d for d in past.deliveries if everywhere or d.connection == tower.connection]
    came = [d for d in near if within(scope, 30, d.received_at)]
    aside = [d for d in came if d.state == "set_aside"]

    assert figures.deliveries(scope) == figures.Deliveries(
        n=len(came),
        set_aside=len(aside),
        repeated=sum(d.duplicates > 0 for d in came),
        repeats=sum(d.duplicates for d in came),
        retried=sum(d.attempts > 1 for d in came),
        retries=sum(max(d.attempts - 1, 0) for d in came),
    )
    by_day = Counter((d.received_at.date(), d.state) for d in came)
    assert {(r.day, r.what): r.n for r in figures.deliveries_by_day(scope)} == by_day
    states = Counter(d.state for d in near)
    failed = OutboxMessage.objects.filter(state=OutboxState.FAILED).count()
    assert (figures.dead(scope), failed) == (figures.Pile(states["set_aside"], 1), 1)
    unsent = OutboxMessage.objects.count() - failed
    assert figures.waiting(scope) == figures.Pile(states["waiting"], unsent)


@CASES
def test_gaps(tower: Tower, past: Lived, days: int, everywhere: bool) -> None:
    scope = scope_of(tower, past, days, everywhere=everywhere)
    near = [g for g in past.gaps if everywhere or g.connection == tower.connection]
    ages = [(past.at - g.since).total_seconds() for g in near if g.repaired_at is None]
    found = [g for g in near if within(scope, 90, g.found_at)]

    told = figures.open_gaps(scope)
    assert told.n == len(ages) > 0
    assert told.median == pytest.approx(percentile(ages, 0.5))
    assert told.p90 == pytest.approx(percentile(ages, 0.9))
    by_day = Counter((g.found_at.date(), g.what) for g in found)
    assert {(r.day, r.what): r.n for r in figures.gaps_by_day(scope)} == by_day
    assert figures.gaps_repaired(scope) == sum(within(scope, 90, g.repaired_at) for g in near)


@CASES
def test_calls(tower: Tower, past: Lived, days: int, everywhere: bool) -> None:
    scope = scope_of(tower, past, days, everywhere=everywhere)
    near = [c for c in past.calls if everywhere or c.connection == tower.connection]
    made = [c for c in near if within(scope, 8, c.at)]
    whole, *verbs = figures.calls(scope)

    assert whole.verb == ""
    assert {row.verb for row in verbs} == {call.method for call in made}
    for row in (whole, *verbs):
        mine = [c for c in made if row.verb in ("", c.method)]
        assert (row.n, row.failed) == (len(mine), sum(c.outcome != "ok" for c in mine))
        spans = [c.seconds for c in mine]
        told = (row.p50, row.p95, row.p99)
        assert told == pytest.approx(tuple(percentile(spans, p) for p in (0.5, 0.95, 0.99)))


def test_calls_of_nothing(tower: Tower, past: Lived) -> None:
    scope = scope_of(tower, past, 7, everywhere=True)
    assert figures.calls(scope.previous().previous()) == [figures.Calls("", 0, 0, None, None, None)]


@CASES
def test_what_was_turned_away(tower: Tower, past: Lived, days: int, everywhere: bool) -> None:
    scope = scope_of(tower, past, days, everywhere=everywhere)
    told: Counter[str] = Counter()
    for row in past.refusals:
        if scope.first_day <= row.day <= scope.last_day:
            told[row.reason] += row.count
    assert figures.turned_away(scope) == told


@pytest.mark.parametrize("everywhere", [True, False])
def test_how_connections_stand(tower: Tower, past: Lived, everywhere: bool) -> None:
    scope = scope_of(tower, past, 7, everywhere=everywhere)
    counted = Counted(scope)
    by_key = kpis()
    near = [a for a in past.actions if everywhere or a.connection == tower.connection]
    bad = sum(a.state in ("failing", "late", "switched_off") for a in near)
    far_lag, far_key = Measure(10_800.0, 1, "Far", "Far"), Measure(0.0, 1, "Far", "Far")
    lag, key = Measure(240.0, 1, "Odoo", "Odoo"), Measure(1_036_800.0, 1, "Odoo", "Odoo")

    assert by_key["scheduled_actions"].of(counted) == [Measure(bad, len(near), counted=bad)]
    assert by_key["sync_lag"].of(counted) == (
        [Measure(10_800.0, 2), far_lag, lag] if everywhere else [Measure(240.0, 1), lag]
    )
    assert by_key["key_expiry"].of(counted) == (
        [Measure(0.0, 2), far_key, key] if everywhere else [Measure(1_036_800.0, 1), key]
    )


def test_kpis_read_the_figures(tower: Tower, past: Lived) -> None:
    counted = Counted(scope_of(tower, past, 7, everywhere=True))
    came, whole = counted(figures.deliveries), counted(figures.calls)[0]
    told = {key: kpi.whole(counted) for key, kpi in kpis().items()}

    assert told["webhook_failures"] == Measure(
        came.set_aside / came.n, came.n, counted=came.set_aside
    )
    assert told["webhook_duplicates"] == Measure(came.repeats, came.repeated)
    assert told["webhook_retries"] == Measure(came.retries, came.retried)
    assert told["api_latency"] == Measure(whole.p50, whole.n)
    assert told["api_failures"] == Measure(whole.failed / whole.n, whole.n, counted=whole.failed)
    p99 = {m.part: m.value for m in kpis()["api_latency"].of(counted)}["p99"]
    assert p99 == whole.p99
    assert told["gaps_open"].value == told["gap_age"].n == counted(figures.open_gaps).n


def test_without_a_site_nothing_is_counted(tower: Tower, past: Lived) -> None:
    today: date = past.at.date()
    nowhere = Scope(at=past.at, first_day=today, last_day=today, sites=())
    assert figures.deliveries(nowhere).n == 0
    assert figures.waiting(nowhere) == figures.dead(nowhere) == figures.Pile(0, 0)
    assert figures.sources(nowhere) == []
