"""DATA_DIR: everything that `make run` keeps, and who may use it when.

launcher.lock      held by the launcher that is running (its process id inside)
secrets.env        the installation's own secrets (mode 600)
ports.json         ports of the last run, so that addresses stay the same
environment        what the running programs were given (mode 600; gone when stopped)
running/           one note for each running program, for cleaning up after a kill -9
servers/           PostgreSQL's and Valkey's files, or a link to where they had to be put
static/ evidence/ simulator/ beat/ demo-logins.txt
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path

from controltower.launcher import unprivileged
from controltower.launcher.trouble import Trouble

LOCK = "launcher.lock"
# Where root can put files that an account without rights reaches, when DATA_DIR is out of reach.
SHELTERS = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 (ownership is checked before use)


class DataDir:
    """The folder of one installation; `path` is absolute."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.lock: int | None = None
        self.environment_file = self.path / "environment"

    def open(self) -> None:
        """Make the folder if needed and hold it until this process ends.

        Raises Trouble when it is not ours to fill, cannot be written, or is in use.
        """
        try:
            self._make()
            self.lock = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Trouble(
                f"Cannot write to {self.path}: {error.strerror}.\n"
                "Name a folder of your own:  DATA_DIR=/path/to/folder make run"
            ) from None
        self._hold(self.lock)

    def _make(self) -> None:
        if self.path.is_dir() and not (self.path / LOCK).exists() and any(self.path.iterdir()):
            raise Trouble(
                f"{self.path} has other files in it; DATA_DIR must be a new or an empty folder."
            )
        # Others may pass through (the database account must), but not look around.
        make_folder(self.path, 0o711 if os.geteuid() == 0 else 0o700, parents=True)

    def _hold(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(lock, 100, 0).decode().strip()
            raise Trouble(
                f"Already running: process {owner} uses {self.path}. Stop it with Ctrl-C in its "
                f"terminal or `kill {owner}`, or start a second one beside it:\n"
                "    PORT=8001 DATA_DIR=.data-2 make run"
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None

    def folder(self, name: str) -> Path:
        """A sub-folder, made if needed, for our own eyes only."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def ports(self) -> dict[str, int]:
        path = self.path / "ports.json"
        try:
            return {str(name): int(port) for name, port in json.loads(path.read_text()).items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}  # only a preference: a free port is found without it

    def remember_ports(self, ports: dict[str, int]) -> None:
        (self.path / "ports.json").write_text(json.dumps(self.ports() | ports))

    def servers(self, who: unprivileged.Account | None) -> Path:
        """The folder for the servers' files, owned by `who` and closed to everybody else.

        It is DATA_DIR/servers where `who` can get there. Inside a home that others cannot enter it
        is a new folder elsewhere, and DATA_DIR/servers a link to it, so the next start finds it.
        """
        path = self.path / "servers"
        if not path.exists():
            path.unlink(missing_ok=True)  # a link into nowhere
            self._make_servers(path, who)
        return path.resolve()

    def _make_servers(self, path: Path, who: unprivileged.Account | None) -> None:
        if who is None:
            path.mkdir(mode=0o700)
        elif unprivileged.reaches(who, self.path, "x"):
            path.mkdir(mode=0o700)
            os.chown(path, who.uid, who.gid)
        else:
            place = shelter(who) / f"data-{os.urandom(6).hex()}"
            place.mkdir(mode=0o700)
            os.chown(place, who.uid, who.gid)
            path.symlink_to(place)

    def remove(self) -> None:
        """Remove everything, also what had to be put elsewhere."""
        servers = self.path / "servers"
        if servers.is_symlink():
            place = servers.readlink()
            if place.parent.parent in SHELTERS and place.name.startswith("data-"):
                shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(self.path)


def make_folder(path: Path, mode: int, parents: bool) -> None:
    """With exactly this mode, whatever our umask is; one that exists keeps the mode it has."""
    try:
        path.mkdir(mode, parents=parents)
    except FileExistsError:
        return
    path.chmod(mode)


def shelter(who: unprivileged.Account) -> Path:
    """A folder of root's that `who` may enter, for files that must lie outside a closed home.

    Raises Trouble when no such folder can be made.
    """
    for parent in SHELTERS:
        place = parent / "controltower"
        try:
            make_folder(place, 0o755, parents=False)
            found = place.lstat()
        except OSError:
            continue
        ours = place.is_dir() and not place.is_symlink() and found.st_uid == os.geteuid()
        if ours and not found.st_mode & 0o022 and unprivileged.reaches(who, place, "x"):
            return place
    raise Trouble(
        f"The database servers run as {who.name!r}, who cannot enter this folder, and no other "
        f"place could be made in {' or '.join(map(str, SHELTERS))}.\n"
        f"Name a folder that everybody may enter:  DATA_DIR=/srv/controltower make run"
    )
