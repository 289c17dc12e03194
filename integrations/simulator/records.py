"""Tables in memory: rows by id, and the indexes that make searching them cheap.

A row holds only what differs from its field's empty value. Datetimes are text with microseconds
(as the column has them), many2one is an id or ``False``, many2many a list of ids; one2many is not
kept at all but read from the index of its inverse field.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from integrations.simulator import schema

Row = dict[str, Any]


class Reader(Protocol):
    """What computing a value may look at."""

    version: int
    models: dict[str, schema.Model]
    tables: "dict[str, Table]"

    def now(self) -> str: ...

    def label(self, model: str, record_id: int) -> str | bool: ...


class Table:
    """The rows of one model."""

    def __init__(self, model: schema.Model) -> None:
        self.model = model
        self.rows: dict[int, Row] = {}
        self.labels: dict[int, str] = {}
        self.last_id = 0
        self._indexes: dict[str, dict[Any, dict[int, None]]] = {}
        self._by_write_date: list[tuple[str, int]] | None = None

    def put(self, record_id: int, row: Row) -> None:
        """Add a row, or replace the one of that id."""
        self.drop(record_id)
        self.rows[record_id] = row
        self.last_id = max(self.last_id, record_id)
        self._enter(record_id, row)

    def drop(self, record_id: int) -> None:
        row = self.rows.pop(record_id, None)
        if row is not None:
            self._leave(record_id, row)

    def change(self, record_id: int, values: Mapping[str, Any]) -> Row:
        """Set values on a row in place; returns what they were before."""
        row = self.rows[record_id]
        before = {name: row.get(name) for name in values}
        for name, index in self._indexes.items():
            if name in values:
                index.get(row.get(name, False), {}).pop(record_id, None)
                index.setdefault(values[name], {})[record_id] = None
        if self._by_write_date is not None and "write_date" in values:
            self._forget_write_date(record_id, row)
            insort(self._by_write_date, (values["write_date"], record_id))
        row.update(values)
        self.labels.pop(record_id, None)
        return before

    def where(self, name: str, value: Any) -> list[int]:
        """Ids whose kept field has that value, in order of id."""
        return sorted(self.index(name).get(value, ()))

    def index(self, name: str) -> dict[Any, dict[int, None]]:
        """Ids by value of one kept field; built at first use, then kept up to date."""
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = {}
            for record_id, row in self.rows.items():
                index.setdefault(row.get(name, False), {})[record_id] = None
        return index

    def since(self, write_date: str) -> Iterator[int]:
        """Ids in the order ``write_date, id``, from that write date on."""
        order = self._write_dates()
        for position in range(bisect_left(order, (write_date, 0)), len(order)):
            yield order[position][1]

    def _write_dates(self) -> list[tuple[str, int]]:
        if self._by_write_date is None:
            self._by_write_date = sorted(
                (row.get("write_date", ""), record_id) for record_id, row in self.rows.items()
            )
        return self._by_write_date

    def _enter(self, record_id: int, row: Row) -> None:
        for name, index in self._indexes.items():
            index.setdefault(row.get(name, False), {})[record_id] = None
        if self._by_write_date is not None:
            insort(self._by_write_date, (row.get("write_date", ""), record_id))

    def _leave(self, record_id: int, row: Row) -> None:
        self.labels.pop(record_id, None)
        for name, index in self._indexes.items():
            index.get(row.get(name, False), {}).pop(record_id, None)
        if self._by_write_date is not None:
            self._forget_write_date(record_id, row)

    def _forget_write_date(self, record_id: int, row: Row) -> None:
        order = self._write_dates()
        key = (row.get("write_date", ""), record_id)
        position = bisect_left(order, key)
        if position < len(order) and order[position] == key:
            del order[position]
