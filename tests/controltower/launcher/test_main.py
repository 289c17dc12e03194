"""The launcher as people start and stop it: a process of its own and the signals that it gets."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psycopg
import pytest

from tests.controltower.launcher.launching import ROOT, Launcher, alive, family, until

pytestmark = pytest.mark.slow
Launch = Callable[..., Launcher]
READY = "PostgreSQL and Valkey are ready"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children on Linux")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@LINUX
def test_it_stops_everything_within_seconds(launch: Launch, number: int) -> None:
    launcher = launch("databases")
    launcher.until_said(READY)
    everybody = family(launcher.process.pid)
    assert (len(everybody) > 5, set(launcher.programs())) == (True, {"postgres", "valkey"})
    assert launcher.stop(number, seconds=30) == 0
    assert (alive(*everybody), launcher.programs()) == ([], {})
    assert launcher.printed.read_text().endswith("stopped; nothing is left running\n")


def test_ctrl_c_while_it_is_still_starting_stops_everything_too(launch: Launch) -> None:
    launcher = launch("databases")
    assert until(lambda: "initdb" in launcher.programs())
    launcher.stop(signal.SIGINT, seconds=30)
    assert launcher.programs() == {}
    again = launch("databases")
    again.until_said(READY)


@LINUX
def test_killed_itself_it_leaves_nothing_running(launch: Launch) -> None:
    launcher = launch("databases")
    launcher.until_said(READY)
    everybody = family(launcher.process.pid)
    launcher.process.kill()
    launcher.process.wait()
    assert until(lambda: alive(*everybody) == [], 10)


def test_what_a_killed_launcher_could_not_stop_is_stopped_by_the_next_one(launch: Launch) -> None:
    first = launch("databases")
    first.until_said(READY)
    old = first.programs()
    # Stopped, neither can follow the launcher on its own.
    for pid in old.values():
        os.kill(pid, signal.SIGSTOP)
    first.process.kill()
    first.process.wait()
    assert set(alive(*old.values())) == set(old.values())
    second = launch("databases")
    for pid in old.values():
        os.kill(pid, signal.SIGCONT)
    second.until_said(READY)
    assert (alive(*old.values()), set(second.programs())) == ([], {"postgres", "valkey"})


def test_a_second_launcher_on_the_same_data_is_refused(launch: Launch) -> None:
    first = launch("databases")
    first.until_said(READY)
    second = launch("databases")
    assert second.process.wait(20) == 1
    assert second.said(f"Already running: process {first.process.pid} uses {first.data}.")
    cleaning = launch("clean-data")
    assert (cleaning.process.wait(20), first.data.exists()) == (1, True)


def test_the_environment_of_what_runs_is_printed_for_use_by_hand(launch: Launch) -> None:
    launcher = launch("databases")
    launcher.until_said(READY)
    printed = launch("env")
    assert printed.process.wait(20) == 0
    script = f"{printed.printed.read_text()}\necho $DATABASE_URL"
    url = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    with psycopg.connect(url.strip()) as connection:
        assert connection.execute("SELECT current_user").fetchall() == [("controltower",)]
    launcher.stop()
    nothing = launch("env")
    assert nothing.process.wait(20) == 1
    assert nothing.said(f"Nothing is running on {launcher.data}: start it with `make run`.")


def test_clean_data_removes_everything(launch: Launch) -> None:
    launcher = launch("databases")
    launcher.until_said(READY)
    launcher.stop()
    cleaning = launch("clean-data")
    assert (cleaning.process.wait(20), launcher.data.exists()) == (0, False)
    again = launch("clean-data")
    assert (again.process.wait(20), again.said("nothing to remove")) == (0, True)


def test_a_port_in_use_is_said_before_anything_is_started(launch: Launch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        launcher = launch("run", PORT=str(port))
        assert launcher.process.wait(20) == 1
    assert launcher.said(f"\nPort {port} is in use by another program")
    assert sorted(path.name for path in launcher.data.iterdir()) == ["launcher.lock"]


def test_pytest_gets_its_arguments_and_its_exit_code_comes_back(
    launch: Launch, folder: Path
) -> None:
    """A suite within the suite, on databases of its own that are gone afterwards."""
    (folder / "test_inner.py").write_text(
        "import os, psycopg\n"
        "def test_one(): psycopg.connect(os.environ['DATABASE_URL']).close()\n"
        "def test_two(): assert os.environ['DATA_DIR'] == ''\n"
    )
    temporary = folder / "temporary"
    temporary.mkdir()
    temporary.chmod(0o711)
    launcher = launch(
        *("test", "-p", "no:django", "-o", "addopts=", "-q", str(folder / "test_inner.py")),
        TMPDIR=str(temporary),
    )
    assert launcher.process.wait(240) == 1
    assert launcher.said("1 failed, 1 passed")
    assert list(temporary.glob("tower-*")) == []


def as_nobody(command: list[str], folder: Path, output: IO[str]) -> "subprocess.Popen[str]":
    """With packages of this environment, in case its Python lies where others cannot go."""
    path = os.pathsep.join([str(ROOT), *(p for p in sys.path if p.endswith("site-packages"))])
    return subprocess.Popen(
        command,
        env={"PYTHONPATH": path, "PATH": os.defpath, "DATA_DIR": str(folder / "data")},
        cwd="/",
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        user=65534,
        group=65534,
        extra_groups=[],
    )


def python_of_nobody(folder: Path) -> str:
    """One that another user can run, and that can import the launcher; skips when there is none."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = [python, "-c", "import controltower.launcher.__main__"]
        with contextlib.suppress(OSError), (folder / "tried").open("w") as output:
            if as_nobody(command, folder, output).wait(60) == 0:
                return python
    pytest.skip("another user can read neither this checkout nor a Python for it")


def test_an_ordinary_user_needs_no_rights(folder: Path) -> None:
    """As root we become one."""
    if os.geteuid() != 0:
        pytest.skip("everything here runs as an ordinary user already")
    os.chown(folder, 65534, 65534)
    python, printed = python_of_nobody(folder), folder / "printed"
    with printed.open("w") as output:
        command = [python, "-m", "controltower.launcher", "databases"]
        process = as_nobody(command, folder, output)
    try:
        assert until(lambda: READY in printed.read_text(), 60)
        assert (folder / "data" / "servers" / "postgres").stat().st_uid == 65534
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
