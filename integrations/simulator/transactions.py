"""One call is one transaction: what it changed, in order, and how to take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from integrations.simulator.records import Row, Table

ODOOBOT = 1
BOOKKEEPING = ("write_date", "write_uid")


@dataclass(slots=True)
class Change:
    """A row as it was before: the whole row for unlink, the touched values for write."""

    kind: Literal["create", "write", "unlink"]
    model: str
    record_id: int
    before: Row


class Transaction:
    """Writes to tables under one start instant and one user.

    ``at`` is the start as column text: every row that the transaction writes carries it as
    ``write_date``, however late the commit. ``remembers`` off (bulk loading) saves the log.
    """

    def __init__(
        self,
        tables: dict[str, Table],
        at: str,
        uid: int = ODOOBOT,
        *,
        remembers: bool = True,
    ) -> None:
        self.tables = tables
        self.at = at
        self.uid = uid
        self.context: dict[str, Any] = {}
        self.changes: list[Change] = []
        self._remembers = remembers

    def row(self, model: str, record_id: int) -> Row:
        return self.tables[model].rows[record_id]

    def create(self, model: str, values: Mapping[str, Any]) -> int:
        table = self.tables[model]
        record_id = table.last_id + 1
        row = {name: value for name, value in values.items() if not _is_empty(value)}
        row.update(
            id=record_id,
            create_date=self.at,
            write_date=self.at,
            create_uid=self.uid,
            write_uid=self.uid,
        )
        table.put(record_id, row)
        if self._remembers:
            self.changes.append(Change("create", model, record_id, {}))
        return record_id

    def write(self, model: str, record_id: int, values: Mapping[str, Any]) -> None:
        """What a user writes: bumps ``write_date`` even if nothing differs."""
        table = self.tables[model]
        stamped = {**values, "write_date": self.at, "write_uid": self.uid}
        before = table.change(record_id, stamped)
        if self._remembers:
            self.changes.append(Change("write", model, record_id, before))

    def set(self, model: str, record_id: int, values: Mapping[str, Any]) -> bool:
        """What Odoo recomputes: only true differences are stored and bump ``write_date``."""
        row = self.tables[model].rows[record_id]
        different = {k: v for k, v in values.items() if (row.get(k) or False) != (v or False)}
        if different:
            self.write(model, record_id, different)
        return bool(different)

    def unlink(self, model: str, record_id: int) -> None:
        table = self.tables[model]
        if self._remembers:
            before = dict(table.rows[record_id])
            self.changes.append(Change("unlink", model, record_id, before))
        table.drop(record_id)

    def touched(self) -> list[tuple[str, int]]:
        """Every record this transaction changed, once each, in order of first change."""
        return list(dict.fromkeys((change.model, change.record_id) for change in self.changes))

    def withdraw(self) -> dict[tuple[str, int], Row | None]:
        """Show the old rows again and return the new ones, for ``restore``.

        Numbers drawn from sequences stay drawn, as they do in PostgreSQL.
        """
        final = {
            (model, each): dict(self.tables[model].rows[each])
            if each in self.tables[model].rows
            else None
            for model, each in self.touched()
        }
        self._undo(lasting="ir.sequence")
        return final

    def restore(self, final: dict[tuple[str, int], Row | None]) -> None:
        """Put the withdrawn rows in place; the last writer wins, as in Odoo."""
        for (model, record_id), row in final.items():
            if row is None:
                self.tables[model].drop(record_id)
            else:
                self.tables[model].put(record_id, row)

    def rollback(self) -> None:
        """Put every table back as it was before the first change."""
        self._undo()
        self.changes.clear()

    def _undo(self, lasting: str = "") -> None:
        for change in reversed(self.changes):
            if change.model == lasting:
                continue
            table = self.tables[change.model]
            if change.kind == "create":
                table.drop(change.record_id)
            elif change.kind == "unlink":
                table.put(change.record_id, change.before)
            else:
                _restore(table, change)


def _restore(table: Table, change: Change) -> None:
    row = dict(table.rows[change.record_id])
    for name, value in change.before.items():
        if value is None:
            row.pop(name, None)
        else:
            row[name] = value
    table.put(change.record_id, row)


def _is_empty(value: Any) -> bool:
    return value is False or value is None or value == [] or value == ""  # 0 stays: it is a value
