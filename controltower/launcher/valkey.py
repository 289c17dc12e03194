"""Embedded Valkey, the Redis-protocol broker. It keeps nothing on disk: work waits in tables."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from controltower.launcher import ports, unprivileged
from controltower.launcher.processes import Program, Supervisor

STARTS_WITHIN = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server; `folder` belongs to `account` and holds its configuration."""

    binary: Path
    folder: Path
    port: int
    password: str
    account: unprivileged.Account | None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{ports.HOST}:{self.port}/0"

    async def start(self, supervisor: Supervisor) -> None:
        """Raises Trouble when it does not start, with what it said."""
        self._write_configuration()
        (child,) = supervisor.start(self.program())
        await child.ready(self.is_ready, STARTS_WITHIN)

    def _write_configuration(self) -> None:
        """In a file, as everybody on the machine can read a command line."""
        path = self._configuration()
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(self._settings()) + "\n")
            if self.account:
                os.fchown(file.fileno(), self.account.uid, self.account.gid)

    def _configuration(self) -> Path:
        return self.folder / "valkey.conf"

    def _settings(self) -> list[str]:
        return [
            f"bind {ports.HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
            "maxmemory-policy noeviction",
            "loglevel warning",
        ]

    def program(self) -> Program:
        return Program(
            name="valkey",
            command=(str(self.binary), str(self._configuration())),
            directory=self.folder,
            environment={"LC_ALL": "C", "PATH": os.defpath},
            account=self.account,
            quiet=True,
        )

    def is_ready(self) -> bool:
        once = Retry(NoBackoff(), 0)  # the launcher asks again by itself, and must not stand still
        with redis.Redis.from_url(self.url, socket_timeout=1, retry=once) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False
