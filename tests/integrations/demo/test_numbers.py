"""Every KPI of the demo world, for filters of chance, recomputed from what the tower gives out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions.rollups import keeping
from integrations.management.commands import demo_world
from integrations.simulator import SimulatedOdoo, World
from tests.exceptions.kpis.by_chance import FILTERS, by_files, differences, fetched, filters
from tests.exceptions.kpis.exported import Asked, Given

DAYS = 30  # of the ninety: enough for something to be told of every KPI

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def given(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Given]:
    """Its files. The world is rolled back when the tests are done."""
    folder: Path = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
        override_settings(DATA_DIR=folder, TOWER_EVIDENCE_DIR=folder / "evidence"),
        SimulatedOdoo(World.build(datetime.now(UTC))).running() as url,
    ):
        patch.setattr(demo_world, "HISTORY", timedelta(days=DAYS))
        call_command("demo_world", odoo_url=url)
        today = timezone.now().date()
        yield fetched(today - timedelta(days=300), today + timedelta(days=1))
        transaction.set_rollback(True)


def test_there_is_something_to_tell_of_nearly_every_kpi(given: Given) -> None:
    at = timezone.now()
    asked = Asked(first=at.date() - timedelta(days=DAYS), last=at.date(), at=at)
    told = by_files(given, asked)
    assert {k for k, parts in told.items() if not any(n for _value, n in parts.values())} == set()


@pytest.mark.parametrize("rolled", [False, True], ids=["cases", "rollups"])
@pytest.mark.parametrize("seed", range(FILTERS))
def test_every_kpi_equals_what_the_files_say(given: Given, seed: int, rolled: bool) -> None:
    at = timezone.now().replace(microsecond=0)
    if rolled:
        assert keeping.freshen(at, batches=100) is not None
    scope, asked = filters(seed, at, back=DAYS + 5, rolled=rolled)
    assert differences(given, scope, asked) == {}
