"""A list as a table: its columns, its rows, and what is said about them.

People get words, times in their own zone, and notes on what the file holds. Programs (`Form.DATA`)
get the codes and the names of the API, times in UTC, and nothing but the table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

CHUNK = 2000  # rows in memory


class Form(StrEnum):
    """What kind of file. DATA is CSV for programs; XES and OCEL are event logs of cases."""

    CSV = "csv"
    XLSX = "xlsx"
    DATA = "data"
    XES = "xes"
    OCEL = "ocel"


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is what the database is asked for, `tell` makes words of it for people."""

    name: str
    title: str | Promise
    path: str
    tell: Callable[[Any], object] | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Rows that no table of the database holds: what each says, by the paths of the columns."""

    rows: Sequence[Mapping[str, Any]]

    def count(self) -> int:
        return len(self.rows)


Rows = QuerySet[Any] | Reckoned


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a list in its order. `notes`: what is said about them, by name."""

    title: str
    columns: Sequence[Column]
    found: Rows
    notes: Sequence[tuple[str, str]]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """As the database gives them, from a cursor there: only CHUNK of them are here at once."""
        paths = [column.path for column in self.columns]
        if isinstance(self.found, Reckoned):
            return (tuple(row[path] for path in paths) for row in self.found.rows)
        return self.found.values_list(*paths).iterator(chunk_size=CHUNK)

    def told(self) -> Iterator[list[object]]:
        """As people read them; times stay instants, numbers numbers."""
        tellers = [column.tell for column in self.columns]
        for row in self.rows():
            yield [
                tell(cell) if tell and cell not in (None, "") else cell
                for tell, cell in zip(tellers, row, strict=True)
            ]

    def head(self, form: Form) -> list[str]:
        return [c.name if form == Form.DATA else str(c.title) for c in self.columns]


def times_in(zone: tzinfo, rows: Iterable[Sequence[object]]) -> Iterator[list[object]]:
    """The rows with instants as text of the zone, with its offset."""
    for row in rows:
        yield [_time(cell, zone) if isinstance(cell, datetime) else cell for cell in row]


def _time(instant: datetime, zone: tzinfo) -> str:
    said = instant.astimezone(zone).isoformat(timespec="microseconds" if zone is UTC else "seconds")
    return said.replace("+00:00", "Z") if zone is UTC else said
