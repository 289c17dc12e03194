"""Probes."""

import socket
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import User
from tests.making import Tower
from tests.races import database

READY = {"status": "ok", "database": "ok", "broker": "ok", "owners": "ok", "approvals": "ok"}


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


@pytest.fixture
def no_broker(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"


@pytest.fixture
def no_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The server has gone: every new connection is refused."""
    with django_db_blocker.unblock(), database.pointed_at(PORT=str(free_port())):
        yield


def probe(path: str) -> tuple[int, Any]:
    answer = Client(raise_request_exception=False).get(path)
    return answer.status_code, answer.json()


def test_the_process_lives_and_asks_nobody(no_broker: None) -> None:
    """Without the `db` fixture a query would fail this test."""
    assert probe("/healthz") == (200, {"status": "ok"})


def test_ready(db: None) -> None:
    assert probe("/readyz") == (200, READY)


def test_without_a_broker_work_waits_in_tables(db: None, no_broker: None) -> None:
    said = READY | {"status": "degraded", "broker": "unreachable"}

    assert probe("/readyz") == (200, said)


def test_open_cases_that_nobody_owns_degrade_it(tower: Tower, at: datetime) -> None:
    """How many, and nothing else: anybody may ask."""
    tower.late_case(at=at)
    User.objects.filter(username="procurement.rtm").update(is_active=False)

    assert probe("/readyz") == (200, READY | {"status": "degraded", "owners": "1 without"})


def test_without_a_database_nothing_works(no_database: None) -> None:
    said = {"status": "unready", "database": "unreachable", "broker": "ok"}

    assert probe("/readyz") == (503, said)
    assert probe("/healthz") == (200, {"status": "ok"})


def test_a_database_that_waits_for_migrations_is_not_ready(db: None) -> None:
    MigrationRecorder.Migration.objects.filter(app="exceptions").latest("name").delete()
    said = {"status": "unready", "database": "waits for migrations", "broker": "ok"}

    assert probe("/readyz") == (503, said)


def test_without_a_database_the_api_says_when_to_come_back(no_database: None) -> None:
    answer = Client(raise_request_exception=False).get(
        "/api/v1/cases/", headers={"Authorization": "Bearer ct_x"}
    )

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_never_cached_and_only_read(db: None, path: str) -> None:
    client = Client()

    assert "no-store" in client.get(path).headers["Cache-Control"]
    assert client.post(path).status_code == 405
