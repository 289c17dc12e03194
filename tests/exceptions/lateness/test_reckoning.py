"""Risks are reckoned when a transit is new and again each day, and the first one is kept."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from exceptions.lateness import keeping, reckoning
from exceptions.lateness.rule import Risk, foresee
from exceptions.models import KeptTransit
from tests.exceptions.lateness.test_keeping import reading
from tests.exceptions.lateness.transits import transit
from tests.making import Tower

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OPEN = 900


@pytest.fixture
def past(tower: Tower, at: datetime) -> None:
    """Of Nordwind, thirty promises of the last month, every second two to four days late."""
    today = at.date()
    keeping.keep(
        [
            reading(
                tower,
                n,
                today - n * DAY,
                done_on=today - n * DAY + (2 + n % 3) * DAY * (n % 2),
            )
            for n in range(1, 31)
        ],
        at=at,
    )


def kept(record: int = OPEN) -> KeptTransit:
    return KeptTransit.objects.get(record_id=record)


def risk() -> Risk:
    found = reckoning.risk_of(kept())
    assert found is not None
    return found


@pytest.mark.usefixtures("past")
def test_a_new_one_is_reckoned_once_a_day(tower: Tower, at: datetime) -> None:
    keeping.keep([reading(tower, OPEN, at.date() + 5 * DAY)], at=at)
    assert reckoning.reckon_due(at=at) == 1
    assert reckoning.reckon_due(at=at) == 0
    by_rule = foresee(transit(5, None), reckoning.past_of(tower.connection.pk, at.date()))
    assert risk() == by_rule
    assert (kept().share, risk().n) == (risk().share, 30)
    assert 0.4 < risk().share < 0.6
    assert (risk().low_days, risk().high_days) == (2, 4)
    assert (kept().reckoned_on, kept().first_on) == (at.date(), at.date())


@pytest.mark.usefixtures("past")
def test_the_first_risk_is_kept(tower: Tower, at: datetime) -> None:
    keeping.keep([reading(tower, OPEN, at.date() + 5 * DAY)], at=at)
    reckoning.reckon_due(at=at)
    first = risk().share
    late = [reading(tower, 100 + n, at.date()) for n in range(20)]
    keeping.keep(late, at=at)
    assert reckoning.reckon_due(at=at + DAY) == 21
    assert kept().share == risk().share > first
    assert (kept().first_share, kept().first_on) == (first, at.date())
    assert kept().reckoned_on == at.date() + DAY


@pytest.mark.usefixtures("past")
def test_past_its_promise_nothing_is_foreseen(tower: Tower, at: datetime) -> None:
    keeping.keep([reading(tower, OPEN, at.date())], at=at)
    reckoning.reckon_due(at=at)
    assert kept().share is not None
    reckoning.reckon_due(at=at + DAY)
    assert (kept().share, kept().reckoned_on) == (None, at.date() + DAY)
    assert risk().n == 31  # its own promise has fallen due, too
    assert kept().first_share is not None


@pytest.mark.usefixtures("past")
def test_the_day_is_the_sites(tower: Tower, at: datetime) -> None:
    """At noon in London it is the next day in Kiritimati: yesterday's promise is over there."""
    tower.site.time_zone = "Pacific/Kiritimati"
    tower.site.save()
    keeping.keep([reading(tower, OPEN, at.date())], at=at)
    reckoning.reckon_due(at=at)
    assert (kept().reckoned_on, kept().share) == (at.date() + DAY, None)


@pytest.mark.usefixtures("past")
def test_cancelled_ones_count_nowhere(tower: Tower, at: datetime) -> None:
    keeping.keep([reading(tower, OPEN, at.date() + 5 * DAY)], at=at)
    reckoning.reckon_due(at=at)
    before = risk()
    cancelled = [reading(tower, 200 + n, at.date() - DAY, open=False) for n in range(20)]
    keeping.keep(cancelled, at=at)
    reckoning.reckon_due(at=at + DAY)
    assert risk().n == before.n


def test_with_too_little_past_nothing_is_said(tower: Tower, at: datetime) -> None:
    keeping.keep([reading(tower, OPEN, at.date() + 5 * DAY)], at=at)
    assert reckoning.reckon_due(at=at) == 1
    assert (kept().share, kept().first_share, kept().reckoned_on) == (None, None, at.date())


@pytest.mark.usefixtures("past")
def test_switched_off_nothing_is_reckoned(tower: Tower, at: datetime, settings: Settings) -> None:
    settings.TOWER_LATENESS = False
    keeping.keep([reading(tower, OPEN, at.date() + 5 * DAY)], at=at)
    assert reckoning.reckon_due(at=at) == 0
    assert kept().reckoned_on is None


def test_what_is_older_than_all_that_looks_back_is_forgotten(tower: Tower, at: datetime) -> None:
    old = at.date() - timedelta(days=800)
    keeping.keep(
        [
            reading(tower, 1, old, done_on=old),
            reading(tower, 2, old),  # still open
            reading(tower, 3, at.date() - 700 * DAY, done_on=at.date()),
        ],
        at=at,
    )
    assert reckoning.forget(at=at) == 1
    assert set(KeptTransit.objects.values_list("record_id", flat=True)) == {2, 3}
