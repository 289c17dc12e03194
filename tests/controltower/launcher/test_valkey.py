"""The embedded broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.controltower.launcher.launching import Servers, servers

ELSEWHERE = "postgres://elsewhere/tower"


@pytest.fixture
def broker(folder: Path) -> Iterator[Servers]:
    with servers(folder / "data", DATABASE_URL=ELSEWHERE) as started:
        yield started


def test_it_listens_on_the_loopback_and_keeps_nothing(broker: Servers) -> None:
    with redis.Redis.from_url(broker.environment["REDIS_URL"]) as client:
        assert client.config_get("bind", "save", "appendonly") == {
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "no",
        }


def test_it_answers_only_those_who_know_the_password(broker: Servers) -> None:
    port = broker.data.ports()["valkey"]
    stranger = redis.Redis(port=port, protocol=2, retry=Retry(NoBackoff(), 0))
    with stranger, pytest.raises(redis.AuthenticationError) as refused:
        stranger.ping()
    assert str(refused.value) == "Authentication required."


def test_its_password_is_in_a_file_that_others_cannot_read(broker: Servers) -> None:
    (configuration,) = (broker.data.path / "servers").iterdir()
    assert (configuration.name, oct(configuration.stat().st_mode & 0o777)) == (
        "valkey.conf",
        "0o600",
    )


def test_a_database_that_was_named_is_used_as_it_is(broker: Servers) -> None:
    assert broker.environment["DATABASE_URL"] == ELSEWHERE
    assert not (broker.data.path / "servers" / "postgres").exists()
    assert broker.environment["DATA_DIR"] == str(broker.data.path)
