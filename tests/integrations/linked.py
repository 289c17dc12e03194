"""A tower connected to a simulated Odoo that runs over real HTTP, with both clocks in the test's
hand."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from exceptions.actors import Actor, person
from exceptions.models import Case, Document, Membership, OutboxMessage, Team, User
from exceptions.vocabulary import Role, TeamCode
from integrations import connections, inbox, outbox, rounds, vault
from integrations.models import InboxDelivery, OdooAccess, SyncCursor
from integrations.odoo import connecting, paging, sync
from integrations.odoo.access import Access, Secret
from integrations.odoo.client import Odoo
from integrations.odoo.probe import ProbeReport
from integrations.odoo.sources import SOURCES, Source
from integrations.odoo.sync import Read
from integrations.simulator import SimulatedOdoo, World, dispatch, instants, webhooks
from integrations.simulator.flows import billing, counting, purchasing, selling, transfers
from integrations.simulator.flows.purchasing import Item
from integrations.simulator.records import Row
from integrations.simulator.rights import Login
from integrations.simulator.transactions import Transaction

KEY, LOGIN, DATABASE = "sim-integration-key", "control.tower", "tower"
ADMIN, INTEGRATION = 2, 5
WAREHOUSE, BUYER, SUPPLIER, CUSTOMER = 1, 8, 30, 50
MARKS = (("mail.message", "body"), ("mail.activity", "note"), ("project.task", "description"))


@dataclass
class Seen:
    """What the simulator was asked, in order. With `before`, something happens just before a
    call."""

    requests: list[dispatch.Request] = field(default_factory=list)
    at_each: Callable[[], object] = lambda: None
    _waiting: list[tuple[str, str, Callable[[], object]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def before(self, model: str, method: str, happens: Callable[[], object]) -> None:
        """Once, at the next call of that method."""
        self._waiting.append((model, method, happens))

    def of(self, model: str, *methods: str) -> list[dispatch.Request]:
        return [r for r in self.requests if r.model == model and r.method in methods]

    def forget(self) -> None:
        self.requests.clear()

    def note(self, request: dispatch.Request) -> None:
        with self._lock:
            self.requests.append(request)
            due = [w for w in self._waiting if w[:2] == (request.model, request.method)][:1]
            for each in due:
                self._waiting.remove(each)
        self.at_each()
        for _, _, happens in due:
            happens()


@dataclass
class Linked:
    """`at` is the instant that both the tower and Odoo believe it to be."""

    odoo: SimulatedOdoo
    url: str
    row: OdooAccess
    at: datetime
    seen: Seen

    @property
    def world(self) -> World:
        return self.odoo.world

    def now(self) -> datetime:
        return self.at

    def later(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        clock = self.world.clock
        assert isinstance(clock, instants.SteppedClock)
        clock.move_to(self.at)
        return self.at

    # What the tower does ----------------------------------------------------------------------

    def sync(self, *, size: int = paging.PAGE) -> dict[str, Read]:
        """One round by the tower's own road; with another page size, one level below it."""
        if size == paging.PAGE:
            reads = rounds.sync_one(self.row, self.now)
        else:
            with connecting.opened(self.row) as odoo:
                reads = sync.sync(self.row, odoo, now=self.now, size=size)
        return {read.source: read for read in reads}

    def deliver(self) -> int:
        return outbox.deliver_due(self.now)

    def work_inbox(self) -> int:
        return inbox.work_due(self.now)

    @contextmanager
    def client(self) -> Iterator[Odoo]:
        with connecting.opened(self.row) as odoo:
            yield odoo

    def cursor(self, source: str) -> SyncCursor:
        return SyncCursor.objects.get(connection=self.row.connection, source=source)

    def case(self, model: str, record: int) -> Case:
        return Case.objects.get(document__model=model, document__record_id=record)

    def message(self, verb: str) -> OutboxMessage:
        return OutboxMessage.objects.get(verb=verb)

    def owner(self, case: Case) -> Actor:
        assert case.owner is not None
        return person(case.owner)

    # What happens at the plant ----------------------------------------------------------------

    def wire(self, **after: float) -> str:
        """An instant relative to now as people enter it."""
        return instants.text((self.at + timedelta(**after)).replace(microsecond=0))

    def receipt(
        self, *, days: float = -2, lines: int = 1, value: float = 900.0, written: str = ""
    ) -> int:
        """A receipt of a confirmed order, promised that many days from now; the transfer's id."""
        items = [Item(1 + n, 1.0, value) for n in range(lines)]
        with self.world.transaction(ADMIN, written) as tx:
            order = purchasing.order(tx, WAREHOUSE, SUPPLIER, BUYER, items, self.wire(days=days))
            return purchasing.confirm(tx, order)

    def delivery(self, *, days: float = -1, value: float = 4_000.0, quantity: float = 1.0) -> int:
        """The delivery of a sales order; the transfer's id."""
        items = [Item(1, quantity, value)]
        with self.world.transaction(ADMIN) as tx:
            order = selling.order(tx, WAREHOUSE, CUSTOMER, BUYER, items, self.wire(days=days))
            return selling.confirm(tx, order)

    def order_of(self, transfer: int) -> int:
        row = self.picking(transfer)
        return int(row.get("sale_id") or row["purchase_id"])

    def partial(
        self, *, days: float = -2, ordered: float = 10.0, came: float = 6.0, price: float = 100.0
    ) -> int:
        """A line of an order of which a part came and the rest is on backorder; the line's id."""
        with self.world.transaction(ADMIN) as tx:
            item = Item(1, ordered, price)
            order = purchasing.order(tx, WAREHOUSE, SUPPLIER, BUYER, [item], self.wire(days=days))
            self.arrive(tx, purchasing.confirm(tx, order), came)
            return tx.tables["purchase.order.line"].where("order_id", order)[0]

    def arrive(self, tx: Transaction, transfer: int, came: float) -> int | None:
        """So much of each move is there; returns the backorder."""
        done = {move["id"]: came for move in transfers.open_moves(tx, transfer)}
        return transfers.validate(tx, transfer, done)

    def backorder_of(self, line: int) -> int:
        """The open transfer that brings the rest of an order line."""
        moves = self.world.tables["stock.move"]
        of_line = (moves.rows[each] for each in moves.where("purchase_line_id", line))
        return next(int(m["picking_id"]) for m in of_line if m["state"] in transfers.OPEN_MOVE)

    def billed(self, line: int, *, share: float = 1.0, dearer: float = 1.0) -> int:
        """A posted bill of an order line's order; its id."""
        with self.world.transaction(ADMIN) as tx:
            order = tx.row("purchase.order.line", line)["order_id"]
            return billing.bill(tx, order, share, dearer=dearer)

    def miscount(self, *, by: float = -10.0) -> int:
        """A count that differs and is not applied; the quant's id."""
        quant = self.quants()[0]
        with self.world.transaction(ADMIN) as tx:
            counting.count(tx, quant, tx.row("stock.quant", quant)["quantity"] + by, BUYER)
        return quant

    def quants(self) -> list[int]:
        """Of the first warehouse's shelf, those worth counting."""
        shelf = self.world.tables["stock.warehouse"].rows[WAREHOUSE]["lot_stock_id"]
        table = self.world.tables["stock.quant"]
        return [q for q in table.where("location_id", shelf) if table.rows[q]["quantity"] > 20]

    def tell(self, model: str, record: int, *, written: str = "", **values: object) -> None:
        """Somebody at the plant writes these values."""
        with self.world.transaction(ADMIN, written) as tx:
            tx.write(model, record, values)

    def delete(self, model: str, record: int) -> None:
        with self.world.transaction(ADMIN) as tx:
            if model == "stock.picking":
                for move in tx.tables["stock.move"].where("picking_id", record):
                    tx.unlink("stock.move", move)
            tx.unlink(model, record)

    def picking(self, record: int) -> Row:
        return self.world.tables["stock.picking"].rows[record]

    def effects(self, key: str) -> list[tuple[str, int]]:
        """Every note, activity and to-do that carries a message's key."""
        return sorted(
            (model, row["id"])
            for model, mark in MARKS
            for row in self.world.tables[model].rows.values()
            if f"[ct:{key}]" in str(row.get(mark) or "")
        )


