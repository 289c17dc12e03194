"""Tables in files: CSV and XLSX read row by row, so that memory does not grow with the file.

Numbers of rows are those that people see: the line of a CSV file, the row of a sheet.
"""

import codecs
import csv
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, cast

import openpyxl
from django.utils.translation import gettext as _

DELIMITERS = ",;\t|"
LOOK_INTO = 64 * 1024  # of a text file, to find its delimiter
MOST_COLUMNS = 500
MOST_UNPACKED = 4 * 1024**3  # bytes of a workbook; more is no list of cases

Cell = str | int | float | bool | datetime | date | None


class UnreadableFile(Exception):
    """The file is no table that can be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` as people see it. `surplus`: there are more cells than the header has names."""

    number: int
    cells: dict[str, Cell]
    surplus: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: Iterator[Row]
    about: str  # how it was read, for people


@contextmanager
def opened(
    path: Path, file_name: str, *, encoding: str = "", delimiter: str = "", sheet: str = ""
) -> Iterator[Table]:
    """The table in the file. Raises UnreadableFile, also while rows are read.

    The name tells nothing certain, so the first bytes decide; what is no workbook is text. Empty
    options are found out.
    """
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == b"\xd0\xcf\x11\xe0":
        raise UnreadableFile(_("This is an old Excel file (.xls). Save it as .xlsx or CSV."))
    if begins == b"PK\x03\x04":
        yield from _workbook(path, sheet)
    elif not begins:
        raise UnreadableFile(_("The file %s is empty.") % file_name)
    else:
        yield from _text(path, encoding or encoding_of(path), delimiter)


# -- Text --------------------------------------------------------------------------------------


def encoding_of(path: Path) -> str:
    """By the byte order mark, else UTF-8 when all of it is, else what Windows writes."""
    with path.open("rb") as file:
        begins = file.read(4)
    if begins.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8" if _is_utf8(path) else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while part := file.read(1024 * 1024):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _text(path: Path, encoding: str, delimiter: str) -> Iterator[Table]:
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            delimiter = delimiter or delimiter_of(file.read(LOOK_INTO))
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, strict=False)
            header = header_of(next(reader, []))
            about = _("%(encoding)s, cells end with %(delimiter)s") % {
                "encoding": encoding.upper(),
                "delimiter": _("a tab") if delimiter == "\t" else f"“{delimiter}”",
            }
            yield Table(header, _lines(reader, header), about)
    except LookupError:
        raise UnreadableFile(_("There is no encoding called “%s”.") % encoding) from None


def delimiter_of(text: str) -> str:
    """What stands most often in the first line, outside quotation marks."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif sign == "\n" and not quoted:
            break
        elif sign in counts and not quoted:
            counts[sign] += 1
    return max(counts, key=lambda sign: counts[sign])


def _lines(reader: Any, header: tuple[str, ...]) -> Iterator[Row]:
    while True:
        number = reader.line_num + 1  # where the record begins: cells may hold line breaks
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                _("Line %(number)s cannot be read (%(error)s). Is a quotation mark missing?")
                % {"number": number, "error": error}
            ) from None
        if any(cell.strip() for cell in cells):
            yield _row(number, header, cells)


# -- Workbooks ---------------------------------------------------------------------------------


def _workbook(path: Path, sheet: str) -> Iterator[Table]:
    with path.open("rb") as file:
        _check_size(file)
        book = _open_book(file)
        try:
            name = sheet or book.sheetnames[0]
            if name not in book.sheetnames:
                known = ", ".join(book.sheetnames)
                raise UnreadableFile(
                    _("There is no sheet “%(sheet)s”; there are: %(known)s.")
                    % {"sheet": name, "known": known}
                )
            page = book[name]
            page.reset_dimensions()  # programs write wrong ones; rows go on until they end
            rows = enumerate(page.iter_rows(values_only=True), start=1)
            header = header_of(next(rows, (1, ()))[1])
            yield Table(header, _sheet_rows(rows, header), _("workbook, sheet “%s”") % name)
        finally:
            book.close()


def _check_size(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise UnreadableFile(_("The workbook is damaged. Save it again, or as CSV.")) from None
    if unpacked > MOST_UNPACKED:
        raise UnreadableFile(_("The workbook is too large when unpacked. Save it as CSV."))
    file.seek(0)


def _open_book(file: IO[bytes]) -> Any:
    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - a damaged workbook fails in many ways, all of them its own
        raise UnreadableFile(
            _("The workbook cannot be opened (%s). Save it again as .xlsx, or as CSV.") % error
        ) from None


def _sheet_rows(
    rows: Iterator[tuple[int, Sequence[Any]]], header: tuple[str, ...]
) -> Iterator[Row]:
    for number, cells in rows:
        if any(cell not in (None, "") for cell in cells):
            yield _row(number, header, [_cell(cell) for cell in cells])


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str | bool | int | datetime | date):
        return cast("Cell", value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return str(value)


# -- Both --------------------------------------------------------------------------------------


def header_of(cells: Sequence[Any]) -> tuple[str, ...]:
    """The names of the columns; those without get one. Raises UnreadableFile."""
    names = [str(cell if cell is not None else "").strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UnreadableFile(_("The first row is empty; it must name the columns."))
    if len(names) > MOST_COLUMNS:
        raise UnreadableFile(_("There are more than %s columns.") % MOST_COLUMNS)
    named = [name or _("column %s") % number for number, name in enumerate(names, start=1)]
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise UnreadableFile(_("Two columns are called “%s”. Rename one of them.") % twice)
    return tuple(named)


def _row(number: int, header: tuple[str, ...], cells: Sequence[Cell]) -> Row:
    surplus = any(cell not in (None, "") for cell in cells[len(header) :])
    padded = [*cells[: len(header)], *([""] * (len(header) - len(cells)))]
    return Row(number, dict(zip(header, padded, strict=True)), surplus)
