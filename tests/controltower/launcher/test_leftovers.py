"""What a launcher that was killed left behind, and what only looks like it."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from controltower.launcher.leftovers import Notes, started
from controltower.launcher.log import Log
from tests.controltower.launcher.launching import alive, until

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def notes(folder: Path) -> Notes:
    (folder / "running").mkdir()
    return Notes(folder / "running")


def sleeper(**environment: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(SLEEP, start_new_session=True, env=os.environ | environment)


def test_a_program_left_over_is_stopped_and_its_note_removed(notes: Notes) -> None:
    program, stream = sleeper(), io.StringIO()
    notes.write("web", program.pid, signal.SIGTERM)
    notes.stop_all(Log(stream))
    assert program.wait(5) == -signal.SIGTERM
    assert list(notes.folder.iterdir()) == []
    assert stream.getvalue().endswith(
        f"web (process {program.pid}) is left over from an earlier run: stopping it\n"
    )


def test_a_program_that_does_not_listen_is_ended_by_force(notes: Notes) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); "
    program = subprocess.Popen(
        [sys.executable, "-c", deaf + "time.sleep(600)"],
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == b"1\n"
    notes.write("worker", program.pid, signal.SIGTERM)
    notes.stop_all(Log(io.StringIO()), patience=0.2)
    assert program.wait(5) == -signal.SIGKILL
    program.stdout.close()


def test_a_stranger_with_the_same_process_id_is_left_alone(notes: Notes) -> None:
    stranger = sleeper()
    notes.write("web", stranger.pid, signal.SIGTERM)
    note = json.loads((notes.folder / "web.json").read_text())
    note["started"] = "another instant"
    (notes.folder / "web.json").write_text(json.dumps(note))
    notes.stop_all(Log(io.StringIO()))
    assert alive(stranger.pid) == [stranger.pid]
    stranger.kill()
    stranger.wait()


def test_a_copied_folder_does_not_stop_the_programs_of_the_original(
    notes: Notes, tmp_path: Path
) -> None:
    program = sleeper()
    notes.write("web", program.pid, signal.SIGTERM)
    copy = tmp_path / "running"
    copy.mkdir()
    (copy / "web.json").write_bytes((notes.folder / "web.json").read_bytes())
    Notes(copy).stop_all(Log(io.StringIO()))
    assert alive(program.pid) == [program.pid]
    assert list(copy.iterdir()) == []
    notes.stop_all(Log(io.StringIO()))
    program.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_children_of_a_program_that_is_gone_are_ended(notes: Notes) -> None:
    """The worker was killed as well; the processes that it had started lived on."""
    parent = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True)"
    program = subprocess.Popen(
        [sys.executable, "-c", parent, *SLEEP],
        start_new_session=True,
        stdout=subprocess.PIPE,
        env=os.environ | {"DATA_DIR": notes.data_dir},
    )
    notes.write("worker", program.pid, signal.SIGTERM)
    assert program.stdout is not None
    child = int(program.stdout.readline())
    program.wait()
    notes.stop_all(Log(io.StringIO()))
    assert until(lambda: alive(child) == [])
    program.stdout.close()


def test_a_process_is_told_from_all_others_by_the_instant_it_was_started() -> None:
    one, other = sleeper(), sleeper()
    assert started(one.pid) == started(one.pid)
    for program in (one, other):
        program.kill()
        program.wait()
    assert (started(one.pid), started(other.pid)) == (None, None)
