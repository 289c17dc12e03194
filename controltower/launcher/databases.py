"""PostgreSQL and Valkey for one run: embedded ones, or the real ones that the environment names."""

from __future__ import annotations

from collections.abc import Mapping

from controltower.launcher import binaries, keys, ports, postgres, unprivileged, valkey
from controltower.launcher.data import DataDir
from controltower.launcher.processes import Supervisor, together


async def start(
    supervisor: Supervisor,
    folder: DataDir,
    given: Mapping[str, str],
    throwaway: bool = False,
    quiet: bool = False,
) -> dict[str, str]:
    """Start what `given` does not name already; returns the environment for the application.

    `throwaway` is for tests: faster, and not safe against a crash of the machine. `quiet` shows
    what the servers say only when they fail.
    """
    made = keys.load(folder.path)
    found = _secrets(made) | dict(given) | {"DATA_DIR": str(folder.path)}
    servers = _Servers(folder, made, throwaway, quiet)
    starting = []
    if not given.get("DATABASE_URL"):
        database = servers.postgres()
        found["DATABASE_URL"] = database.url
        starting.append(database.start(supervisor))
    if not given.get("REDIS_URL"):
        broker = servers.valkey()
        found["REDIS_URL"] = broker.url
        starting.append(broker.start(supervisor))
    await together(*starting)
    return found


def _secrets(made: Mapping[str, str]) -> dict[str, str]:
    return {name: made[name] for name in ("SECRET_KEY", "TOWER_ENCRYPTION_KEYS")}


class _Servers:
    """Where the embedded servers live."""

    def __init__(
        self, folder: DataDir, made: Mapping[str, str], throwaway: bool, quiet: bool
    ) -> None:
        self.folder = folder
        self.made = made
        self.throwaway = throwaway
        self.quiet = quiet
        self.account = unprivileged.account()

    def _port(self, name: str) -> int:
        port = ports.choose(self.folder.ports().get(name))
        self.folder.remember_ports({name: port})
        return port

    def postgres(self) -> postgres.Postgres:
        return postgres.Postgres(
            binaries=binaries.postgres(self.account),
            folder=self.folder.servers(self.account) / "postgres",
            port=self._port("postgres"),
            password=self.made[keys.POSTGRES],
            admin_password=self.made[keys.POSTGRES_ADMIN],
            account=self.account,
            throwaway=self.throwaway,
            quiet=self.quiet,
        )

    def valkey(self) -> valkey.Valkey:
        return valkey.Valkey(
            binary=binaries.valkey(self.account),
            folder=self.folder.servers(self.account),
            port=self._port("valkey"),
            password=self.made[keys.VALKEY],
            account=self.account,
        )
