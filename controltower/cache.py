"""The cache that all processes share, as long as Redis is there.

It holds counts of failed sign-ins and of deliveries, and codes that were used: losing them loses no
work. While Redis is away each process counts for itself, so that nobody is kept out and guessing
stays slow.
"""

import json
import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

REST = 5.0  # seconds for which a Redis that did not answer is not asked again


class Json:
    """Values as JSON: unpickling would let whoever writes to Redis run code here."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        return json.loads(stored)


class SharedCache(RedisCache):
    """Redis, and the process's own memory while it does not answer. Values are JSON."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"serializer": Json, "socket_connect_timeout": 0.3, "socket_timeout": 0.5}
        super().__init__(server, params | {"OPTIONS": options | params.get("OPTIONS", {})})
        self._near = LocMemCache("shared-cache", {})
        self._rests_until = 0.0

    def _ask(self, what: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._rests_until:
            try:
                return getattr(super(), what)(*args, **kwargs)
            except RedisError as error:
                self._rests_until = time.monotonic() + REST
                logger.warning("Redis does not answer, counting in this process: %s", error)
        return getattr(self._near, what)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask("set", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._ask("incr", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("delete", *args, **kwargs))

    def clear(self) -> None:
        """Never: it would empty the whole database of Redis, Celery's messages too."""
        raise NotImplementedError
