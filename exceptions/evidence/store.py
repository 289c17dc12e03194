"""The bytes of files, in a folder outside of everything that is served, by their SHA-256.

A file is written beside its place, hashed while it comes in, and moved there once it is whole; the
same bytes are kept once. What is read is hashed again: evidence that was changed on the disk is
Damaged, and shown to nobody.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

PART = 64 * 1024
INCOMING = "incoming"


class TooLarge(Exception):
    """More bytes came than one file may have."""


class Damaged(Exception):
    """The bytes are gone, or are not those that were stored."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A whole file that has no place yet."""

    path: Path
    size: int
    sha256: str


@contextmanager
def incoming(parts: Iterable[bytes], *, most: int) -> Iterator[Incoming]:
    """Write what comes in, to be looked at and kept. What is not kept is gone afterwards.

    Raises TooLarge at the first byte over `most`; at no time is more than that on the disk.
    """
    folder = settings.TOWER_EVIDENCE_DIR / INCOMING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            size, sha256 = _written(parts, file, most)
        yield Incoming(path, size, sha256)
    finally:
        path.unlink(missing_ok=True)


def _written(parts: Iterable[bytes], file: BinaryIO, most: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for part in parts:
        size += len(part)
        if size > most:
            raise TooLarge
        digest.update(part)
        file.write(part)
    file.flush()
    os.fsync(file.fileno())
    return size, digest.hexdigest()


def keep(file: Incoming) -> None:
    """Give the file its place. Twice is as once."""
    place = place_of(file.sha256)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.path.chmod(0o400)
    file.path.replace(place)


def place_of(sha256: str) -> Path:
    return Path(settings.TOWER_EVIDENCE_DIR) / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def opened(sha256: str) -> Iterator[BufferedReader]:
    """The file, read through once to prove that it is what was stored. Raises Damaged."""
    with proven(sha256) as file:
        yield file


def proven(sha256: str) -> BufferedReader:
    """The open file, to be closed by the caller. Raises Damaged."""
    try:
        file = place_of(sha256).open("rb")
    except OSError:
        raise Damaged from None
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        raise Damaged
    file.seek(0)
    return file