@contextmanager
def linked(
    at: datetime, version: int, monkeypatch: pytest.MonkeyPatch, *, name: str = "Plant"
) -> Iterator[Linked]:
    """A running simulator of the company without a single order, and a tower connected to it."""
    with serving(World.bare(at, version=version), at, monkeypatch, name=name) as running:
        yield running


@contextmanager
def serving(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch, *, name: str = "Plant"
) -> Iterator[Linked]:
    odoo, seen = SimulatedOdoo(world), Seen()
    _listen_in(world, seen, monkeypatch)
    with odoo.running() as url:
        access = Access(url, DATABASE, LOGIN, Secret(KEY))
        row = connections.connect(name, access, connections.look(access, at=at)).row
        staff_everywhere()
        seen.forget()
        running = Linked(odoo, url, row, at, seen)
        monkeypatch.setattr(timezone, "now", running.now)  # the edges read the same clock
        yield running


def connected(linked: Linked, name: str, *, login: str = LOGIN, key: str = KEY) -> OdooAccess:
    """One more connection to the same Odoo."""
    access = Access(linked.url, DATABASE, login, Secret(key))
    return connections.connect(name, access, connections.look(access, at=linked.at)).row


def _listen_in(world: World, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = dispatch.run

    def run(asked: World, faults: Any, login: Login, request: dispatch.Request) -> Any:
        if asked is world:
            seen.note(request)
        return answer(asked, faults, login, request)

    monkeypatch.setattr(dispatch, "run", run)


def staff_everywhere() -> None:
    """A supervisor, and an operator a team, for every site there is and will be."""
    _person("lead", Role.SUPERVISOR, None)
    for code in TeamCode:
        team, _ = Team.objects.get_or_create(code=code, defaults={"name": str(code.label)})
        _person(str(code), Role.OPERATOR, team)


def _person(username: str, role: Role, team: Team | None) -> None:
    user, _ = User.objects.get_or_create(username=username)
    Membership.objects.get_or_create(user=user, role=role, site=None, team=team)


def source(name: str) -> Source:
    return next(s for s in SOURCES if s.name == name)


OURS = {"connection_id", "site_id", "read_at", "url"}


def mirror(row: OdooAccess) -> dict[tuple[str, int], dict[str, Any]]:
    """What the tower believes of one connection: the facts of every document that is not gone,
    without what names the connection or the reading."""
    documents = Document.objects.filter(connection=row.connection, gone_at=None)
    return {
        (d.model, d.record_id): {k: v for k, v in d.facts.items() if k not in OURS}
        for d in documents
    }


def open_cases() -> list[tuple[str, int]]:
    """(kind, record) of every case that has not ended."""
    rows = Case.objects.filter(resolved_at=None, closed_at=None)
    return sorted(rows.values_list("kind", "document__record_id"))


def knock(linked: Linked, body: bytes) -> InboxDelivery:
    """One delivery at the hook's door."""
    secret = vault.unseal(linked.row.sealed_hook_secret)
    receipt = inbox.receive(secret, body, {"Content-Type": "application/json"}, at=linked.at)
    assert receipt.id is not None
    return InboxDelivery.objects.get(pk=receipt.id)


def look(linked: Linked, *, login: str, key: str) -> ProbeReport:
    access = Access(linked.url, DATABASE, login, Secret(key))
    return connections.look(access, at=linked.at)


HOOKED = ("state", "priority", "scheduled_date", "date_deadline", "sale_id", "write_date",
          "write_uid")  # fmt: skip


def hook_up(
    linked: Linked,
    monkeypatch: pytest.MonkeyPatch,
    *,
    fields: Sequence[str] = HOOKED,
    triggers: Sequence[str] = ("on_create_or_write", "on_unlink"),
) -> list[int]:
    """Automation rules in Odoo post every change of a transfer to the tower's own address, through
    Django's whole stack; returns the list to which the answers' statuses are added."""
    statuses: list[int] = []

    def post(url: str, body: bytes) -> int:
        answer = Client().post(urlsplit(url).path, body, content_type="application/json")
        statuses.append(answer.status_code)
        return answer.status_code

    monkeypatch.setattr(webhooks, "_request", post)
    access = Access(linked.url, DATABASE, "admin", Secret("sim-admin-key"))
    with Odoo.connect(access) as admin:
        for trigger in triggers:
            _rule(admin, trigger, connections.hook_url(linked.row), fields)
    return statuses


def _rule(admin: Odoo, trigger: str, url: str, fields: Sequence[str]) -> None:
    (model,) = admin.search("ir.model", [["model", "=", "stock.picking"]], order="id")
    named = [["model", "=", "stock.picking"], ["name", "in", list(fields)]]
    ids = admin.search("ir.model.fields", named, order="id")
    posts = {
        "name": "Tower hook",
        "model_id": model,
        "state": "webhook",
        "webhook_url": url,
        "webhook_field_ids": [[6, 0, ids]],
    }
    rule = {"name": "Tower", "model_id": model, "trigger": trigger}
    admin.create("base.automation", [{**rule, "action_server_ids": [[0, 0, posts]]}])


def later_transfer(linked: Linked, transfer: int, *, days: float = 5) -> int:
    """One more open transfer of the same order, with its own dates."""
    with linked.world.acting_as(ADMIN) as tx:
        row = dict(tx.row("stock.picking", transfer))
        move = next(m for m in transfers.moves_of(tx, transfer))
        date = linked.wire(days=days)
        line = transfers.Line(move["product_id"], 1.0, {"sale_line_id": move["sale_line_id"]})
        values = {n: row[n] for n in ("origin", "partner_id", "sale_id")}
        kind = tx.row("stock.warehouse", 1)["out_type_id"]
        return transfers.create(tx, kind, [line], date, {**values, "date_deadline": date})
