"""`make run`: databases, migrations, the demo world, the stand-in Odoo and the product."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from controltower.launcher import databases, keys, ports
from controltower.launcher.data import DataDir
from controltower.launcher.processes import Program, Supervisor, together

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 120.0  # seconds
WEB_WORKERS = 2
THREADS = 4  # of each web worker; each may hold one database connection
LOGINS = "demo-logins.txt"
OWN = frozenset(
    {
        *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TOWER_ENCRYPTION_KEYS", "DATA_DIR"),
        *("TOWER_BASE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"),
    }
)
RULER = "─" * 78


class Demo:
    """One run on `port`, with its data in `folder`."""

    def __init__(
        self, supervisor: Supervisor, folder: DataDir, port: int, given: Mapping[str, str]
    ) -> None:
        self.supervisor = supervisor
        self.folder = folder
        self.port = port
        self.given = given
        self.address = f"http://{ports.HOST}:{port}"
        self.environment: dict[str, str] = {}

    async def serve(self) -> int:
        """Start everything, say so once, and go on until cancelled."""
        begun = time.monotonic()
        async with self._databases():
            simulator = self._simulator_port()
            await self._prepare(simulator)
            await self._start_product(simulator)
            self._announce(time.monotonic() - begun)
            await asyncio.Event().wait()
        return 0

    async def databases(self) -> int:
        """Start only the databases, and go on until cancelled."""
        async with self._databases():
            self.supervisor.log.say("PostgreSQL and Valkey are ready; `launcher env` prints where")
            await asyncio.Event().wait()
        return 0

    @contextlib.asynccontextmanager
    async def _databases(self) -> AsyncIterator[None]:
        """With the databases running; what belongs to them is written down for `launcher env`."""
        started = await databases.start(self.supervisor, self.folder, self.given)
        self.environment = self._addresses() | started
        keys.write_private(self.folder.environment_file, self._own())
        try:
            yield
        finally:
            self.folder.environment_file.unlink(missing_ok=True)

    def _addresses(self) -> dict[str, str]:
        """Defaults; what the user's own environment says goes before."""
        if not self.port:
            return {}
        local = f"http://localhost:{self.port}"
        return {
            "TOWER_BASE_URL": self.address,
            "ALLOWED_HOSTS": f"{ports.HOST},localhost",
            "CSRF_TRUSTED_ORIGINS": f"{self.address},{local}",
            "PYTHONUNBUFFERED": "1",
            # Celery's, and true: but a demo that root starts can only run as root.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }

    def _own(self) -> dict[str, str]:
        """What a command started by hand needs beside the user's environment."""
        return {name: value for name, value in self.environment.items() if name in OWN}

    async def _prepare(self, simulator: int) -> None:
        """Tables and static files, side by side; meanwhile the stand-in Odoo starts."""
        (odoo,) = self.supervisor.start(self._simulator(simulator))
        await together(
            self._manage("migrate", "migrate"),
            self._manage("static", "collectstatic", "--no-input", "--verbosity", "0"),
            odoo.ready(lambda: ports.answers(simulator), READY_WITHIN),
        )

    async def _start_product(self, simulator: int) -> None:
        """The demo world while web starts; worker and beat only when both are there.

        They would work on a world that is half made, and take the cores from it.
        """
        (web,) = self.supervisor.start(self._web())
        await together(self._make_world(simulator), web.ready(self._is_ready, READY_WITHIN))
        self.supervisor.add(self._worker(), self._beat())

    async def _make_world(self, simulator: int) -> None:
        if not (self.folder.path / LOGINS).exists():
            self.supervisor.log.say("making ninety days of the demo company: a minute, once")
        await self._manage("demo", "demo_world", "--odoo-url", f"http://{ports.HOST}:{simulator}")

    def _simulator_port(self) -> int:
        port = ports.choose(self.folder.ports().get("simulator"))
        self.folder.remember_ports({"simulator": port})
        return port

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection(ports.HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _program(self, name: str, *module_and_arguments: str, patience: float = 5.0) -> Program:
        return Program(
            name=name,
            command=(sys.executable, "-m", *module_and_arguments),
            directory=ROOT,
            environment=self.environment,
            patience=patience,
        )

    async def _manage(self, name: str, *command: str) -> None:
        await self.supervisor.run(self._program(name, "manage", *command))

    def _simulator(self, port: int) -> Program:
        data_dir = str(self.folder.folder("simulator"))
        return self._program(
            "simulator", "integrations.simulator", "--port", str(port), "--data-dir", data_dir
        )

    def _web(self) -> Program:
        return self._program(
            "web",
            "granian",
            *("--interface", "wsgi", "--no-ws", "--host", ports.HOST, "--port", str(self.port)),
            *("--workers", str(WEB_WORKERS), "--blocking-threads", str(THREADS)),
            *("--respawn-failed-workers", "--respawn-interval", "0.5"),
            *("--workers-kill-timeout", "3"),
            "controltower.wsgi:application",
        )

    def _worker(self) -> Program:
        return self._program(
            "worker",
            *("celery", "--quiet", "-A", "controltower", "worker", "--loglevel", "INFO"),
            *("--concurrency", "2", "--without-gossip", "--without-mingle"),
            patience=8.0,  # a running task gets the time to finish
        )

    def _beat(self) -> Program:
        schedule = str(self.folder.folder("beat") / "schedule")
        return self._program(
            "beat",
            *("celery", "--quiet", "-A", "controltower", "beat", "--loglevel", "INFO"),
            *("--schedule", schedule),
        )

    def _announce(self, seconds: float) -> None:
        logins = self.folder.path / LOGINS
        lines = [
            f"The control tower is ready (after {seconds:.1f} s):  {self.address}",
            *(logins.read_text().rstrip().splitlines() if logins.exists() else []),
            f"Data is kept in {self.folder.path}. Stop with Ctrl-C.",
        ]
        self.supervisor.log.raw("\n".join(["", RULER, *(f"  {line}" for line in lines), RULER, ""]))
