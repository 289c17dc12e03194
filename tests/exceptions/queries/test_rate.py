"""The exception rate: cases for what the sites completed, or nothing where days are missing."""

from datetime import timedelta

import pytest

from exceptions.kpis.kpi import Measure
from exceptions.kpis.rate import EXCEPTION_RATE
from exceptions.models import Throughput
from exceptions.queries.counted import Counted
from exceptions.queries.rate import Completed, completed
from exceptions.queries.scope import Scope
from tests.exceptions.queries.world import NOW
from tests.making import Tower

TODAY = NOW.date()


@pytest.fixture
def scope(tower: Tower) -> Scope:
    """Three days of one site."""
    first, last = TODAY - timedelta(days=2), TODAY
    return Scope(at=NOW, first_day=first, last_day=last, sites=(tower.site.pk,))


def count(tower: Tower, *n: int) -> None:
    for days, each in enumerate(n):
        day = TODAY - timedelta(days=days)
        Throughput.objects.create(site=tower.site, day=day, n=each, counted_at=NOW)


def test_cases_for_a_thousand_transfers(tower: Tower, scope: Scope) -> None:
    count(tower, 40, 0, 460, 9_000)  # the last is before the range
    for record_id in (1, 2):
        tower.late_case(record_id, at=NOW - timedelta(hours=3))
    told = EXCEPTION_RATE.of(Counted(scope))
    assert (completed(scope), told[0]) == (Completed(500, 0), Measure(4.0, 2))


def test_with_days_missing_there_is_no_rate(tower: Tower, scope: Scope) -> None:
    count(tower, 40, 0)
    tower.late_case(1, at=NOW - timedelta(hours=3))
    whole, done, missing = EXCEPTION_RATE.of(Counted(scope))
    assert (completed(scope), whole) == (Completed(40, 1), Measure(None, 1))
    assert [(m.part, m.value) for m in (done, missing)] == [("completed", 40), ("missing", 1)]


def test_of_nothing_completed_there_is_no_rate(tower: Tower, scope: Scope) -> None:
    count(tower, 0, 0, 0)
    assert EXCEPTION_RATE.whole(Counted(scope)) == Measure(None, 0)


def test_a_day_that_has_not_begun_is_not_missing(tower: Tower) -> None:
    count(tower, 7)
    tomorrow = TODAY + timedelta(days=1)
    ahead = Scope(at=NOW, first_day=TODAY, last_day=tomorrow, sites=(tower.site.pk,))
    assert completed(ahead) == Completed(7, 0)
