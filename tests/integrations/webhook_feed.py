"""An hour of a plant as its webhooks tell it: some get lost, some come twice, none in its place.

What happens lies behind every cursor, as what long transactions commit does, so that rounds do not
bring it. Clocks of Odoo's workers are up to five minutes off.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from integrations.models import GapKind
from integrations.simulator import instants, webhooks
from integrations.simulator.flows import transfers
from tests.integrations.linked import ADMIN, Linked, hook_up, knock

STEPS = 6  # of the hour; a webhook comes in that of its change, or in a later one
DROPPED, REPEATED = 0.01, 0.30
SKEW = timedelta(minutes=5)
BEGAN_BEFORE = timedelta(hours=2)


@dataclass
class Happened:
    """What a record went through. Steps count from 1; 0 is before the hour."""

    changed: int = 0
    told: int = -1  # the last step in which a webhook about it was worked through
    deleted: bool = False


@dataclass
class WebhookFeed:
    """`events` changes of receipts; `run` makes them, and has the inbox worked off step by step."""

    linked: Linked
    events: int
    rng: random.Random = field(default_factory=lambda: random.Random(50))
    records: dict[int, Happened] = field(default_factory=lambda: defaultdict(Happened))
    waiting: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    sent: int = 0
    dropped: int = 0
    repeated: int = 0
    _step: int = 0
    _old: list[int] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)

    def run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._old = [self._made() for _ in range(self.events // 6)]
        self._open = list(self._old)
        self.linked.sync()
        for record in self._old:
            self.records[record].told = 0
        hook_up(self.linked, monkeypatch)
        monkeypatch.setattr(webhooks, "_request", self._post)
        for step in range(1, STEPS + 1):
            self._step = step
            for _ in range(self.events // STEPS):
                self._something()
            self._deliver(step)

    def gaps(self) -> dict[int, str]:
        """What must stand in the ledger, told from what happened and what was told."""
        found: dict[int, str] = {}
        for record, said in self.records.items():
            if said.told >= said.changed:  # also of a deletion: what is read back is not there
                continue
            if said.deleted and said.told >= 0:
                found[record] = GapKind.DELETED
            elif not said.deleted:
                found[record] = GapKind.DIVERGED if said.told >= 0 else GapKind.MISSED
        return found

    def _something(self) -> None:
        chance = self.rng.random()
        if chance < 0.60:
            self._open.append(self._made())
        elif chance < 0.75 and len(self._old) > 10:
            self._close(self._old.pop(self.rng.randrange(len(self._old))))
        elif chance < 0.77:
            self._delete(self.rng.choice(self._open))
        else:
            self._replan(self.rng.choice(self._open))

    def _made(self) -> int:
        days = self.rng.choice([-2.0, 4.0, 9.0, 30.0])
        record = self.linked.receipt(days=days, written=self._stamp())
        self.records[record].changed = self._step
        return record

    def _replan(self, record: int) -> None:
        """To the day that it had, Odoo writes nothing and tells nothing."""
        before = self._written(record)
        with self.linked.world.transaction(ADMIN, self._stamp()) as tx:
            transfers.plan(tx, record, self.linked.wire(days=self.rng.randint(-5, 20)))
        if self._written(record) != before:
            self.records[record].changed = self._step

    def _written(self, record: int) -> object:
        return self.linked.world.tables["stock.picking"].rows[record]["write_date"]

    def _close(self, record: int) -> None:
        self._open.remove(record)
        with self.linked.world.transaction(ADMIN, self._stamp()) as tx:
            transfers.validate(tx, record)
        self.records[record].changed = self._step

    def _delete(self, record: int) -> None:
        """No webhook tells of it."""
        self._open.remove(record)
        if record in self._old:
            self._old.remove(record)
        fault = self.linked.odoo.faults.add("drop_webhook")
        self.linked.delete("stock.picking", record)
        fault.times = 0
        self.records[record].deleted, self.records[record].changed = True, self._step

    def _stamp(self) -> str:
        into = timedelta(hours=1) * self._step / STEPS
        off = SKEW * self.rng.uniform(-1, 1)
        return instants.text(self.linked.at - BEGAN_BEFORE + into + off)

    def _post(self, _url: str, body: bytes) -> int:
        """What Odoo sends now comes in this step or later, or not at all, or twice."""
        self.sent += 1
        if self.rng.random() < DROPPED:
            self.dropped += 1
            return 0
        self.waiting[self.rng.randint(self._step, STEPS)].append(body)
        if self.rng.random() < REPEATED:
            self.repeated += 1
            self.waiting[self.rng.randint(self._step, STEPS)].append(body)
        return 202

    def _deliver(self, step: int) -> None:
        bodies = self.waiting.pop(step, [])
        self.rng.shuffle(bodies)
        came = [knock(self.linked, body) for body in bodies]
        self.linked.later(seconds=10)
        self.linked.work_inbox()
        for delivery in came:
            if delivery.duplicates:  # what came before is only counted
                continue
            self.records[int(delivery.key.split(":")[1])].told = step
