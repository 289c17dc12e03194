"""Every KPI that the exported rows can tell, for filters of chance, recomputed from these rows."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions.rollups import keeping
from tests.exceptions.kpis.by_chance import FILTERS, by_files, differences, fetched, filters
from tests.exceptions.kpis.exported import Asked, Given
from tests.exceptions.kpis.lived import lived
from tests.making import Tower

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """Rolled back when the tests are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield lived(timezone.now().replace(microsecond=0))
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def given(past: Tower) -> Given:
    today = timezone.now().date()
    return fetched(today - timedelta(days=300), today + timedelta(days=1))


def test_there_is_something_to_tell_of_every_kpi(past: Tower, given: Given) -> None:
    at = timezone.now().replace(microsecond=0)
    days = (at.date() - timedelta(days=19), at.date())
    asked = Asked(first=days[0], last=days[1], at=at)

    told = by_files(given, asked)

    untold = {key for key, parts in told.items() if not any(n for _value, n in parts.values())}
    assert untold == set()
    assert told["exception_rate"][""][0] is not None
    decided = told["decided"]
    assert told["consistency_sites"][""][0] not in (None, 1), decided
    assert told["consistency_teams"][""][1] == decided[""][1]


@pytest.mark.parametrize("rolled", [False, True], ids=["cases", "rollups"])
@pytest.mark.parametrize("seed", range(FILTERS))
def test_every_kpi_equals_what_the_files_say(
    past: Tower, given: Given, seed: int, rolled: bool
) -> None:
    at = timezone.now().replace(microsecond=0)
    if rolled:
        assert keeping.freshen(at, batches=100) is not None
    scope, asked = filters(seed, at, back=25, rolled=rolled)
    assert differences(given, scope, asked) == {}
