"""Programs that are kept running: started, logged, started again when they die, stopped in order.

Each program leads a session of its own, so Ctrl-C in the terminal reaches only the launcher, which
then stops everything in the right order, and a program's own children can be found and ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controltower.launcher.leftovers import Notes
from controltower.launcher.log import Log
from controltower.launcher.trouble import Trouble
from controltower.launcher.unprivileged import Account

POLL = 0.05  # seconds between looks at a process
FIRST_DELAY = 0.5  # seconds before a dead program is started again; doubled each time, up to
LONGEST_DELAY = 30.0
STEADY = 30.0  # a program that ran this long starts again with the first delay
GIVE_UP = 5  # deaths before a program was ever ready
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, and how to stop it."""

    name: str
    command: tuple[str, ...]  # the first is a full path: PostgreSQL finds its files by it
    directory: Path
    environment: Mapping[str, str]
    account: Account | None = None  # to drop to; None: as we are
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 5.0  # seconds from stop_signal to SIGKILL
    quiet: bool = False  # its output is shown only in a complaint


class Output:
    """Cuts what a program writes into lines for the log; keeps the last ones for a complaint."""

    def __init__(self, name: str, log: Log | None) -> None:
        self.name = name
        self.log = log
        self.pipe: int | None = None
        self.rest = b""
        self.last: deque[str] = deque(maxlen=40)

    def open(self) -> int:
        """The end that the program writes to; the caller closes it once the program has it."""
        self.pipe, writer = os.pipe()
        os.set_blocking(self.pipe, False)
        asyncio.get_running_loop().add_reader(self.pipe, self.read)
        return writer

    def read(self) -> bool:
        """Take what is there; False when there is nothing more."""
        if self.pipe is None:
            return False
        try:
            data = os.read(self.pipe, 65536)
        except BlockingIOError:
            return False
        if not data:
            self.close()
        *lines, self.rest = (self.rest + data).split(b"\n")
        self._write(lines)
        return bool(data)

    def close(self) -> None:
        if self.pipe is not None:
            asyncio.get_running_loop().remove_reader(self.pipe)
            os.close(self.pipe)
            self.pipe = None
            self._write([self.rest] if self.rest else [])
            self.rest = b""

    def _write(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            text = line.decode(errors="replace").rstrip()
            self.last.append(text)
            if self.log:
                self.log.line(self.name, text)


def die_with(parent: int, number: int) -> None:
    """In the new process: have the kernel send `number` when the launcher is gone (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)  # it was gone before we asked


def spawn(program: Program, output: int) -> subprocess.Popen[bytes]:
    """Raises Trouble when the program cannot be started at all."""
    who = program.account
    try:
        return subprocess.Popen(
            program.command,
            cwd=program.directory,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=who.uid if who else None,
            group=who.gid if who else None,
            extra_groups=[] if who else None,
            # After the change of user, which would clear it; safe, as the launcher has one thread.
            preexec_fn=functools.partial(die_with, os.getpid(), program.stop_signal),  # noqa: PLW1509
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Trouble(f"{program.name} cannot be started: {error}") from None


class Child:
    """One program, kept running from keep() to stop()."""

    def __init__(self, program: Program, log: Log, notes: Notes) -> None:
        self.program = program
        self.log = log
        self.notes = notes
        self.output = Output(program.name, None if program.quiet else log)
        self.deaths = 0
        self.process: subprocess.Popen[bytes] | None = None  # None: not started, or buried
        self.keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Raises Trouble when the program cannot be started at all."""
        writer = self.output.open()
        try:
            self.process = spawn(self.program, writer)
        except Trouble:
            self.output.close()
            raise
        finally:
            os.close(writer)
        self.notes.write(self.program.name, self.process.pid, self.program.stop_signal)

    def keep(self) -> None:
        """Start it, and from now on again whenever it dies."""
        self.start()
        self.keeper = asyncio.create_task(self._keep_running())

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def ended(self) -> int:
        """Waits for the end; the exit code, or minus the signal's number."""
        process = self.process
        assert process is not None
        while (code := process.poll()) is None:
            await asyncio.sleep(POLL)
        if self.process is process:  # nobody else who waited was faster
            self._bury()
        return code

    def _bury(self) -> None:
        """End what the dead program left of its process group, and take its last words."""
        self._send_group()
        while self.output.read():
            pass
        self.output.close()
        self.notes.remove(self.program.name)
        self.process = None

    async def _keep_running(self) -> None:
        delay = FIRST_DELAY
        while True:
            since = time.monotonic()
            code = await self.ended()
            self.deaths += 1
            if time.monotonic() - since > STEADY:
                delay = FIRST_DELAY
            self.say(f"{_manner(code)}; starting it again in {delay:g} s")
            delay = await self._start_again(delay)

    async def _start_again(self, delay: float) -> float:
        """Starts it after `delay` seconds, or later; returns the delay for the next time."""
        while self.process is None:
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
            try:
                self.start()
            except Trouble as trouble:
                self.say(f"is still down: {trouble}")
        return delay

    def say(self, text: str) -> None:
        self.log.say(f"{self.program.name} {text}")

    async def stop(self) -> None:
        """Ask it to stop, wait for its patience, then end it and all its children by force."""
        if self.keeper:
            self.keeper.cancel()
            await asyncio.gather(self.keeper, return_exceptions=True)
        if self.process is None:
            return
        self.process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(self.ended(), self.program.patience)
        except TimeoutError:
            self.say(f"did not stop within {self.program.patience:g} s: ending it by force")
            self._send_group()
            await self.ended()

    def kill(self) -> None:
        if self.runs():
            self._send_group()

    def _send_group(self) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def ready(self, probe: Callable[[], bool], seconds: float) -> None:
        """Wait until `probe` says yes.

        Raises Trouble when the program keeps dying or is not ready after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not (self.runs() and probe()):
            if self.deaths >= GIVE_UP:
                raise self.complaint("does not start")
            if time.monotonic() > deadline:
                raise self.complaint(f"is not ready after {seconds:g} seconds")
            await asyncio.sleep(POLL)

    def complaint(self, what: str) -> Trouble:
        """With the program's own words, unless the log has them already."""
        said = f"{self.program.name} {what}."
        if not self.program.quiet:
            return Trouble(f"{said} What it said stands above.")
        return Trouble("\n    ".join([f"{said} It said:", *self.output.last]))


def _manner(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by signal {-code} ({signal.strsignal(-code)})"


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """All at the same time; the first that fails cancels the others, and its error is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


class Supervisor:
    """All children of one run, in layers: the last layer started is the first one stopped."""

    def __init__(self, log: Log, notes: Notes) -> None:
        self.log = log
        self.notes = notes
        self.layers: list[list[Child]] = []

    def start(self, *programs: Program) -> list[Child]:
        """Start a layer and keep it running."""
        self.layers.append([])
        return self.add(*programs)

    def add(self, *programs: Program) -> list[Child]:
        """Start programs beside those of the last layer: they will be stopped together."""
        children = [Child(program, self.log, self.notes) for program in programs]
        for child in children:
            self.layers[-1].append(child)
            child.keep()
        return children

    async def run(self, program: Program) -> None:
        """Run a program that ends by itself.

        Raises Trouble, with what it wrote, when it fails.
        """
        child = Child(program, self.log, self.notes)
        layer = [child]
        self.layers.append(layer)
        child.start()
        code = await child.ended()
        self.layers.remove(layer)
        if code != 0:
            raise child.complaint(_manner(code))

    async def stop(self) -> None:
        """Stop everything, layer by layer, the last started first."""
        while self.layers:
            await asyncio.gather(*(child.stop() for child in self.layers[-1]))
            self.layers.pop()

    def kill(self) -> None:
        """End everything at once, for somebody who cannot wait."""
        for child in (child for layer in self.layers for child in layer):
            child.kill()
