"""What files are, by their content; what is none of the types is refused with a sentence."""

from pathlib import Path

import pytest

from exceptions.evidence import sniffing
from exceptions.lifecycle import Refused
from exceptions.vocabulary import EvidenceType
from tests.exceptions.evidence import hostile, pictures

TAKEN = {
    EvidenceType.JPEG: ("a.jpg", pictures.jpeg()),
    EvidenceType.PNG: ("a.png", pictures.picture("PNG")),
    EvidenceType.WEBP: ("a.webp", pictures.picture("WEBP")),
    EvidenceType.HEIC: ("a.heic", pictures.HEIC),
    EvidenceType.MP4: ("a.mp4", pictures.MP4),
    EvidenceType.MOV: ("a.mov", pictures.MOV),
    EvidenceType.PDF: ("a.pdf", pictures.PDF),
    EvidenceType.TEXT: ("a.txt", "Grüße: 4 < 5 pallets, µ".encode("cp1252")),
    EvidenceType.CSV: ("a.csv", "sku;n\nä;4\n".encode("utf-16")),
    EvidenceType.EML: ("a.eml", pictures.EML),
    EvidenceType.DOCX: ("a.docx", pictures.docx()),
    EvidenceType.XLSX: ("a.xlsx", pictures.xlsx()),
    EvidenceType.ODT: ("a.odt", pictures.odt()),
    EvidenceType.ODS: ("a.ods", pictures.ods()),
}


def found(folder: Path, name: str, content: bytes) -> EvidenceType:
    path = folder / "sent"
    path.write_bytes(content)
    return sniffing.type_of(path, name)


def test_every_type_is_known_by_its_content(tmp_path: Path) -> None:
    assert set(TAKEN) == set(EvidenceType) == set(sniffing.ENDINGS)
    for kind, (name, content) in TAKEN.items():
        assert found(tmp_path, name, content) == kind


def test_a_lying_name_changes_nothing_but_the_kind_of_text(tmp_path: Path) -> None:
    texts = {EvidenceType.TEXT, EvidenceType.CSV, EvidenceType.EML}
    for kind in set(TAKEN) - texts:
        assert found(tmp_path, "a.exe", TAKEN[kind][1]) == kind
    for kind in texts:
        assert found(tmp_path, "a.exe", TAKEN[kind][1]) == EvidenceType.TEXT


@pytest.mark.parametrize("name", sorted(hostile.REFUSED))
def test_what_is_hostile_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        found(tmp_path, name, hostile.REFUSED[name])
    assert name in str(refused.value)
    assert str(refused.value).endswith(".")


def test_there_are_many_of_them() -> None:
    assert len(hostile.REFUSED) + len(hostile.INERT) >= 200
