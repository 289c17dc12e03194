"""`make test` and `make bench`: a command in the foreground, with databases of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from controltower.launcher import databases, signals
from controltower.launcher.data import DataDir
from controltower.launcher.leftovers import Notes
from controltower.launcher.log import Log
from controltower.launcher.processes import POLL, Program, Supervisor
from controltower.launcher.run import ROOT
from controltower.launcher.trouble import Trouble

BENCHMARKS = ROOT / "benchmarks"

# Tests serve static files from where they lie: nothing has collected and hashed them.
UNCOLLECTED = {"STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# The variable that names an empty, migrated database, which the tests copy instead of migrating
# one for each of their processes.
TEMPLATE = "TEST_DATABASE_TEMPLATE"


def test(log: Log, given: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Run pytest with `arguments` on throw-away databases; returns its exit code."""

    async def work(supervisor: Supervisor, folder: DataDir) -> int:
        environment = await databases.start(supervisor, folder, given, throwaway=True, quiet=True)
        if not given.get("DATABASE_URL"):
            await _migrate(supervisor, environment)
            environment[TEMPLATE] = urlsplit(environment["DATABASE_URL"]).path.removeprefix("/")
        return await _foreground(["pytest", *arguments], environment | UNCOLLECTED)

    return _with_temporary_data(log, work)


def bench(log: Log, given: Mapping[str, str], names: Sequence[str]) -> int:
    """Run the named benchmarks (or all) on a durable, empty database; 0 when all passed."""
    wanted = _wanted(names)

    async def work(supervisor: Supervisor, folder: DataDir) -> int:
        environment = await databases.start(supervisor, folder, given, quiet=True)
        await _migrate(supervisor, environment)
        codes = [await _benchmark(log, name, environment) for name in wanted]
        return int(any(codes))

    return _with_temporary_data(log, work)


async def _migrate(supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    migrate = (sys.executable, "-m", "manage", "migrate")
    await supervisor.run(Program("migrate", migrate, ROOT, dict(environment), quiet=True))


def _wanted(names: Sequence[str]) -> list[str]:
    present = sorted(path.stem for path in BENCHMARKS.glob("[a-z]*.py"))
    if unknown := set(names) - set(present):
        raise Trouble(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(present)}.")
    return [name for name in present if not names or name in names]


async def _benchmark(log: Log, name: str, environment: Mapping[str, str]) -> int:
    log.say(f"benchmarks/{name}.py")
    return await _foreground([f"benchmarks.{name}"], environment)


def _with_temporary_data(
    log: Log, work: Callable[[Supervisor, DataDir], Coroutine[Any, Any, int]]
) -> int:
    """Run `work` in a temporary DATA_DIR, which is removed afterwards."""
    folder = DataDir(_temporary())
    folder.open()
    try:
        supervisor = Supervisor(log, Notes(folder.folder("running")))
        return asyncio.run(signals.supervised(supervisor, work(supervisor, folder)))
    finally:
        folder.close()
        folder.remove()


def _temporary() -> Path:
    path = Path(tempfile.mkdtemp(prefix="tower-"))
    if os.geteuid() == 0:
        path.chmod(0o711)  # new and ours: the database account may pass through
    return path


async def _foreground(module_and_arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run it on our own terminal, in our own process group: Ctrl-C and a debugger's prompt work."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module_and_arguments], cwd=ROOT, env=dict(environment)
    )
    try:
        while (code := process.poll()) is None:
            await asyncio.sleep(POLL)
        return code if code >= 0 else 128 - code
    finally:
        await _let_finish(process)


async def _let_finish(process: subprocess.Popen[bytes]) -> None:
    """After Ctrl-C the terminal has told it too; a signal sent to us alone is passed on."""
    if process.poll() is None and not sys.stdin.isatty():
        process.send_signal(signal.SIGINT)
    for _ in range(int(10 / POLL)):
        if process.poll() is not None:
            return
        await asyncio.sleep(POLL)
    process.kill()
    process.wait()
