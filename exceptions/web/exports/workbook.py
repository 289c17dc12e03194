"""A table as XLSX, in pieces that can be sent as they are made.

openpyxl makes the book with everything but the rows: parts, styles, heads, notes. Libraries write
a whole file before its first byte can go out (minutes for a million rows), so the rows are written
here, into the place that is left for them in the sheet, while the archive is on its way.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from exceptions.web.exports.table import CHUNK, Form, Table

ROWS_A_SHEET = 1_000_000  # Excel holds 1,048,576
LONGEST = 32_767  # characters of a cell, as Excel has it
DATE_FORMAT = "yyyy-mm-dd hh:mm:ss"
END_OF_ROWS = b"</sheetData>"


class _Outgoing:
    """What the archive has written and nobody has fetched yet. It cannot be rewound."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def fetch(self) -> bytes:
        piece = b"".join(self.pieces)
        self.pieces.clear()
        return piece


def pieces(table: Table, n: int, zone: tzinfo) -> Iterator[bytes]:
    """The file of a table with `n` rows; times are those of the zone, as dates of the sheet."""
    sheets = -(-n // ROWS_A_SHEET) or 1
    book, date_style = _book(table, n, sheets)
    rows = (_row(cells, zone, date_style) for cells in table.told())
    outgoing = _Outgoing()
    with ZipFile(BytesIO(book)) as parts, ZipFile(outgoing, "w", ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            part = parts.read(name)
            if name in _sheet_names(sheets):
                yield from _sheet(archive, name, part, islice(rows, ROWS_A_SHEET), outgoing)
            else:
                archive.writestr(name, part)
    yield outgoing.fetch()


def _sheet(
    archive: ZipFile, name: str, part: bytes, rows: Iterator[str], outgoing: _Outgoing
) -> Iterator[bytes]:
    before, end, after = part.partition(END_OF_ROWS)
    with archive.open(name, "w", force_zip64=True) as sheet:
        sheet.write(before)
        while some := "".join(islice(rows, CHUNK)):
            sheet.write(some.encode())
            yield outgoing.fetch()
        sheet.write(end + after)


def _sheet_names(sheets: int) -> set[str]:
    return {f"xl/worksheets/sheet{number}.xml" for number in range(1, sheets + 1)}


# -- What openpyxl makes -----------------------------------------------------------------------


def _book(table: Table, n: int, sheets: int) -> tuple[bytes, int]:
    """The book without rows, and the number of its style for dates."""
    book = Workbook()
    sheet: Any = book.active
    for number in range(1, sheets + 1):
        sheet = sheet if number == 1 else book.create_sheet()
        sheet.title = table.title[:25] if number == 1 else f"{table.title[:25]} {number}"
        _head(sheet, table)
    notes = book.create_sheet(_("About"))
    for line in ((_("Rows"), n), *table.notes):
        notes.append(line)
    date_style = _date_style(notes)
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 18, 90
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue(), date_style


def _head(sheet: Any, table: Table) -> None:
    sheet.append(table.head(Form.XLSX))
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
        sheet.column_dimensions[cell.column_letter].width = 18
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{ROWS_A_SHEET + 1}"


def _date_style(notes: Any) -> int:
    """A cell of the notes is given it, so that the book knows it."""
    cell = notes.cell(row=1, column=3)
    cell.number_format = DATE_FORMAT
    return int(cell.style_id)


# -- What is written here ----------------------------------------------------------------------


def _row(cells: Iterable[object], zone: tzinfo, date_style: int) -> str:
    written = [_cell(cell, zone, date_style) for cell in cells]
    return f"<row>{''.join(written)}</row>"


def _cell(cell: object, zone: tzinfo, date_style: int) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, bool):
        return f'<c t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float | Decimal):
        return f"<c><v>{cell}</v></c>"
    if isinstance(cell, datetime):
        naive = cell.astimezone(zone).replace(tzinfo=None)
        return f'<c s="{date_style}"><v>{to_excel(naive)}</v></c>'
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_text(str(cell))}</t></is></c>'


def _text(words: str) -> str:
    return escape(ILLEGAL_CHARACTERS_RE.sub("", words)[:LONGEST])
