"""A world on disk: every committed row in one SQLite file, so that a second start goes on.

Each transaction of the world is one of SQLite's (write-ahead log, no wait for the disk): killing
the process loses nothing that was committed.
"""

import json
import sqlite3
from pathlib import Path
from typing import Self

from integrations.simulator import instants
from integrations.simulator.methods.provisioning import add_field
from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction
from integrations.simulator.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
    model TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (model, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Journal:
    """Where one world is kept."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)

    @classmethod
    def of(cls, folder: Path, version: int) -> Self:
        """Each version keeps its own file."""
        return cls(folder / f"simulator-{version}.sqlite3")

    def load(self, version: int, clock: instants.Clock) -> World | None:
        """The world as it was last; ``None`` when the file is new or was never completed."""
        facts = dict(self._connection.execute("SELECT name, value FROM facts"))
        if facts.get("complete") != "yes" or int(facts["version"]) != version:
            return None
        world = World(version, clock, int(facts["seed"]))
        for model, record_id, body in self._connection.execute("SELECT model, id, body FROM rows"):
            if model in world.tables:
                world.tables[model].put(record_id, json.loads(body))
        for row in world.tables["ir.model.fields"].rows.values():
            if row.get("state") == "manual":
                add_field(world.models[row["model"]], row)
        return world

    def keep(self, world: World) -> None:
        """Write the whole world, then every transaction as it commits."""
        with world.lock:
            self.save_all(world)
            world.on_commit.append(lambda tx: self.save(world, tx))

    def save_all(self, world: World) -> None:
        """Needed at first, and after bulk loading, which passes no transaction on."""
        facts = {"version": str(world.version), "seed": str(world.seed), "complete": "yes"}
        self._connection.execute("BEGIN")
        self._connection.execute("DELETE FROM rows")
        for model, table in world.tables.items():
            rows = ((model, each, json.dumps(row)) for each, row in table.rows.items())
            self._connection.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows)
        self._connection.executemany("REPLACE INTO facts VALUES (?, ?)", facts.items())
        self._connection.execute("COMMIT")

    def save(self, world: World, tx: Transaction) -> None:
        self._connection.execute("BEGIN")
        for model, record_id in tx.touched():
            self._save_row(model, record_id, world.tables[model].rows.get(record_id))
        self._connection.execute("COMMIT")

    def _save_row(self, model: str, record_id: int, row: Row | None) -> None:
        key = (model, record_id)
        if row is None:
            self._connection.execute("DELETE FROM rows WHERE model = ? AND id = ?", key)
        else:
            body = json.dumps(row)
            self._connection.execute("REPLACE INTO rows VALUES (?, ?, ?)", (*key, body))

    def close(self) -> None:
        self._connection.close()
