"""The benchmark of the sweep, run small: it measures what it says it measures."""

from datetime import datetime

import pytest

from benchmarks import detect
from exceptions.models import Document

pytestmark = pytest.mark.django_db


def test_it_fills_open_documents_that_are_not_due(at: datetime) -> None:
    detect.fill(30, at)
    assert Document.objects.filter(facts__open=True, recheck_at=at + detect.LATER).count() == 30


def test_documents_are_filled_in_as_the_mirror_would_store_them(at: datetime) -> None:
    detect.fill(1, at)
    document = Document.objects.get()
    assert (document.facts_type, document.facts["reference"]) == ("Receipt", "IN/000000")
    assert document.first_promised_at == at + detect.LATER


def test_it_prints_costs_plan_and_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    detect.main(["--few", "50", "--many", "5000", "--repeat", "5"])
    printed = capsys.readouterr().out
    assert [line.split(":")[0] for line in printed.splitlines() if "one due " in line] == [
        "50 open documents",
        "5000 open documents",
    ]
    assert "Index Scan using document_due on exceptions_document" in printed
    assert "nothing due, many / few: " in printed
