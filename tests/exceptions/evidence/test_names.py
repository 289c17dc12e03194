"""Names of files."""

import pytest

from exceptions.evidence import names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jo\\scan.pdf", "scan.pdf"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ("line\nbreak\ttab.txt", "line break tab.txt"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("CON.txt", "_CON.txt"),
        ("lpt1.tar.gz", "_lpt1.tar.gz"),
        ("  .hidden. ", "hidden"),
        ("", "file"),
        ("...", "file"),
        ("Prüfbericht 12.pdf", "Prüfbericht 12.pdf"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
        ("nul\x00byte.png", "nulbyte.png"),
        ("\ud800half.png", "half.png"),
    ],
)
def test_a_name_hides_nothing(sent: str, kept: str) -> None:
    assert names.cleaned(sent) == kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.jpg", "a.jpg"),
        ("a.JPEG", "a.JPEG"),
        ("a.png", "a.jpg"),
        ("a", "a.jpg"),
        ("a.jpg.exe", "a.jpg"),
        ("v1.2 of it", "v1.2 of it.jpg"),
    ],
)
def test_the_ending_says_what_it_is(name: str, kept: str) -> None:
    assert names.ended(name, (".jpg", ".jpeg")) == kept
