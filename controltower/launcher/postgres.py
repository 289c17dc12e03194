"""Embedded PostgreSQL 18: its own folder, port and passwords, reachable from this machine only."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from controltower.launcher import ports, unprivileged
from controltower.launcher.processes import Program, Supervisor
from controltower.launcher.trouble import Trouble

NAME = "controltower"  # of the role and the database that the application uses
ADMIN = "postgres"
LONGEST_SOCKET_FOLDER = 80  # bytes; the system allows about 100 for the whole path of a socket
RECOVERY = 600.0  # seconds; after a kill -9 a large database needs its time
DURABLE: dict[str, str] = {}
# For tests only: a crash of the machine may lose the database, a crash of PostgreSQL may not.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "log_min_messages": "fatal",
    # A test's rows are in a transaction that never ends well: autovacuum counts none of them, and
    # the planner, told that the tables are empty, reads whole tables for each row.
    "autovacuum": "off",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """One database cluster in `folder`."""

    binaries: Path
    folder: Path  # its parent exists and belongs to `account`
    port: int
    password: str  # of the application's role
    admin_password: str
    account: unprivileged.Account | None
    throwaway: bool = False  # see THROWAWAY
    quiet: bool = False  # its log is shown only in a complaint

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@{ports.HOST}:{self.port}/{NAME}"

    async def start(self, supervisor: Supervisor) -> None:
        """Start it, made first if need be, and wait until the application's database is there.

        Raises Trouble when that fails, with what PostgreSQL said.
        """
        if not self.folder.exists():
            await self._create(supervisor)
        (child,) = supervisor.start(self.program())
        await child.ready(self.is_ready, RECOVERY)
        try:
            self._create_database()
        except psycopg.Error as error:
            raise Trouble(f"PostgreSQL did not give us our database: {error}") from None

    async def _create(self, supervisor: Supervisor) -> None:
        """Under another name first: a kill in the middle must not leave half a cluster."""
        draft = self.folder.with_name(f"{self.folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        secret = self._password_file()
        try:
            await supervisor.run(self._initdb(draft, secret))
        finally:
            secret.unlink()
        draft.rename(self.folder)

    def _password_file(self) -> Path:
        handle, path = tempfile.mkstemp(dir=self.folder.parent)
        with os.fdopen(handle, "w") as file:
            file.write(self.admin_password)
            if self.account:
                os.fchown(handle, self.account.uid, self.account.gid)
        return Path(path)

    def _initdb(self, folder: Path, secret: Path) -> Program:
        options = [
            f"--pgdata={folder}",
            f"--username={ADMIN}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            *(["--no-sync"] if self.throwaway else []),
        ]
        return self._program("initdb", *options, quiet=True)

    def program(self) -> Program:
        settings = {
            "listen_addresses": ports.HOST,
            "port": str(self.port),
            "unix_socket_directories": self._socket_folder(),
            "unix_socket_permissions": "0700",
            "max_connections": "200",  # race tests start many processes
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "",
            "log_checkpoints": "off",
        } | (THROWAWAY if self.throwaway else DURABLE)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return self._program("postgres", "-D", str(self.folder), *options, quiet=self.quiet)

    def _program(self, program: str, *options: str, quiet: bool) -> Program:
        return Program(
            name=program,
            command=(str(self.binaries / program), *options),
            directory=self.folder.parent,
            # Nothing of our own environment: PG* variables would change what the server does.
            environment={"LC_ALL": "C", "PATH": os.defpath, "HOME": str(self.folder.parent)},
            account=self.account,
            stop_signal=signal.SIGINT,  # "fast": ends sessions and does not wait for them
            patience=20.0,
            quiet=quiet,
        )

    def _socket_folder(self) -> str:
        """Beside the data; nowhere when that path is too long, as TCP does everything."""
        folder = str(self.folder.parent)
        return folder if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER else ""

    def is_ready(self) -> bool:
        """Raises Trouble when the server does not accept the password that we made for it."""
        try:
            self._connect_as_admin().close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Trouble(
                    f"The database in {self.folder} does not know the password in secrets.env. "
                    "Put the right secrets.env back, or start anew with `make clean-data`."
                ) from None
            return False
        return True

    def _connect_as_admin(self) -> psycopg.Connection:
        return psycopg.connect(
            host=ports.HOST,
            port=self.port,
            user=ADMIN,
            password=self.admin_password,
            dbname=ADMIN,
            connect_timeout=5,
            autocommit=True,
        )

    def _create_database(self) -> None:
        """The application's role has no more rights than in production.

        Only that of the tests may create databases.
        """
        role, password = sql.Identifier(NAME), sql.Literal(self.password)
        rights = sql.SQL("CREATEDB" if self.throwaway else "NOCREATEDB")
        with contextlib.closing(self._connect_as_admin()) as connection:
            if _is_missing(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s"):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            alter = sql.SQL("ALTER ROLE {} PASSWORD {} {}")
            connection.execute(alter.format(role, password, rights))
            if _is_missing(connection, "SELECT 1 FROM pg_database WHERE datname = %s"):
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))


def _is_missing(connection: psycopg.Connection, query: LiteralString) -> bool:
    return connection.execute(query, [NAME]).fetchone() is None
