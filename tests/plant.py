"""A simulated Odoo with nothing in it but what a test puts there, and the tower connected to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions.models import Membership, Team, User
from exceptions.vocabulary import Role, TeamCode
from integrations import connections
from integrations.models import OdooAccess
from integrations.odoo.access import Access, Secret
from integrations.simulator import SimulatedOdoo, World, instants
from integrations.simulator.company.people import ADMIN
from integrations.simulator.flows import counting, purchasing, selling, transfers
from integrations.simulator.flows.purchasing import Item
from integrations.simulator.records import Row

KEY, LOGIN, DATABASE = "sim-integration-key", "control.tower", "tower"
WAREHOUSE, BUYER, SUPPLIER, CUSTOMER, PRODUCT = 1, 8, 30, 50, 1
# Where a verb leaves its key, and in which field.
MARKS = (("mail.message", "body"), ("mail.activity", "note"), ("project.task", "description"))


@dataclass
class Plant:
    """One running simulator; amounts are in the company's currency."""

    odoo: SimulatedOdoo
    url: str
    now: datetime

    @property
    def world(self) -> World:
        return self.odoo.world

    def late_receipts(self, number: int, *, value: float = 900.0) -> list[int]:
        """Transfers of confirmed orders that were promised two days ago."""
        return [self._receipt(value) for _ in range(number)]

    def _receipt(self, value: float) -> int:
        items = [Item(PRODUCT, 1.0, value)]
        with self.world.acting_as(ADMIN) as tx:
            order = purchasing.order(tx, WAREHOUSE, SUPPLIER, BUYER, items, self._day(-2))
            return purchasing.confirm(tx, order)

    def late_delivery(self, *, value: float = 4_000.0) -> int:
        """A sales order that was promised yesterday and still waits; its id."""
        items = [Item(PRODUCT, 1.0, value)]
        with self.world.acting_as(ADMIN) as tx:
            order = selling.order(tx, WAREHOUSE, CUSTOMER, BUYER, items, self._day(-1))
            selling.confirm(tx, order)
            return order

    def miscount(self, *, by: float = 30.0) -> int:
        """A count that finds more than the books say and is not applied; the quant's id."""
        warehouse = self.world.tables["stock.warehouse"].rows[WAREHOUSE]
        quants = self.world.tables["stock.quant"]
        quant = min(quants.where("location_id", warehouse["lot_stock_id"]))
        with self.world.acting_as(ADMIN) as tx:
            counting.count(tx, quant, quants.rows[quant]["quantity"] + by, BUYER)
        return quant

    def deliver(self, order: int) -> None:
        """The goods of a sales order leave the house."""
        with self.world.acting_as(ADMIN) as tx:
            for transfer in self.transfers_of(order):
                transfers.validate(tx, transfer)

    def transfers_of(self, order: int) -> list[int]:
        return self.world.tables["stock.picking"].where("sale_id", order)

    def recount(self, quant: int) -> None:
        """Somebody throws the count away, to count again."""
        with self.world.acting_as(ADMIN) as tx:
            counting.recount(tx, quant)

    def row(self, model: str, record: int) -> Row:
        """The record as Odoo keeps it."""
        return self.world.tables[model].rows[record]

    def tell(self, model: str, record: int, **values: object) -> None:
        """Somebody at the plant writes these values."""
        with self.world.acting_as(ADMIN) as tx:
            tx.write(model, record, values)

    def effects(self, key: str) -> list[tuple[str, str, int]]:
        """Every note, activity and to-do that carries the key: (made at, model, id)."""
        return sorted(
            (row["create_date"], model, row["id"])
            for model, field in MARKS
            for row in self.world.tables[model].rows.values()
            if f"[ct:{key}]" in str(row.get(field) or "")
        )

    def _day(self, days: int) -> str:
        return instants.text((self.now + timedelta(days=days)).replace(microsecond=0))


@contextmanager
def running(
    now: datetime, *, version: int = 19, clock: instants.Clock | None = None
) -> Iterator[Plant]:
    """With a simulator of the company's master data, whose time stands at `now` without a clock."""
    odoo = SimulatedOdoo(World.bare(now, version=version, clock=clock))
    with odoo.running() as url:
        yield Plant(odoo, url, now)


def access(url: str) -> Access:
    """What opens a simulator for the integration user."""
    return Access(url, DATABASE, LOGIN, Secret(KEY))


def connect(url: str, *, at: datetime, name: str = "Plant") -> OdooAccess:
    """Connect the tower to a simulator as an operator would, with people for all its sites."""
    report = connections.look(access(url), at=at)
    connected = connections.connect(name, access(url), report)
    staff_everywhere()
    return connected.row


def staff_everywhere() -> None:
    """One supervisor, and one operator a team, for every site."""
    _person("lead", Role.SUPERVISOR, None)
    for code in TeamCode:
        team, _ = Team.objects.get_or_create(code=code, defaults={"name": str(code.label)})
        _person(str(code), Role.OPERATOR, team)


def _person(username: str, role: Role, team: Team | None) -> None:
    user, _ = User.objects.get_or_create(username=username)
    Membership.objects.get_or_create(user=user, role=role, site=None, team=team)
