"""Sealed packs: what is in them, and that any change of any file shows, offline."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from exceptions import seals
from exceptions.evidence import keeping, store
from exceptions.models import Case, Evidence, EvidenceAccess
from exceptions.vocabulary import EvidenceSource, Happening
from tests.exceptions.evidence import pictures
from tests.exceptions.web.pages import cases, signed_in, words
from tests.making import Tower

HERE = Path(__file__).parent.parent.parent


@pytest.fixture
def case(tower: Tower) -> Case:
    return cases(tower, 1)[0]


@pytest.fixture
def packed(tower: Tower, case: Case, tmp_path: Path, settings: Any) -> Path:
    """The pack of a case with two files, and one that was withdrawn."""
    settings.TOWER_EVIDENCE_DIR = tmp_path / "evidence"
    add(tower, case, "wet pallet é.jpg", pictures.jpeg(1))
    add(tower, case, "<b>note.txt", b"Pallet 4 is wet.")
    gone = add(tower, case, "passport.jpg", pictures.jpeg(2))
    keeping.withdraw(gone.pk, "a passport", tower.supervisor, at=case.detected_at)
    return fetched(signed_in("procurement.rtm"), case, tmp_path / "pack.zip")


def add(tower: Tower, case: Case, name: str, content: bytes) -> Evidence:
    how: Any = {"source": EvidenceSource.WEB, "at": case.detected_at}
    return keeping.add(case, [content], name, tower.supervisor, **how).evidence


def fetched(client: Client, case: Case, path: Path) -> Path:
    answer: Any = client.post(f"/cases/{case.pk}/pack/")
    assert answer.status_code == 200
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def said(path: Path, name: str) -> Any:
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read(name))


def test_everything_is_in_it_and_it_is_whole(case: Case, packed: Path) -> None:
    files = ["evidence/001-wet pallet é.jpg", "evidence/002-_b_note.txt"]
    with zipfile.ZipFile(packed) as file:
        names = file.namelist()
        assert file.testzip() is None
        assert file.read(files[1]) == b"Pallet 4 is wet."
        summary = file.read("summary.html").decode()
    assert set(names) == {
        *("README.txt", "SHA256SUMS", "manifest.json", "summary.html", "summary.css"),
        *("case.json", "document.json", "clocks.json", "decisions.json", "sent.json"),
        *("comments.json", "promises.json", "pauses.json", "audit/history.json"),
        *files,
    }
    assert list(seals.faults(packed)) == []
    assert "<script" not in summary
    assert "lead.rtm</b> added the file _b_note.txt" in summary
    manifest = said(packed, "manifest.json")
    assert [(f["name"], f["path"], f["why_not"]) for f in manifest["files"]] == [
        ("wet pallet é.jpg", files[0], ""),
        ("_b_note.txt", files[1], ""),
        ("passport.jpg", "", "withdrawn"),
    ]
    assert said(packed, "case.json")["title"] == case.title
    assert len(said(packed, "audit/history.json")["events"]) == case.events.count() - 1


def test_the_history_keeps_its_seal_and_who_took_the_files(case: Case, packed: Path) -> None:
    event = case.events.latest("number")
    with zipfile.ZipFile(packed) as file:
        digest = hashlib.sha256(file.read("SHA256SUMS")).hexdigest()
    assert (event.happening, event.actor_name) == (Happening.PACK_MADE, "procurement.rtm")
    assert (event.data, seals.seal(packed)) == ({"seal": digest, "files": 2}, digest)
    assert [(a.name, a.how) for a in EvidenceAccess.objects.all()] == [
        ("procurement.rtm", "pack"),
        ("procurement.rtm", "pack"),
    ]


def test_sha256sum_says_the_same(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as file:
        file.extractall(tmp_path / "out")
    command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    ran = subprocess.run(command, cwd=tmp_path / "out", capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert list(seals.faults(tmp_path / "out")) == []


def test_a_changed_byte_in_any_file_is_named(packed: Path, tmp_path: Path) -> None:
    """Of the unpacked folder, one file after the other."""
    folder = tmp_path / "out"
    with zipfile.ZipFile(packed) as file:
        file.extractall(folder)
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        if name == "SHA256SUMS":
            assert list(seals.faults(folder)) != []
        else:
            assert list(seals.faults(folder)) == [f"{name} was changed."]
        path.write_bytes(content)
    (folder / "more.txt").write_text("x")
    (folder / "clocks.json").unlink()
    assert list(seals.faults(folder)) == [
        "clocks.json is missing.",
        "more.txt is not part of the pack.",
    ]


def test_a_changed_byte_of_the_zip_is_named(packed: Path) -> None:
    content = packed.read_bytes()
    at = content.index(b"Pallet 4 is wet.")
    packed.write_bytes(content[:at] + b"b" + content[at + 1 :])
    assert list(seals.faults(packed)) == ["evidence/002-_b_note.txt was changed."]
    packed.write_bytes(content[: len(content) // 2])
    with pytest.raises(seals.NoPack):
        list(seals.faults(packed))


def test_a_history_that_was_written_anew_is_named(packed: Path, tmp_path: Path) -> None:
    """Somebody changes an event and the list of hashes, so that every hash is right."""
    folder = tmp_path / "out"
    with zipfile.ZipFile(packed) as file:
        file.extractall(folder)
    history, sums = folder / seals.HISTORY, folder / seals.SUMS
    before = hashlib.sha256(history.read_bytes()).hexdigest()
    told = json.loads(history.read_text())
    told["events"][1]["said"]["actor_name"] = "somebody else"
    history.write_text(json.dumps(told))
    after = hashlib.sha256(history.read_bytes()).hexdigest()
    sums.write_text(sums.read_text().replace(before, after))
    assert list(seals.faults(folder)) == [f"{seals.HISTORY}: event 2 was changed."]


def test_it_is_checked_without_a_tower(packed: Path) -> None:
    """By the command, which asks no database, and by the bare module, which asks for nothing."""
    out = io.StringIO()
    call_command("verify_pack", str(packed), stdout=out)
    assert out.getvalue() == f"{packed}: whole, seal {seals.seal(packed)}\n"
    nothing = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "exceptions.seals", str(packed)]
    bare = subprocess.run(command, cwd=HERE, env=nothing, capture_output=True, text=True)
    assert (bare.returncode, bare.stdout) == (0, out.getvalue())
    packed.write_bytes(b"no zip")
    with pytest.raises(CommandError, match="Not everything"):
        call_command("verify_pack", str(packed), stdout=out)


def test_supervisors_get_what_was_withdrawn_and_nobody_what_is_damaged(
    tower: Tower, case: Case, packed: Path
) -> None:
    damaged = Evidence.objects.get(name="_b_note.txt")
    store.place_of(damaged.sha256).unlink()
    again = fetched(signed_in("lead.rtm"), case, packed)
    assert [(f["path"], f["why_not"]) for f in said(again, "manifest.json")["files"]] == [
        ("evidence/001-wet pallet é.jpg", ""),
        ("", "damaged"),
        ("evidence/003-passport.jpg", ""),
    ]
    assert list(seals.faults(again)) == []


def test_other_sites_get_none(case: Case, packed: Path, at: datetime) -> None:
    assert signed_in("lead.chi").post(f"/cases/{case.pk}/pack/").status_code == 404
    page = words(signed_in("lead.rtm").get(f"/cases/{case.pk}/"))
    assert f"procurement.rtm made a sealed pack, seal {seals.seal(packed)[:16]}" in page
