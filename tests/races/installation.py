"""A whole small installation: what `make run` starts, each program a process that can be killed."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connection

from controltower.launcher import ports
from controltower.launcher.data import DataDir
from controltower.launcher.leftovers import Notes
from controltower.launcher.log import Log
from controltower.launcher.processes import Child, Program, Supervisor
from controltower.launcher.run import READY_WITHIN, Demo
from tests.races import database

PATIENCE = 60.0  # seconds for anything to come back, on a busy machine


class Installation(Demo):
    """The demo's programs on a company in which nothing happens by itself, and without its people.

    The supervisor, which starts dead programs again, works only while somebody waits in `until`.
    """

    runner: asyncio.Runner

    def _simulator(self, port: int) -> Program:
        return self._program(
            "simulator", "integrations.simulator", "--port", str(port), "--no-live"
        )

    async def begin(self) -> None:
        """Databases, migrations and the simulator."""
        await self._databases().__aenter__()
        port = self._simulator_port()
        (child,) = self.supervisor.start(self._simulator(port))
        await self._manage("migrate", "migrate", "--verbosity", "0")
        await child.ready(lambda: ports.answers(port), READY_WITHIN)

    def open_for_business(self) -> None:
        """Web, worker and beat."""
        self.runner.run(self._open())

    async def _open(self) -> None:
        web, *_ = self.supervisor.start(self._web(), self._worker(), self._beat())
        await web.ready(self._is_ready, READY_WITHIN)

    @property
    def odoo(self) -> str:
        return f"http://{ports.HOST}:{self.folder.ports()['simulator']}"

    def child(self, name: str) -> Child:
        children = (child for layer in self.supervisor.layers for child in layer)
        return next(child for child in children if child.program.name == name)

    def kill(self, name: str) -> bool:
        """`kill -9`; whether its supervisor started it again."""
        child = self.child(name)
        assert child.process is not None
        killed = child.process.pid
        os.kill(killed, signal.SIGKILL)
        return self.until(lambda: child.process is not None and child.process.pid != killed)

    def stop(self, name: str) -> None:
        self.runner.run(self.child(name).stop())

    def until(self, condition: Callable[[], bool]) -> bool:
        """Whether it came true in time; a database that is down makes nothing true."""
        deadline = time.monotonic() + PATIENCE
        while not (true := _asked(condition)) and time.monotonic() < deadline:
            self.runner.run(asyncio.sleep(0.1))
        return true


def _asked(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except Error:
        connection.close()
        return False


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """With an installation on the data in `folder`, whose database this process looks into too."""
    data = DataDir(folder / "data")
    data.open()
    supervisor = Supervisor(Log(io.StringIO()), Notes(data.folder("running")))
    made = Installation(supervisor, data, ports.choose(), _given(folder))
    with asyncio.Runner() as made.runner:
        try:
            made.runner.run(made.begin())
            with database.pointed_at(**_where(made.environment["DATABASE_URL"])):
                yield made
        finally:
            made.runner.run(supervisor.stop())
            data.close()


def _given(folder: Path) -> dict[str, str]:
    """Nothing of our own environment but the keys, so that we can read what is sealed with them."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "TOWER_ENCRYPTION_KEYS": ",".join(settings.TOWER_ENCRYPTION_KEYS),
    }


def _where(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "PASSWORD": parts.password,
        "HOST": parts.hostname,
        "PORT": str(parts.port),
    }
