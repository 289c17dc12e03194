"""Rows as CSV, a line at a time: however many there are, none waits in memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence

# A cell that begins so is a formula to a spreadsheet; an apostrophe makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A line of names, then the rows. Words that came from outside are made harmless."""
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in row])


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
