"""Every KPI that the exported rows can tell, for filters of chance, recomputed from these rows."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import Site
from exceptions.rollups import keeping
from tests.conftest import build_tower
from tests.exceptions.kpis.by_chance import FILTERS, differences, fetched, filters
from tests.exceptions.kpis.exported import Given
from tests.exceptions.queries.world import Past
from tests.making import Tower

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past at both ends of the world's days, rolled back when the tests are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        for site, zone in ((tower.site, "Pacific/Auckland"), (tower.other_site, "Etc/GMT+11")):
            Site.objects.filter(pk=site.pk).update(time_zone=zone)
            site.refresh_from_db()
        Past(tower, random.Random(23), now=timezone.now().replace(microsecond=0)).live(90)
        yield tower
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def given(past: Tower) -> Given:
    today = timezone.now().date()
    return fetched(today - timedelta(days=300), today + timedelta(days=1))


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
