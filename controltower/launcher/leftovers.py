"""Programs that outlived a launcher which was killed without a chance to stop them.

Each running program has a note with its process id and the instant it was started. A process is
only ever ended when both still agree: a process id alone may long belong to somebody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from controltower.launcher.log import Log


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a started program."""

    pid: int
    started: str  # see started(): equal only for the very same process
    stop_signal: int
    data_dir: str  # a copied DATA_DIR must not end the programs of the original


def started(pid: int) -> str | None:
    """The instant `pid` was started, as text that no other process shares; None if it is gone."""
    if sys.platform != "linux":
        asked = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return asked.stdout.strip() or None
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    # The name, in parentheses, may hold anything; the fields after it are: state, parent, ...
    fields = status.rpartition(")")[2].split()
    return None if fields[0] == "Z" else f"{boot}:{fields[19]}"


class Notes:
    """The notes in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_dir = str(folder.parent)

    def write(self, name: str, pid: int, stop_signal: signal.Signals) -> None:
        """Whoever reads finds the whole note, or none."""
        note = Note(pid, started(pid) or "", stop_signal, self.data_dir)
        half = self.folder / f"{name}.half"
        half.write_text(json.dumps(asdict(note)))
        half.replace(self.folder / f"{name}.json")

    def remove(self, name: str) -> None:
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    def left(self) -> dict[str, Note]:
        """The notes about programs of this folder, by name, whether they still run or not."""
        read = {path.stem: _read(path) for path in self.folder.glob("*.json")}
        return {
            name: note for name, note in read.items() if note and note.data_dir == self.data_dir
        }

    def stop_all(self, log: Log, patience: float = 10.0) -> None:
        """Stop what an earlier launcher left behind; after `patience` seconds by force."""
        left = self.left()
        for name, note in left.items():
            if _same(note):
                log.say(
                    f"{name} (process {note.pid}) is left over from an earlier run: stopping it"
                )
                _send(note.pid, note.stop_signal)
        deadline = time.monotonic() + patience
        while any(map(_same, left.values())) and time.monotonic() < deadline:
            time.sleep(0.05)
        for note in left.values():
            _end_by_force(note)
        for path in self.folder.glob("*.json"):
            path.unlink()


def _read(path: Path) -> Note | None:
    try:
        return Note(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _same(note: Note) -> bool:
    return bool(note.started) and started(note.pid) == note.started


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _end_by_force(note: Note) -> None:
    """End the program, and the children that it left in its process group."""
    children = _children_left(note)
    if _same(note):
        _send(note.pid, signal.SIGKILL)
    for pid in children:
        _send(pid, signal.SIGKILL)


def _children_left(note: Note) -> list[int]:
    """Processes of the group that also carry our DATA_DIR in their environment (Linux only)."""
    mark = f"DATA_DIR={note.data_dir}".encode()
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pid = int(path.name)
            if os.getpgid(pid) == note.pid and mark in (path / "environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found
