"""Programs are started again when they die, and stopped with all their children."""

import asyncio
import io
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from controltower.launcher.leftovers import Notes
from controltower.launcher.log import Log
from controltower.launcher.processes import Program, Supervisor, together
from controltower.launcher.trouble import Trouble
from tests.controltower.launcher.launching import alive, pids, until

FOREVER = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); "


class Stage:
    """A supervisor with a log to read, and toy programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "running").mkdir()
        self.stream = io.StringIO()
        self.supervisor = Supervisor(Log(self.stream), Notes(folder / "running"))

    def program(self, name: str, code: str, patience: float = 5.0, quiet: bool = False) -> Program:
        command = (sys.executable, "-c", code)
        return Program(name, command, self.folder, {}, patience=patience, quiet=quiet)

    def lines(self) -> list[str]:
        """The log without its times."""
        return [line[9:] for line in self.stream.getvalue().splitlines()]

    async def said(self, text: str) -> None:
        async with asyncio.timeout(20):
            while not any(text in line for line in self.lines()):
                await asyncio.sleep(0.01)

    def play(self, scene: Callable[[], Awaitable[None]]) -> None:
        async def and_stop() -> None:
            try:
                await scene()
            finally:
                await self.supervisor.stop()

        asyncio.run(and_stop())


@pytest.fixture
def stage(folder: Path) -> Stage:
    return Stage(folder)


def test_every_line_of_a_program_is_logged_also_the_last_without_an_end(stage: Stage) -> None:
    async def scene() -> None:
        await stage.supervisor.run(
            stage.program("web", r"import sys; print('one\ntwo'); sys.stderr.write('three')")
        )

    stage.play(scene)
    assert sorted(stage.lines()) == ["web       | one", "web       | three", "web       | two"]


def test_a_very_long_line_and_bytes_that_are_no_text_are_logged(stage: Stage) -> None:
    code = r"import sys; sys.stdout.buffer.write(b'\xff' * 300_000 + b'\n')"

    async def scene() -> None:
        await stage.supervisor.run(stage.program("web", code))

    stage.play(scene)
    assert stage.lines() == ["web       | " + "\N{REPLACEMENT CHARACTER}" * 300_000]


@pytest.mark.parametrize(
    ("quiet", "logged", "complaint"),
    [
        (False, ["migrate   | no table"], " What it said stands above."),
        (True, [], " It said:\n    no table"),
    ],
)
def test_a_command_that_fails_says_why_once(
    stage: Stage, quiet: bool, logged: list[str], complaint: str
) -> None:
    program = stage.program("migrate", "print('no table'); exit(3)", quiet=quiet)

    async def scene() -> None:
        await stage.supervisor.run(program)

    with pytest.raises(Trouble) as failed:
        stage.play(scene)
    assert str(failed.value) == f"migrate ended with exit code 3.{complaint}"
    assert stage.lines() == logged


def test_the_first_of_several_commands_that_fails_ends_the_others(stage: Stage) -> None:
    async def scene() -> None:
        await together(
            stage.supervisor.run(stage.program("migrate", f"print('long', flush=True); {FOREVER}")),
            stage.supervisor.run(stage.program("static", "exit(1)")),
        )

    with pytest.raises(Trouble) as failed:
        stage.play(scene)
    assert str(failed.value).startswith("static ended with exit code 1.")
    assert pids(stage.folder) == {}


def test_a_program_that_is_not_there_is_named(stage: Stage) -> None:
    async def scene() -> None:
        stage.supervisor.start(Program("web", ("/no/such/program",), stage.folder, {}))

    with pytest.raises(Trouble, match="web cannot be started: "):
        stage.play(scene)


def test_a_program_that_dies_is_started_again(stage: Stage) -> None:
    async def scene() -> None:
        stage.supervisor.start(stage.program("web", f"print('up', flush=True); {FOREVER}"))
        await stage.said("up")
        first = pids(stage.folder)["web"]
        os.kill(first, signal.SIGKILL)
        await stage.said("starting it again")
        async with asyncio.timeout(10):
            while stage.lines().count("web       | up") < 2:
                await asyncio.sleep(0.01)
        assert pids(stage.folder)["web"] != first

    stage.play(scene)
    assert "launcher  | web was ended by signal 9 (Killed); starting it again in 0.5 s" in (
        stage.lines()
    )


@pytest.mark.slow
def test_a_program_that_keeps_dying_is_started_again_less_and_less_often(stage: Stage) -> None:
    async def scene() -> None:
        stage.supervisor.start(stage.program("web", "exit(1)"))
        await stage.said("in 2 s")

    stage.play(scene)
    assert stage.lines() == [
        "launcher  | web ended with exit code 1; starting it again in 0.5 s",
        "launcher  | web ended with exit code 1; starting it again in 1 s",
        "launcher  | web ended with exit code 1; starting it again in 2 s",
    ]


def test_the_last_layer_started_is_the_first_one_stopped(stage: Stage) -> None:
    code = (
        "import os, signal, sys, time; "
        # Not printed: the signal may come while 'up' is still being flushed.
        "signal.signal(15, lambda *_: os.write(1, b'bye\\n') and sys.exit()); "
        "print('up', flush=True); time.sleep(600)"
    )

    async def scene() -> None:
        for name in ("postgres", "simulator", "web"):
            stage.supervisor.start(stage.program(name, code))
            await stage.said(f"{name:<9} | up")

    stage.play(scene)
    assert stage.lines()[3:] == [
        "web       | bye",
        "simulator | bye",
        "postgres  | bye",
    ]
    assert list((stage.folder / "running").iterdir()) == []


def test_a_program_that_does_not_listen_is_ended_by_force(stage: Stage) -> None:
    async def scene() -> None:
        stage.supervisor.start(stage.program("worker", DEAF + "time.sleep(600)", patience=0.3))
        await stage.said("deaf")

    begun = time.monotonic()
    stage.play(scene)
    assert time.monotonic() - begun < 5
    assert stage.lines()[-1] == ("launcher  | worker did not stop within 0.3 s: ending it by force")


def test_the_children_of_a_dead_program_are_ended_before_it_starts_again(stage: Stage) -> None:
    """Such as the processes of a Celery pool whose parent was killed."""
    code = (
        f"import subprocess, sys, time; deaf = {DEAF!r} + 'time.sleep(600)'; "
        "child = subprocess.Popen([sys.executable, '-c', deaf]); "
        "print(f'child {child.pid}.', flush=True); time.sleep(600)"
    )

    async def scene() -> None:
        stage.supervisor.start(stage.program("worker", code))
        await stage.said("child")
        await stage.said("deaf")
        child = int(stage.stream.getvalue().split("child ")[1].split(".")[0])
        assert alive(child) == [child]
        os.kill(pids(stage.folder)["worker"], signal.SIGKILL)
        await stage.said("starting it again")
        assert until(lambda: alive(child) == [], 2)

    stage.play(scene)


def test_a_program_that_never_gets_ready_is_complained_about_in_its_own_words(
    stage: Stage,
) -> None:
    async def scene() -> None:
        (web,) = stage.supervisor.start(
            stage.program("web", f"print('why', flush=True); {FOREVER}")
        )
        await stage.said("why")
        await web.ready(lambda: False, 0.1)

    with pytest.raises(Trouble) as failed:
        stage.play(scene)
    assert str(failed.value) == ("web is not ready after 0.1 seconds. What it said stands above.")


def test_somebody_in_a_hurry_ends_everything_at_once(stage: Stage) -> None:
    async def scene() -> None:
        stage.supervisor.start(stage.program("worker", DEAF + "time.sleep(600)", patience=60.0))
        await stage.said("deaf")
        asyncio.get_running_loop().call_later(0.1, stage.supervisor.kill)

    begun = time.monotonic()
    stage.play(scene)
    assert time.monotonic() - begun < 10
    assert pids(stage.folder) == {}
