"""The account that the database servers run as.

PostgreSQL refuses to run as root. An ordinary user starts it as itself; root drops to an account
without rights. That account can often not enter root's own folders, so `reaches` asks the kernel.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from controltower.launcher.trouble import Trouble

VARIABLE = "TOWER_SERVER_USER"
DEFAULT = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A system user to drop to."""

    name: str
    uid: int
    gid: int


def account() -> Account | None:
    """Whom root drops to ("nobody", or TOWER_SERVER_USER); None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    name = os.environ.get(VARIABLE) or DEFAULT
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise Trouble(
            f"There is no user {name!r} on this machine; name one in {VARIABLE}."
        ) from None
    if entry.pw_uid == 0:
        raise Trouble(f"{VARIABLE}={name} is root; PostgreSQL does not run as root.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reaches(who: Account | None, path: Path, right: Literal["r", "w", "x"]) -> bool:
    """Whether `who` (None: ourselves) has `right` on `path`.

    Asked by becoming that account: mode bits alone know nothing of access lists and mount options.
    """
    question = ["/bin/sh", "-c", f'test -{right} "$1"', "sh", str(path)]
    asked = subprocess.run(
        question,
        cwd="/",
        env={},
        user=who.uid if who else None,
        group=who.gid if who else None,
        extra_groups=[] if who else None,
        check=False,
    )
    return asked.returncode == 0
