"""Files as they come: encodings, separators, workbooks, and what cannot be read."""

from pathlib import Path

import openpyxl
import pytest

from exceptions.importing import tables
from exceptions.importing.tables import Row, UnreadableFile


def read(path: Path, **how: str) -> tuple[tuple[str, ...], list[Row]]:
    with tables.opened(path, path.name, **how) as table:
        return table.header, list(table.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, sign: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"id{sign}title\r\n1{sign}Zoë: 5 €\r\n".encode(encoding))
    assert read(path) == (("id", "title"), [Row(2, {"id": "1", "title": "Zoë: 5 €"})])


def test_rows_have_the_numbers_that_people_see(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,title\n1,"two\nlines"\n\n2,x,y\n3\n')
    assert read(path)[1] == [
        Row(2, {"id": "1", "title": "two\nlines"}),
        Row(5, {"id": "2", "title": "x"}, surplus=True),
        Row(6, {"id": "3", "title": ""}),
    ]


def test_a_separator_inside_quotation_marks_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"id, or number, or so";title\n1;x\n')
    assert read(path)[0] == ("id, or number, or so", "title")


def test_a_workbook_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    book = openpyxl.Workbook()
    for sheet, cell in ((book.active, 7.0), (book.create_sheet("second"), 8.5)):
        sheet.append(["id", "n", None])
        sheet.append([None, None])
        sheet.append(["a", cell])
    book.save(path)
    assert read(path)[1] == [Row(3, {"id": "a", "n": 7})]
    assert read(path, sheet="second")[1] == [Row(3, {"id": "a", "n": 8.5})]
    with pytest.raises(UnreadableFile, match="no sheet “third”"):
        read(path, sheet="third")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n1,2\n", "must name the columns"),
        (b"id,id\n", "Two columns are called “id”"),
        (b"PK\x03\x04 and nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
    ],
)
def test_what_is_no_table_says_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=says):
        read(path)
