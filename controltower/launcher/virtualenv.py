"""Makes .venv with exactly the locked packages: `python virtualenv.py FOLDER run|development`.

Run as a file, by the machine's own Python and before anything is installed, so it uses the
standard library only. A stamp in the folder says what was installed from which locked file; when
that file has changed, the folder is made anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
STAMP = "installed.json"
# A set contains the ones after it.
CONTAINS = {"run": ("run", "development"), "development": ("development",)}


class Unusable(Exception):
    """No virtual environment can be made; says what to do."""


def ensure(folder: Path, wanted: str) -> bool:
    """Make `folder` hold the packages of the set `wanted`; False when it did already."""
    with _alone(folder):
        stamp = installed(folder)
        if any(stamp.get(name) == fingerprint(folder, name) for name in CONTAINS[wanted]):
            return False
        fresh = stamp.get("run") == fingerprint(folder, "run")  # the larger set only adds to it
        begun = time.monotonic()
        if not fresh:
            _create(folder)
        _install(folder, wanted)
        _write_stamp(folder, stamp if fresh else {}, wanted)
        print(f"{folder}: ready after {time.monotonic() - begun:.0f} s", flush=True)
        return True


def fingerprint(folder: Path, name: str) -> str:
    """Of the locked file of set `name`, of the Python, and of the place: it cannot be moved."""
    locked = (REQUIREMENTS / f"{name}.txt").read_bytes()
    place = f"{sys.version_info.major}.{sys.version_info.minor} {folder.absolute()}"
    return hashlib.sha256(locked + place.encode()).hexdigest()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two `make` at the same time: the second one waits, and then finds the work done."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        handle = os.open(folder.parent, os.O_RDONLY)
        stack.callback(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def installed(folder: Path) -> dict[str, str]:
    """The sets in `folder` with their fingerprints; none when its Python is gone or broken."""
    python = folder / "bin" / "python"
    try:
        stamp = json.loads((folder / STAMP).read_text())
        subprocess.run([python, "-c", ""], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(folder: Path, before: dict[str, str], wanted: str) -> None:
    (folder / STAMP).write_text(json.dumps(before | {wanted: fingerprint(folder, wanted)}))


def _create(folder: Path) -> None:
    print(f"{folder}: new virtual environment, Python {sys.version.split()[0]}", flush=True)
    if folder.exists() and not (folder / "pyvenv.cfg").exists() and any(folder.iterdir()):
        raise Unusable(f"{folder} is no virtual environment; move it away or choose VENV=other.")
    pip = importlib.util.find_spec("ensurepip") is not None
    _run([sys.executable, "-m", "venv", "--clear", *([] if pip else ["--without-pip"]), folder])


def _install(folder: Path, wanted: str) -> None:
    locked = REQUIREMENTS / f"{wanted}.txt"
    print(f"{folder}: installing {locked.name} (this takes a minute the first time)", flush=True)
    options = ["--require-hashes", "--quiet", "--disable-pip-version-check", "--requirement"]
    _run([*_pip(folder), "install", *options, locked])


def _pip(folder: Path) -> list[str | Path]:
    """The environment's own pip, or the machine's where Debian's python3-venv is missing."""
    python = folder / "bin" / "python"
    own: list[str | Path] = [python, "-m", "pip"]
    if subprocess.run([*own, "--version"], check=False, capture_output=True).returncode == 0:
        return own
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", python]
    raise Unusable(
        f"{sys.executable} has neither `ensurepip` nor `pip`, so nothing can be installed.\n"
        "On Debian and Ubuntu:  apt install python3-venv"
    )


def _run(command: list[str | Path]) -> None:
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unusable(f"This did not work: {' '.join(map(str, command))}") from error


def main() -> int:
    folder, wanted = sys.argv[1:]
    try:
        ensure(Path(folder), wanted)
    except Unusable as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{folder} cannot be used: {error}. Choose another:  VENV=...\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
