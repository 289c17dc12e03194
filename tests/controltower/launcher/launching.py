"""Starting the launcher, in a process of its own or in this one, and looking at what runs."""

import asyncio
import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from controltower.launcher import databases
from controltower.launcher.data import DataDir
from controltower.launcher.leftovers import Notes, started
from controltower.launcher.log import Log
from controltower.launcher.processes import Supervisor

ROOT = Path(__file__).resolve().parents[3]


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that others may pass through, as root's database account has to."""
    path = Path(tempfile.mkdtemp(prefix="tower-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether `condition` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class Launcher:
    """`python -m controltower.launcher ...` in a process of its own, with what it printed."""

    def __init__(self, folder: Path, *command: str, **environment: str) -> None:
        own = {"PATH": os.environ["PATH"], "HOME": str(folder), "DATA_DIR": str(folder / "data")}
        self.data = folder / "data"
        self.printed = folder / f"printed-{time.monotonic_ns()}"
        with self.printed.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "controltower.launcher", *command],
                cwd=ROOT,
                env=own | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self, text: str) -> bool:
        return text in self.printed.read_text()

    def until_said(self, text: str, seconds: float = 60.0) -> None:
        until(lambda: self.said(text) or self.process.poll() is not None, seconds)
        assert self.said(text), self.printed.read_text()

    def programs(self) -> dict[str, int]:
        """Name and process id of each program that it keeps."""
        return pids(self.data)

    def stop(self, number: int = signal.SIGINT, seconds: float = 30.0) -> int:
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def end(self) -> None:
        """By force, with everything it may have left."""
        self.process.kill()
        self.process.wait()
        for pid in alive(*self.programs().values()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def pids(data: Path) -> dict[str, int]:
    """As the launcher notes them; the note of a program that has just died may be gone."""
    found = {}
    for path in sorted((data / "running").glob("*.json")):
        with contextlib.suppress(FileNotFoundError):
            found[path.stem] = int(path.read_text().split('"pid": ')[1].split(",")[0])
    return found


def alive(*numbers: int) -> list[int]:
    return [number for number in numbers if started(number) is not None]


def family(pid: int) -> list[int]:
    """The process, its children, and theirs; those that end meanwhile have none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return [pid]
    return [pid, *(one for child in children for one in family(int(child)))]


class Servers:
    """The embedded servers in this process; between calls of `go_on` nobody looks after them."""

    def __init__(self, data: DataDir, runner: asyncio.Runner) -> None:
        self.data = data
        self.runner = runner
        self.printed = io.StringIO()
        self.supervisor = Supervisor(Log(self.printed), Notes(data.folder("running")))
        self.environment: dict[str, str] = {}

    def start(self, throwaway: bool, **given: str) -> None:
        started = databases.start(self.supervisor, self.data, given, throwaway)
        self.environment = self.runner.run(started)

    def go_on_until(self, condition: Callable[[], bool], seconds: float = 30.0) -> bool:
        """Let the supervisor do its work; whether `condition` came true in time."""
        deadline = time.monotonic() + seconds
        while not condition() and time.monotonic() < deadline:
            self.runner.run(asyncio.sleep(0.05))
        return condition()


@contextlib.contextmanager
def servers(folder: Path, throwaway: bool = True, **given: str) -> Iterator[Servers]:
    """With PostgreSQL and Valkey, save what `given` names, on the data in `folder`."""
    data = DataDir(folder)
    data.open()
    with asyncio.Runner() as runner:
        started = Servers(data, runner)
        try:
            started.start(throwaway, **given)
            yield started
        finally:
            runner.run(started.supervisor.stop())
            data.close()
