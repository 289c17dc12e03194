"""However long a list is: flat memory, and sheets that Excel can open."""

from collections.abc import Iterator
from datetime import UTC
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.db import connection

from exceptions.models import StaleCase
from exceptions.web.exports import text, workbook
from exceptions.web.exports.table import Column, Table

PAGE = 4096  # bytes of memory, as Linux counts it


def table() -> Table:
    """Rows of about 700 bytes."""
    wide = [Column(f"subject_{i}", f"Subject {i}", "subject_key") for i in range(4)]
    number = Column("case", "Case", "case_id")
    return Table("Changed", [number, *wide], StaleCase.objects.order_by("id"), [("Of", "a test")])


def write(n: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exceptions_stalecase (case_id, subject_key)"
            " SELECT i, rpad(i::text, 160, 'x') FROM generate_series(1, %s) i",
            [n],
        )


def grown_by(pieces: Iterator[bytes]) -> int:
    """Megabytes that this process holds more, at most, while the pieces go by."""
    before = most = _held()
    for number, _piece in enumerate(pieces):
        if number % 20 == 0:
            most = max(most, _held())
    return (most - before) * PAGE // 2**20


def _held() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_ten_times_the_rows_take_no_more_memory(form: str) -> None:
    n = 100_000  # 70 MB as rows
    write(n)
    make = {"csv": text.for_people, "xlsx": workbook.pieces}[form]

    assert grown_by(make(table(), n, UTC)) < 20


@pytest.mark.django_db
def test_what_one_sheet_cannot_hold_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_A_SHEET", 400)
    write(1000)

    book = openpyxl.load_workbook(BytesIO(b"".join(workbook.pieces(table(), 1000, UTC))))

    assert book.sheetnames == ["Changed", "Changed 2", "Changed 3", "About"]
    sheets = [book[name] for name in book.sheetnames[:3]]
    assert [sheet.max_row for sheet in sheets] == [401, 401, 201]
    assert [row[0].value for sheet in sheets for row in sheet.iter_rows(min_row=2)] == list(
        range(1, 1001)
    )
    assert {sheet["A1"].value for sheet in sheets} == {"Case"}


@pytest.mark.django_db
def test_an_empty_list_is_a_file_with_a_head() -> None:
    book = openpyxl.load_workbook(BytesIO(b"".join(workbook.pieces(table(), 0, UTC))))

    assert [cell.value for cell in book["Changed"][1]][:2] == ["Case", "Subject 0"]
    assert book["Changed"].max_row == 1
