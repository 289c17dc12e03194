"""Files on records in Odoo become evidence of their open cases: once, and never back."""

import base64
from pathlib import Path
from typing import Any

import pytest

from exceptions import lifecycle
from exceptions.evidence import keeping
from exceptions.models import Case, Evidence
from exceptions.vocabulary import EvidenceSource, Move
from integrations import rounds
from integrations.models import MirroredFile
from tests.exceptions.evidence import pictures
from tests.integrations.linked import Linked


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.TOWER_EVIDENCE_DIR = tmp_path


@pytest.fixture
def case(linked: Linked) -> Case:
    transfer = linked.receipt()
    linked.sync()
    linked.deliver()
    return linked.case("stock.picking", transfer)


def put(linked: Linked, case: Case, name: str, content: bytes) -> None:
    place = {"res_model": "stock.picking", "res_id": case.document.record_id}
    with linked.client() as odoo:
        datas = base64.b64encode(content).decode()
        odoo.create("ir.attachment", [{"name": name, "datas": datas, **place}])


def fetched(linked: Linked) -> int:
    return len(linked.seen.of("ir.attachment", "read"))


def test_it_comes_once(linked: Linked, case: Case) -> None:
    put(linked, case, "delivery note.pdf", pictures.PDF)
    put(linked, case, "virus.exe", b"MZ\x00\x01")
    assert [rounds.mirror_files(linked.now) for _ in range(3)] == [2, 0, 0]
    assert fetched(linked) == 2
    file = Evidence.objects.get()
    assert (file.name, file.source, file.case, file.added_by_name) == (
        "delivery note.pdf",
        "odoo",
        case,
        "Odoo",
    )
    said = list(MirroredFile.objects.order_by("attachment_id").values_list("said", flat=True))
    assert (said[0], said[1].startswith("virus.exe was not taken")) == (
        "delivery note.pdf is stored.",
        True,
    )


def test_what_is_ours_does_not_come_back(linked: Linked, case: Case) -> None:
    owner, source = linked.owner(case), EvidenceSource.WEB
    content = [pictures.jpeg()]
    ours = keeping.add(case, content, "wet.jpg", owner, source=source, at=linked.at)
    keeping.send_to_source(ours.evidence.pk, owner, at=linked.at)
    linked.deliver()
    assert (rounds.mirror_files(linked.now), fetched(linked)) == (0, 0)
    assert Evidence.objects.count() == 1


def test_what_is_too_large_is_not_fetched(linked: Linked, case: Case, settings: Any) -> None:
    settings.TOWER_EVIDENCE_LARGEST = 10
    put(linked, case, "film.mp4", pictures.MP4)
    assert (rounds.mirror_files(linked.now), fetched(linked)) == (1, 0)
    assert "is larger than" in MirroredFile.objects.get().said


def test_cases_that_are_over_get_none(linked: Linked, case: Case) -> None:
    data = {"outcome": "fixed", "reason": "They called."}
    owner = linked.owner(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=linked.at)
    lifecycle.move(case.pk, Move.RESOLVE, owner, at=linked.at, data=data)
    put(linked, case, "late.pdf", pictures.PDF)
    assert rounds.mirror_files(linked.now) == 0
