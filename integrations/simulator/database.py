"""One simulated Odoo database: its tables, its clock, its users and its commit."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from integrations.simulator import computed, errors, instants, labels, schema
from integrations.simulator.records import Row, Table
from integrations.simulator.transactions import ODOOBOT, Transaction

FIRST_TO_ANNOUNCE_AFTER_COMMIT = 19
Listener = Callable[[Transaction], None]


class Announcer(Protocol):
    """Whoever tells the outside what a transaction changed (the webhooks)."""

    def prepare(self, tx: Transaction) -> list[Any]: ...

    def send(self, deliveries: list[Any]) -> None: ...


class Database:
    """Rows of every model of one Odoo version, behind one lock.

    ``on_commit`` is told of every transaction that changed something, while the lock is held
    (the journal); ``announcer`` sends the outgoing webhooks: after the commit from 19 on, before it
    on older versions, while readers still see the old values.
    """

    def __init__(self, version: int, clock: instants.Clock) -> None:
        self.version = version
        self.clock = clock
        self.models = schema.load(version)
        self.tables = {name: Table(model) for name, model in self.models.items()}
        self.lock = threading.RLock()
        self.on_commit: list[Listener] = []
        self.announcer: Announcer | None = None
        self.computed = computed.of_version(self)

    def now(self) -> str:
        return instants.text(self.clock.now())

    @contextmanager
    def transaction(
        self, uid: int = ODOOBOT, at: str = "", *, announce: bool = True
    ) -> Iterator[Transaction]:
        """All or nothing, one at a time; webhooks of the changes are sent before it returns."""
        announcer = self.announcer if announce else None
        early = self.version < FIRST_TO_ANNOUNCE_AFTER_COMMIT
        with self.lock:
            tx = Transaction(self.tables, at or self.now(), uid)
            deliveries: list[Any] = []
            withdrawn: dict[tuple[str, int], Row | None] | None = None
            failure: BaseException | None = None
            try:
                yield tx
            except BaseException as error:  # noqa: BLE001  # raised again once the lock is free
                if early and announcer and isinstance(error, errors.LateFailure):
                    deliveries = announcer.prepare(tx)
                tx.rollback()
                failure = error
            else:
                deliveries = announcer.prepare(tx) if announcer and tx.changes else []
                if deliveries and early:
                    withdrawn = tx.withdraw()
                else:
                    self._commit(tx)
        if announcer and deliveries:
            announcer.send(deliveries)
        if failure is not None:
            raise failure
        if withdrawn is not None:
            with self.lock:
                tx.restore(withdrawn)
                self._commit(tx)

    def _commit(self, tx: Transaction) -> None:
        if tx.changes:
            for listener in self.on_commit:
                listener(tx)

    def label(self, model: str, record_id: int) -> str | bool:
        """The display name; ``False`` when the record is gone."""
        table = self.tables.get(model)
        if table is None or record_id not in table.rows:
            return False
        label = table.labels.get(record_id)
        if label is None:
            label = labels.compose(self, model, table.rows[record_id])
            table.labels[record_id] = label
        return label

    def raw(self, model: str, name: str) -> Callable[[Row], Any]:
        """Reads a field of a row as kept: microseconds, bare ids, computed where not kept."""
        field = self.models[model].fields[name]
        compute = self.computed.get((model, name))
        if compute is not None:
            return compute
        if field.inverse and field.relation in self.tables:
            related, inverse = self.tables[field.relation], field.inverse
            return lambda row: related.where(inverse, row["id"])
        empty = field.empty
        return lambda row: row.get(name, empty)
