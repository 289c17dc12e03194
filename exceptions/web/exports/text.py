"""A table as CSV, a line at a time."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from itertools import chain, islice

from django.utils.translation import gettext as _

from exceptions.web.exports.table import Form, Table, times_in
from exceptions.web.spreadsheet import csv_lines

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for something else
LINES = 500


def for_people(table: Table, n: int, zone: tzinfo) -> Iterator[bytes]:
    """Notes first, in lines that begin with #; then the names of the columns and the rows."""
    rows = csv_lines(table.head(Form.CSV), times_in(zone, table.told()))
    return _together(chain((BYTE_ORDER_MARK,), _notes(table, n), rows))


def for_programs(table: Table) -> Iterator[bytes]:
    """Names, then rows."""
    return _together(csv_lines(table.head(Form.DATA), times_in(UTC, table.rows())))


def _together(lines: Iterator[str]) -> Iterator[bytes]:
    """Many lines at a time: each piece is a call through all of the web server."""
    while some := "".join(islice(lines, LINES)):
        yield some.encode()


def _notes(table: Table, n: int) -> Iterator[str]:
    for name, says in ((_("Rows"), str(n)), *table.notes):
        yield f"# {name}: {' '.join(says.split())}\r\n"
