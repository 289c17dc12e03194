"""Sealed packs: whether every file in one is what it was. Needs neither a tower nor a database.

    python -m exceptions.seals FILE

A pack is a ZIP, or the folder that it was unpacked into. `SHA256SUMS` lists every other file, so
that `sha256sum -c SHA256SUMS` says the same; here the chain of the history is counted as well.
"""

import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from exceptions import chains

SUMS, MANIFEST, HISTORY = "SHA256SUMS", "manifest.json", "audit/history.json"
PART = 1024 * 1024


class NoPack(Exception):
    """The file is no sealed pack; the text says why."""


class Pack(Protocol):
    """The files of a pack."""

    def names(self) -> list[str]: ...
    def open(self, name: str) -> IO[bytes]: ...


class _Zipped:
    def __init__(self, path: Path) -> None:
        try:
            self.file = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile):
            raise NoPack(f"{path} is no ZIP, or is broken.") from None

    def names(self) -> list[str]:
        return self.file.namelist()

    def open(self, name: str) -> IO[bytes]:
        return self.file.open(name)


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        found = (each for each in self.path.rglob("*") if each.is_file())
        return [each.relative_to(self.path).as_posix() for each in found]

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")


def faults(path: Path) -> Iterator[str]:
    """A sentence for each file that is not what it was; none when the pack is whole.

    Raises NoPack.
    """
    pack: Pack = _Folder(path) if path.is_dir() else _Zipped(path)
    sums = _sums(pack, path)
    there = pack.names()
    for name in sorted(sums.keys() - set(there)):
        yield f"{name} is missing."
    for name in sorted(set(there) - sums.keys() - {SUMS}):
        yield f"{name} is not part of the pack."
    for name in sorted({each for each in there if there.count(each) > 1}):
        yield f"{name} is there twice."
    changed = {name for name in sums.keys() & set(there) if _hash(pack, name) != sums[name]}
    for name in sorted(changed):
        yield f"{name} was changed."
    if HISTORY in sums and HISTORY not in changed:
        yield from _history(pack)


def seal(path: Path) -> str:
    """The SHA-256 of the list of all hashes: what the tower's own history keeps of the pack."""
    pack: Pack = _Folder(path) if path.is_dir() else _Zipped(path)
    _sums(pack, path)
    return _hash(pack, SUMS)


def _sums(pack: Pack, path: Path) -> dict[str, str]:
    try:
        with pack.open(SUMS) as file:
            lines = file.read().decode().splitlines()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error):
        raise NoPack(f"{path} has no whole {SUMS}: it is no sealed pack.") from None
    return {name: digest for digest, _blanks, name in (line.partition("  ") for line in lines)}


def _hash(pack: Pack, name: str) -> str:
    """Nothing for what cannot be read."""
    digest = hashlib.sha256()
    try:
        with pack.open(name) as file:
            while part := file.read(PART):
                digest.update(part)
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return ""
    return digest.hexdigest()


def _history(pack: Pack) -> Iterator[str]:
    """Every event of the history whose hash, or whose place in the chain, is wrong."""
    with pack.open(HISTORY) as file:
        told: dict[str, Any] = json.load(file)
    previous = ""
    for number, event in enumerate(told["events"], start=1):
        said = event["said"]
        if said["number"] != number or said["previous"] != previous:
            yield f"{HISTORY}: event {number} does not follow the one before it."
        if chains.seal(said) != event["hash"]:
            yield f"{HISTORY}: event {number} was changed."
        previous = event["hash"]
    if told["last_hash"] != previous:
        yield f"{HISTORY}: its end is missing."


def main(arguments: list[str]) -> int:
    """0 when all packs are whole."""
    lines = [sentence for argument in arguments for sentence in told(Path(argument))]
    sys.stdout.write("".join(f"{sentence}\n" for _whole, sentence in lines))
    return int(not all(whole for whole, _sentence in lines))


def told(path: Path) -> list[tuple[bool, str]]:
    """Sentences about a pack, each with whether it is good news."""
    try:
        found = [(False, f"{path}: {sentence}") for sentence in faults(path)]
        return found or [(True, f"{path}: whole, seal {seal(path)}")]
    except NoPack as wrong:
        return [(False, str(wrong))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
