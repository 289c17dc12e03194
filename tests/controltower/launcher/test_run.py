"""`make run` without make: the whole product on one machine, from nothing, and once more."""

import os
import re
import signal
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from controltower.launcher import ports
from controltower.launcher.run import RULER
from tests.controltower.launcher.launching import Launcher, alive, family, new_folder, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]
PROGRAMS = {"postgres", "valkey", "simulator", "web", "worker", "beat"}


class Demo:
    """A running demo, and the address it announced."""

    def __init__(self, launcher: Launcher) -> None:
        self.launcher = launcher
        launcher.until_said("The control tower is ready", seconds=400)
        until(lambda: launcher.printed.read_text().count(RULER) == 2)
        printed = launcher.printed.read_text()
        (self.address,) = re.findall(r"is ready \(after [\d.]+ s\):  (\S+)", printed)
        (self.seconds,) = map(float, re.findall(r"is ready \(after ([\d.]+) s\)", printed))
        self.announcement = printed.split(RULER)[1]

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return int(answer.status)
        except OSError:
            return 0


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """From nothing; as everybody else's environment names no databases."""
    with new_folder() as folder:
        launcher = Launcher(folder, "run", PORT=str(ports.choose()))
        try:
            yield Demo(launcher)
        finally:
            launcher.end()


def test_it_says_once_where_it_is_and_who_may_sign_in(demo: Demo) -> None:
    logins = (demo.launcher.data / "demo-logins.txt").read_text().splitlines()
    assert demo.launcher.printed.read_text().count("The control tower is ready") == 1
    assert [line for line in logins if line not in demo.announcement] == []
    assert len(logins) >= 3


def test_every_program_of_the_product_runs_and_pages_are_served(demo: Demo) -> None:
    assert set(demo.launcher.programs()) == PROGRAMS
    assert (demo.status("/readyz"), demo.status("/")) == (200, 200)


@pytest.mark.parametrize("name", ["valkey", "postgres", "worker", "web"])
def test_a_program_that_is_killed_comes_back_and_so_does_the_tower(demo: Demo, name: str) -> None:
    killed = demo.launcher.programs()[name]
    os.kill(killed, signal.SIGKILL)
    assert until(lambda: demo.launcher.programs().get(name, killed) != killed)
    assert until(lambda: demo.status("/readyz") == 200, 60)


def test_only_the_owner_reads_what_it_keeps(demo: Demo) -> None:
    data = demo.launcher.data
    open_to_others = [
        path.name
        for path in data.iterdir()
        if not path.is_symlink() and path.stat().st_mode & 0o077
    ]
    assert open_to_others == []


def test_ctrl_c_leaves_nothing_and_the_next_start_is_quick(demo: Demo) -> None:
    """Last in this file: it stops the demo of the others."""
    first = demo.launcher
    everybody, begun = family(first.process.pid), time.monotonic()
    assert first.stop(signal.SIGINT) == 0
    assert (alive(*everybody), time.monotonic() - begun < 15) == ([], True)
    again = Demo(Launcher(first.data.parent, "run", PORT=str(ports.choose())))
    try:
        # 10 s on a machine that has nothing else to do.
        assert (again.seconds < 20, again.status("/readyz")) == (True, 200)
        assert again.launcher.stop(signal.SIGINT) == 0
    finally:
        again.launcher.end()
