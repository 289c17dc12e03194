"""The world that the simulator serves: a database, its logins, and the company living in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from integrations.simulator import instants, reading, rights
from integrations.simulator.company import (
    backlog,
    bulk,
    history,
    live,
    masters,
    paperwork,
    people,
    stockroom,
)
from integrations.simulator.database import Database
from integrations.simulator.transactions import Transaction

OPEN = ["confirmed", "waiting", "assigned"]


class World(Database):
    """One simulated company in one Odoo version.

    ``World.build`` makes the demo company, complete with its past; ``World.bare`` the same master
    data without a single order, for tests that set up their own.
    """

    def __init__(self, version: int, clock: instants.Clock, seed: int) -> None:
        super().__init__(version, clock)
        self.seed = seed
        self.logins = list(people.LOGINS)
        self.life = live.Life(self, seed)
        self.automations: dict[str, Callable[[Transaction, str, int, dict[str, Any]], None]] = {}

    @classmethod
    def bare(
        cls,
        now: datetime,
        *,
        version: int = 19,
        seed: int = 7,
        clock: instants.Clock | None = None,
    ) -> Self:
        """Master data only. Without a clock of its own, the world's time moves by hand."""
        world = cls(version, clock or instants.SteppedClock(now), seed)
        masters.build(world, now, seed)
        return world

    @classmethod
    def build(
        cls,
        now: datetime,
        *,
        version: int = 19,
        seed: int = 7,
        clock: instants.Clock | None = None,
    ) -> Self:
        """The demo company with ninety days behind it and its open exceptions at ``now``."""
        world = cls.bare(now, version=version, seed=seed, clock=clock)
        history.History(world, now, seed).play()
        backlog.Backlog(world, now, seed).play()
        paperwork.file(world, now, seed)
        stockroom.fill(world, now, seed)
        return world

    @contextmanager
    def acting_as(self, uid: int) -> Iterator[Transaction]:
        """A transaction of one user at the world's now, webhooks included."""
        with self.transaction(uid) as tx:
            yield tx

    def advance(self, until: datetime) -> int:
        """Let life go on up to that instant; returns how many things happened.

        For worlds on a ``SteppedClock``, which is moved along.
        """
        return self.life.advance(until)

    def add_bulk_transfers(self, amount: int) -> None:
        """Plain transfers with one move each, origin ``BULK…``, for benchmarks."""
        with self.lock:
            bulk.add(self, amount)

    def as_granted(self, login: rights.Login) -> rights.Login:
        """The login with what access rights of the database give its groups, beside the table."""
        rows = self.tables["ir.model.access"].rows.values()
        found = {
            (self.tables["ir.model"].rows[row["model_id"]]["model"], operation)
            for row in rows
            if row.get("active") and self._is_in(login, row["group_id"])
            for operation in rights.VERBS
            if row.get(f"perm_{operation}")
        }
        return replace(login, granted=frozenset(found)) if found else login

    def _is_in(self, login: rights.Login, group: int) -> bool:
        held = self.tables["res.groups"].rows[group]
        return login.uid in held.get("users" if self.version < 19 else "user_ids", ())

    def login(self, key: str) -> rights.Login | None:
        return next((each for each in self.logins if each.key == key), None)

    # What stands open, by the same definitions as the rules that will find it ------------------

    def late_receipts(self, at: datetime) -> list[int]:
        """Open receipts whose promised date has passed; returns do not count."""
        now = instants.text(at)[: instants.WIRE_LENGTH]
        return reading.search(
            self,
            "stock.picking",
            [
                ["picking_type_code", "=", "incoming"],
                ["state", "in", OPEN],
                ["return_id", "=", False],
                ["date_deadline", "<", now],
            ],
            order="id",
        )

    def late_deliveries(self, at: datetime) -> list[int]:
        """Open transfers of sales orders whose promised date has passed."""
        return self._deliveries([["date_deadline", "<", instants.text(at)[: instants.WIRE_LENGTH]]])

    def deliveries_at_risk(self, at: datetime) -> list[int]:
        """Open, promised later, but planned after the promise or short of stock within 2 days."""
        now = instants.text(at)[: instants.WIRE_LENGTH]
        short = ["move_ids.state", "in", ["confirmed", "partially_available"]]
        return self._deliveries(
            [["date_deadline", ">=", now], "|", ["has_deadline_issue", "=", True], short]
        )

    def _deliveries(self, terms: list[object]) -> list[int]:
        base: list[object] = [
            ["sale_id", "!=", False],
            ["return_id", "=", False],
            ["state", "in", OPEN],
        ]
        return reading.search(self, "stock.picking", [*base, *terms], order="id")

    def discrepancies(self) -> list[int]:
        """Counts that are entered, differ, and are not applied."""
        return reading.search(
            self,
            "stock.quant",
            [
                ["inventory_quantity_set", "=", True],
                ["inventory_diff_quantity", "!=", 0],
                ["location_id.usage", "in", ["internal", "transit"]],
            ],
            order="id",
        )
