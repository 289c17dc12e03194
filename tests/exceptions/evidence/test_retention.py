"""How long files stay, and that a legal hold wins."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from exceptions import lifecycle
from exceptions.actors import opens
from exceptions.evidence import keeping, retention, store
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence, LegalHold
from exceptions.vocabulary import EvidenceSource, Happening, Move
from tests.making import Tower

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.TOWER_EVIDENCE_DIR = tmp_path / "evidence"
    settings.TOWER_KEEP_EVIDENCE, settings.TOWER_KEEP_WITHDRAWN = 100, 10
    return tmp_path / "evidence"


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return tower.late_case(at=at)


def add(case: Case, tower: Tower, at: datetime, content: bytes = b"Pallet 4.") -> Evidence:
    actor, source = tower.supervisor, EvidenceSource.WEB
    file = keeping.add(case, [content], "a.txt", actor, source=source, at=at).evidence
    old = at.timestamp() - 3600
    os.utime(store.place_of(file.sha256), (old, old))
    return file


def closed(case: Case, tower: Tower, at: datetime) -> None:
    data = {"outcome": "accepted", "reason": "So."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)


def erased(at: datetime, django_capture: Any) -> int:
    with django_capture(execute=True):
        return retention.erase_due(at=at)


def test_files_of_closed_cases_are_erased_in_time(
    tower: Tower, case: Case, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    """The row stays with its hash; the same bytes stay where another case needs them."""
    other = tower.late_case(2, at=at)
    file, twin = add(case, tower, at), add(other, tower, at)
    closed(case, tower, at)
    capture = django_capture_on_commit_callbacks
    assert [erased(at + n * DAY, capture) for n in (99, 100, 101)] == [0, 1, 0]
    file.refresh_from_db()
    assert (file.erased_at, file.sha256) == (at + 100 * DAY, twin.sha256)
    file.case = case
    assert opens(file, tower.supervisor) is False
    event = case.events.latest("number")
    assert (event.happening, event.data["name"]) == (Happening.EVIDENCE_ERASED, "a.txt")
    assert store.place_of(twin.sha256).exists()
    closed(other, tower, at)
    assert erased(at + 200 * DAY, capture) == 1
    assert not store.place_of(twin.sha256).exists()


def test_withdrawn_ones_go_earlier_and_open_cases_keep_theirs(
    tower: Tower, case: Case, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    gone, stays = add(case, tower, at), add(case, tower, at, b"Pallet 5.")
    keeping.withdraw(gone.pk, "wrong", tower.supervisor, at=at)
    capture = django_capture_on_commit_callbacks
    assert [erased(at + n * DAY, capture) for n in (9, 10, 1000)] == [0, 1, 0]
    assert not store.place_of(gone.sha256).exists()
    assert store.place_of(stays.sha256).exists()


def test_nothing_is_erased_where_nothing_is_set(
    tower: Tower, case: Case, at: datetime, settings: Any
) -> None:
    settings.TOWER_KEEP_EVIDENCE = settings.TOWER_KEEP_WITHDRAWN = 0
    keeping.withdraw(add(case, tower, at).pk, "wrong", tower.supervisor, at=at)
    closed(case, tower, at)
    assert retention.erase_due(at=at + 9999 * DAY) == 0


def test_a_legal_hold_wins(tower: Tower, case: Case, at: datetime) -> None:
    add(case, tower, at)
    with pytest.raises(Refused, match="Only a supervisor of Rotterdam"):
        retention.hold(case.pk, "Theirs", tower.owner_of(case), at=at)
    with pytest.raises(Refused, match="Say in a sentence why"):
        retention.hold(case.pk, " ", tower.supervisor, at=at)
    retention.hold(case.pk, "The insurer asks.", tower.supervisor, at=at)
    retention.hold(case.pk, "Again", tower.supervisor, at=at)
    closed(case, tower, at)
    assert retention.erase_due(at=at + 500 * DAY) == 0
    retention.lift(case.pk, "They are done.", tower.supervisor, at=at + 500 * DAY)
    with pytest.raises(Refused, match="is on no legal hold"):
        retention.lift(case.pk, "Again", tower.supervisor, at=at)
    assert retention.erase_due(at=at + 501 * DAY) == 1
    assert LegalHold.objects.count() == 1
    told = list(case.events.values_list("happening", flat=True))
    assert [h for h in told if h.startswith("evidence_")] == [
        "evidence_added",
        "evidence_held",
        "evidence_released",
        "evidence_erased",
    ]


def test_what_never_became_a_file_is_removed_after_a_day(
    tower: Tower, case: Case, at: datetime, folder: Path
) -> None:
    kept = add(case, tower, at)
    with store.incoming([b"whole, and never added"], most=100) as file:
        store.keep(file)
    broken = folder / store.INCOMING / "half"
    broken.write_bytes(b"half")
    now = timezone.now()
    assert retention.tidy(at=now) == 0
    old = now.timestamp() - 2 * 24 * 3600
    for path in (broken, store.place_of(file.sha256), store.place_of(kept.sha256)):
        os.utime(path, (old, old))
    assert retention.tidy(at=now) == 2
    assert store.place_of(kept.sha256).exists()
