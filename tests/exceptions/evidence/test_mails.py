"""E-mails as files: what they say, and each file attached to them as one of its own."""

from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from exceptions.evidence import keeping, mails
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence
from exceptions.vocabulary import EvidenceSource
from tests.exceptions.evidence import pictures
from tests.making import Tower


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return tower.late_case(at=at)


def mail(**said: str) -> EmailMessage:
    made = EmailMessage()
    heads = {"From": "Kempten <sales@kempten.test>", "To": "buyer@meridian.test"}
    heads |= {"Date": "Tue, 17 Nov 2026 09:00:00 +0100", "Subject": "Late: ähm"} | said
    for name, value in heads.items():
        made[name] = value
    made.set_content("It ships on Friday.\n")
    return made


def attached(made: EmailMessage, name: str, content: bytes, kind: str = "application/x") -> None:
    main, _slash, sub = kind.partition("/")
    made.add_attachment(content, maintype=main, subtype=sub, filename=name)


def add(case: Case, tower: Tower, at: datetime, content: bytes) -> Any:
    source = EvidenceSource.WEB
    return keeping.add(case, [content], "late.eml", tower.supervisor, source=source, at=at)


def test_it_is_taken_apart(tower: Tower, case: Case, at: datetime) -> None:
    made = mail()
    attached(made, "wet.jpg", pictures.jpeg(), "image/jpeg")
    attached(made, "../../invoice.pdf.exe", pictures.PDF)
    attached(made, "virus.scr", b"MZ\x00\x01")
    made.add_attachment(mail(Subject="The one before"))
    added = add(case, tower, at, made.as_bytes())

    letter = added.evidence
    assert letter.message == {
        "from": "Kempten <sales@kempten.test>",
        "to": "buyer@meridian.test",
        "date": "Tue, 17 Nov 2026 09:00:00 +0100",
        "subject": "Late: ähm",
        "text": "It ships on Friday.",
    }
    parts = Evidence.objects.filter(part_of=letter).order_by("id")
    assert [(p.name, p.file_type, p.source) for p in parts] == [
        ("wet.jpg", "image/jpeg", "email"),
        ("invoice.pdf", "application/pdf", "email"),
        ("part-5.eml", "message/rfc822", "email"),
    ]
    assert parts[2].message is None
    assert added.says.startswith("late.eml is stored. wet.jpg is stored. invoice.pdf.exe is a PDF:")
    assert "virus.scr was not taken:" in added.says
    assert add(case, tower, at, made.as_bytes()).says == "late.eml is on this case already."
    assert Evidence.objects.count() == 4


def test_a_page_is_told_without_the_page(tmp_path: Path) -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "a@b.test", "x"
    made.set_content("<p>Hello &amp; <script>alert(1)</script>bye</p>", subtype="html")
    path = tmp_path / "a.eml"
    path.write_bytes(made.as_bytes())
    assert mails.read(path, "a.eml").said["text"] == "Hello & alert(1)bye"


def bundles(depth: int) -> bytes:
    """Bundles in bundles."""
    lines = [b"From: a@b.test", b"Subject: x"]
    for n in range(depth):
        lines += [b'Content-Type: multipart/mixed; boundary="b%d"' % n, b"", b"--b%d" % n]
    return b"\r\n".join([*lines, b"", b"text"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bundles(12), "is nested too deeply"),
        (bundles(3000), "is nested too deeply"),
        (
            b"From: a\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            + b"--b\r\n\r\nx\r\n" * 200
            + b"--b--",
            "has more than a hundred parts",
        ),
    ],
)
def test_bombs_are_refused(
    tower: Tower, case: Case, at: datetime, content: bytes, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        add(case, tower, at, content)
    assert Evidence.objects.count() == 0


def test_one_that_is_too_large_is_not_taken_apart(
    tower: Tower, case: Case, at: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(mails, "LARGEST", 100)
    with pytest.raises(Refused, match=r"late.eml is larger than 0 MB. Save what is attached"):
        add(case, tower, at, pictures.EML)


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: =?utf-8?b?/////w==?=",
        b"Subject: \xff\xfe\x00",
        b"Date: never",
        b"To: <<<>>>,,;",
        b"Content-Type: text/plain; charset=no-such",
        b"Content-Disposition: attachment; filename*=x'y'%ZZ",
        b"Content-Transfer-Encoding: base64",
    ],
)
def test_odd_headers_break_nothing(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"From: a@b.test\r\n" + head + b"\r\n\r\nIt ships.\r\n")
    said = mails.read(path, "a.eml").said
    assert set(said) == {"from", "to", "date", "subject", "text"}
    assert "\x00" not in "".join(said.values())
