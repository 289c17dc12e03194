"""Files come onto cases, are withdrawn, and stay what they were."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from exceptions import audit
from exceptions.actors import opens, person, visible_evidence
from exceptions.evidence import keeping, store
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence, EvidenceAccess, Membership, User
from exceptions.vocabulary import EvidenceSource, Happening, Opened, Role
from tests.exceptions.evidence import hostile, pictures
from tests.making import Tower

NOTE = b"Pallet 4 is wet."


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return tower.late_case(at=at)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.TOWER_EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path / "evidence"


def add(case: Case, tower: Tower, at: datetime, content: bytes = NOTE, name: str = "a.txt") -> Any:
    actor, source = tower.supervisor, EvidenceSource.WEB
    return keeping.add(case, [content], name, actor, source=source, at=at)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_is_kept_by_its_hash_and_told_of(
    tower: Tower, case: Case, at: datetime, folder: Path
) -> None:
    added = add(case, tower, at, name="..\\wet.txt")
    digest = hashlib.sha256(NOTE).hexdigest()
    event = case.events.latest("number")

    assert (added.says, added.evidence.name) == ("wet.txt is stored.", "wet.txt")
    assert files(folder) == [folder / digest[:2] / digest[2:4] / digest]
    assert files(folder)[0].read_bytes() == NOTE
    assert (event.happening, event.data["name"], event.data["sha256"], event.data["size"]) == (
        Happening.EVIDENCE_ADDED,
        "wet.txt",
        digest,
        16,
    )
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


def test_the_same_bytes_are_kept_once(tower: Tower, case: Case, at: datetime, folder: Path) -> None:
    """Sent again to the same case they are as once; another case has a row of its own."""
    other = tower.late_case(2, at=at)
    first, again = add(case, tower, at), add(case, tower, at, name="b.txt")
    assert again.evidence == first.evidence
    assert again.says == "a.txt is on this case already."
    assert add(other, tower, at).evidence.case == other
    assert (Evidence.objects.count(), len(files(folder))) == (2, 1)


def test_an_ending_that_lies_is_put_right(tower: Tower, case: Case, at: datetime) -> None:
    added = add(case, tower, at, pictures.jpeg(), "scan.pdf.exe")
    assert added.evidence.name == "scan.pdf.jpg"
    assert added.says == "scan.pdf.exe is a JPEG picture: it is stored as scan.pdf.jpg."


def test_what_is_refused_leaves_nothing(
    tower: Tower, case: Case, at: datetime, folder: Path
) -> None:
    before = case.event_count
    for name, content in [("a.txt", b""), *hostile.REFUSED.items()]:
        with pytest.raises(Refused, match=re.escape(name)):
            add(case, tower, at, content, name)
    assert (files(folder), Evidence.objects.count()) == ([], 0)
    case.refresh_from_db()
    assert case.event_count == before


def test_a_gigabyte_is_refused_at_the_limit(
    tower: Tower, case: Case, at: datetime, folder: Path, settings: Any
) -> None:
    """At no time is more than the limit on the disk, and no more of it is read."""
    settings.TOWER_EVIDENCE_LARGEST, largest, sent = 1024 * 1024, 0, 0

    def gigabyte() -> Iterator[bytes]:
        nonlocal largest, sent
        for _ in range(16 * 1024):
            largest = max(largest, sum(path.stat().st_size for path in files(folder)))
            sent += 64 * 1024
            yield bytes(64 * 1024)

    actor, source = tower.supervisor, EvidenceSource.WEB
    with pytest.raises(Refused, match=r"big.mp4 is larger than 1 MB. Send a smaller one."):
        keeping.add(case, gigabyte(), "big.mp4", actor, source=source, at=at)
    assert (sent, largest <= 1024 * 1024, files(folder)) == (1024 * 1024 + 64 * 1024, True, [])


def test_a_case_has_room_for_so_much(tower: Tower, case: Case, at: datetime, settings: Any) -> None:
    settings.TOWER_EVIDENCE_A_CASE = 40
    first = add(case, tower, at).evidence
    add(case, tower, at, b"Pallet 5 is wet.")
    with pytest.raises(Refused, match="the case has as many files as it may"):
        add(case, tower, at, b"Pallet 6 is wet.")
    keeping.withdraw(first.pk, "wrong pallet", tower.supervisor, at=at)
    assert add(case, tower, at, b"Pallet 6 is wet.").says == "a.txt is stored."


def test_who_does_not_work_on_it_adds_nothing(tower: Tower, case: Case, at: datetime) -> None:
    reader = tower.actor("warehouse.rtm")
    with pytest.raises(Refused, match="Only its team and the supervisors of Rotterdam"):
        keeping.add(case, [NOTE], "a.txt", reader, source=EvidenceSource.API, at=at)


def test_a_withdrawn_file_is_opened_by_few(tower: Tower, case: Case, at: datetime) -> None:
    evidence = add(case, tower, at).evidence
    auditor = User.objects.create_user("auditor")
    Membership.objects.create(user=auditor, role=Role.AUDITOR, site=tower.site)
    people = [tower.supervisor, tower.owner_of(case), person(auditor), tower.actor("lead.chi")]

    def opened() -> list[bool]:
        file = Evidence.objects.get()
        found = [visible_evidence(actor).filter(pk=file.pk).exists() for actor in people]
        assert found == [opens(file, actor) for actor in people]
        return found

    assert opened() == [True, True, True, False]
    with pytest.raises(Refused, match="Say in a sentence why"):
        keeping.withdraw(evidence.pk, "  ", tower.supervisor, at=at)
    with pytest.raises(Refused, match=r"Only lead.rtm and the supervisors of Rotterdam"):
        keeping.withdraw(evidence.pk, "not mine", tower.owner_of(case), at=at)
    keeping.withdraw(evidence.pk, "a passport is on it", tower.supervisor, at=at)
    assert opened() == [True, False, True, False]
    event = case.events.latest("number")
    assert (event.happening, event.data["reason"]) == (
        Happening.EVIDENCE_WITHDRAWN,
        "a passport is on it",
    )
    with pytest.raises(Refused, match=r"a.txt was withdrawn before."):
        keeping.withdraw(evidence.pk, "again", tower.supervisor, at=at)


def test_what_was_changed_on_the_disk_is_damaged(
    tower: Tower, case: Case, at: datetime, folder: Path
) -> None:
    evidence = add(case, tower, at).evidence
    with store.opened(evidence.sha256) as file:
        assert file.read() == NOTE
    path = files(folder)[0]
    path.chmod(0o600)
    path.write_bytes(NOTE.replace(b"4", b"5"))
    with pytest.raises(store.Damaged), store.opened(evidence.sha256):
        pass
    path.unlink()
    with pytest.raises(store.Damaged), store.opened(evidence.sha256):
        pass


def test_the_database_refuses_to_change_what_a_file_is(
    tower: Tower, case: Case, at: datetime
) -> None:
    evidence = add(case, tower, at).evidence
    keeping.note_opened(evidence, Opened.FILE, tower.supervisor, at=at)
    rows = Evidence.objects.filter(pk=evidence.pk)
    changes: list[Any] = [
        lambda: rows.update(sha256="0" * 64),
        lambda: rows.update(name="b.txt"),
        lambda: rows.update(size=5),
        lambda: EvidenceAccess.objects.update(name="nobody"),
        lambda: EvidenceAccess.objects.all()._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM exceptions_evidence")
    assert rows.get() == evidence
