"""One team of processes for all races, and a database of its own for each."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests import plant
from tests.conftest import build_tower
from tests.making import Tower
from tests.plant import Plant
from tests.races import database
from tests.races.team import Team

HERE = Path(__file__).parent
WORKERS = 8


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.race)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def team(django_test_environment: None) -> Iterator[Team]:
    workers = Team(WORKERS)
    yield workers
    workers.close()


@pytest.fixture(scope="session")
def template(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[str]:
    """Named after the process: before its first other test, all of them share one database name."""
    name = f"{connection.settings_dict['NAME'].removeprefix('test_')}_races_{worker_id}"
    with django_db_blocker.unblock(), database.empty(name):
        yield name


@pytest.fixture
def shared(template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database whose rows other processes see."""
    with django_db_blocker.unblock(), database.copy_of(template):
        yield


@pytest.fixture
def arena(shared: None) -> Tower:
    """The small tower of the other tests, for several processes."""
    return build_tower()


@pytest.fixture
def version() -> int:
    """The simulated Odoo's; a test may ask for others."""
    return 19


@pytest.fixture
def source(at: datetime, version: int) -> Iterator[Plant]:
    with plant.running(at, version=version) as running:
        yield running
