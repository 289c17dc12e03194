"""The environment that `make` installs into: made when needed, and only then."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from controltower.launcher import virtualenv
from tests.controltower.launcher.launching import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.fixture
def locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Locked files without any package: what is tested is when they are installed, not pip."""
    requirements = folder / "requirements"
    requirements.mkdir()
    for name in ("run", "development"):
        (requirements / f"{name}.txt").write_text(f"# {name}\n")
    monkeypatch.setattr(virtualenv, "REQUIREMENTS", requirements)
    return requirements


def stamp(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / virtualenv.STAMP).read_text())
    return found


@pytest.mark.slow
def test_it_is_made_once_and_again_when_the_locked_file_changes(folder: Path, locked: Path) -> None:
    place = folder / "venv"
    assert [virtualenv.ensure(place, "run") for _ in range(2)] == [True, False]
    (place / "left-over").touch()
    (locked / "run.txt").write_text("# run, newer\n")
    assert [virtualenv.ensure(place, "run") for _ in range(2)] == [True, False]
    assert (place / "left-over").exists() is False


@pytest.mark.slow
def test_the_larger_set_serves_both_and_is_added_to_the_smaller(folder: Path, locked: Path) -> None:
    place = folder / "venv"
    virtualenv.ensure(place, "run")
    (place / "kept").touch()
    assert [virtualenv.ensure(place, name) for name in ("development", "run")] == [True, False]
    assert (set(stamp(place)), (place / "kept").exists()) == ({"run", "development"}, True)


@pytest.mark.slow
def test_what_does_not_work_any_more_counts_as_nothing_installed(
    folder: Path, locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation that was broken off, and one whose Python was taken away."""
    place = folder / "venv"
    (locked / "run.txt").write_text("no-such-package==1 --hash=sha256:00\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(virtualenv.Unusable) as failed:
        virtualenv.ensure(place, "run")
    assert str(failed.value).startswith(f"This did not work: {place}/bin/python -m pip install")
    assert virtualenv.installed(place) == {}
    (place / virtualenv.STAMP).write_text('{"run": "installed"}')
    assert virtualenv.installed(place) == {"run": "installed"}
    (place / "bin" / "python").unlink()
    assert virtualenv.installed(place) == {}


def test_a_folder_that_is_something_else_is_left_alone(folder: Path, locked: Path) -> None:
    place = folder / "venv"
    place.mkdir()
    (place / "thesis.odt").touch()
    with pytest.raises(virtualenv.Unusable) as refused:
        virtualenv.ensure(place, "run")
    assert str(refused.value) == (
        f"{place} is no virtual environment; move it away or choose VENV=other."
    )
    assert (place / "thesis.odt").exists()


def test_an_environment_that_was_moved_is_another_one(folder: Path, locked: Path) -> None:
    """The programs in it name their Python by its full path."""
    marks = {virtualenv.fingerprint(folder / place, "run") for place in ("here", "there", "here")}
    assert len(marks) == 2


def make(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
def test_a_python_that_is_too_old_is_named_with_what_to_do(folder: Path) -> None:
    old = folder / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
    old.chmod(0o755)
    refused = make("run", f"PYTHON={old} no-such-python")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[:3] == [
        "Python 3.11 or newer is needed, and none of these is:",
        f"  {old}: Python 3.9.2",
        "  no-such-python: /bin/sh: 1: no-such-python: not found",
    ]
    assert "Name one with  PYTHON=/path/to/python3.12 make run" in refused.stderr


@needs_make
def test_make_help_names_every_target() -> None:
    (phony,) = [line for line in MAKEFILE.splitlines() if line.startswith(".PHONY:")]
    named = {line.split()[1] for line in make("help").stdout.splitlines() if line.startswith("m")}
    assert named == set(phony.split()[1:]) - {"help"}


def test_the_script_needs_nothing_that_is_not_in_python_itself() -> None:
    """It runs before anything is installed."""
    isolated = [sys.executable, "-I", "-S", str(ROOT / "controltower/launcher/virtualenv.py")]
    found = subprocess.run(isolated, capture_output=True, text=True, check=False)
    assert found.stderr.strip().splitlines()[-1] == (
        "ValueError: not enough values to unpack (expected 2, got 0)"
    )
