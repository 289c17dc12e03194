"""The shared cache: one count for all processes, and no failure when Redis is away."""

import uuid
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from controltower.cache import SharedCache


@pytest.fixture
def name() -> Iterator[str]:
    name = f"test-{uuid.uuid4()}"
    yield name
    redis.Redis.from_url(settings.REDIS_URL).delete(f"tower:1:{name}")


def cache_at(url: str) -> SharedCache:
    return SharedCache(url, {"KEY_PREFIX": "tower"})


def test_processes_share_what_they_count(name: str) -> None:
    one, other = cache_at(settings.REDIS_URL), cache_at(settings.REDIS_URL)
    added = [one.add(name, [1.5], 60), other.add(name, [2.5], 60)]
    other.set(name, [2.5, 1.5], 60)

    assert (added, one.get(name)) == ([True, False], [2.5, 1.5])
    assert redis.Redis.from_url(settings.REDIS_URL).get(f"tower:1:{name}") == b"[2.5, 1.5]"
    assert (one.delete(name), other.get(name, "gone")) == (True, "gone")


def test_without_redis_each_process_counts_for_itself(name: str) -> None:
    away = cache_at("redis://127.0.0.1:1/0")
    added = [away.add(name, True, 60), away.add(name, True, 60)]

    assert (added, away.get(name), away.delete(name), away.get(name)) == (
        [True, False],
        True,
        True,
        None,
    )


def test_it_does_not_ask_a_dead_redis_again_and_again(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    away = cache_at("redis://127.0.0.1:1/0")
    for _ in range(5):
        away.get(name)

    assert len(caplog.records) == 1


def test_it_is_never_emptied() -> None:
    """The broker's messages lie in the same database."""
    with pytest.raises(NotImplementedError):
        cache_at(settings.REDIS_URL).clear()
