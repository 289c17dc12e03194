"""Life going on: orders, trucks, counts and changes of mind, one beat after another.

A thermostat keeps what stands open within the demo's ranges: an exception is added only below a
kind's upper bound, one heals only above its lower bound, so the picture stays believable for days.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.simulator import instants
from integrations.simulator.company import suppliers, watch
from integrations.simulator.company.business import Business, Staff, next_working_day
from integrations.simulator.company.stockroom import Stockroom
from integrations.simulator.database import Database
from integrations.simulator.flows import counting, purchasing, selling, transfers
from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction

BEAT_SECONDS = 360.0
"""Company seconds between two beats: at the usual speed of 60, a beat every 6 seconds."""
EXCEPTION_CHANCE, HEAL_CHANCE = 6 / 35, 6 / 45
PURCHASE_CHANCE, SALE_CHANCE, REPLAN_CHANCE, BILL_CHANCE = 0.02, 0.04, 0.03, 0.02
LATE_CHANCE = 0.05
DUE = timedelta(minutes=10)
LONG_GAP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Band:
    low: int
    high: int

    @property
    def middle(self) -> int:
        return (self.low + self.high) // 2


AGES = {
    "receipt": ("stock.picking", "date_deadline"),
    "delivery": ("stock.picking", "date_deadline"),
    "count": ("stock.quant", "write_date"),
    "short": ("purchase.order.line", "date_planned"),
    "bill": ("account.move", "write_date"),
}
BANDS = {
    "receipt": Band(15, 25),
    "delivery": Band(10, 18),
    "count": Band(8, 15),
    "short": Band(8, 20),
    "bill": Band(5, 12),
}


class Life:
    """The beats of one company; every beat is a few transactions at one instant."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.rng = random.Random(f"live {seed}")
        self.stockroom = Stockroom(database, seed)
        self.lived_until: datetime | None = None
        self._business: Business | None = None

    @property
    def business(self) -> Business:
        if self._business is None:
            self._business = Business(Transaction(self.database.tables, ""), self.rng)
        return self._business

    def advance(self, until: datetime, speed: float = 60.0) -> int:
        """Live through every beat up to ``until``; needs a clock that can be moved."""
        clock = self.database.clock
        if not isinstance(clock, instants.SteppedClock):
            raise TypeError("a world on the real clock cannot be advanced by hand")
        step = timedelta(seconds=BEAT_SECONDS / speed)
        at, happened = clock.at + step, 0
        while at <= until:
            clock.move_to(at)
            happened += self.beat(at)
            at += step
        clock.move_to(until)
        return happened

    def beat(self, at: datetime) -> int:
        """What happens now; returns how many transactions it took."""
        self.lived_until = at
        happened = self._keep_promises(at)
        for chance, happening in (
            (PURCHASE_CHANCE, self._purchase),
            (SALE_CHANCE, self._sale),
            (REPLAN_CHANCE, self._replan),
            (BILL_CHANCE, lambda tx, _: suppliers.bill_rightly(tx, self.rng)),
            (EXCEPTION_CHANCE, self._disturb),
            (HEAL_CHANCE, self._heal),
        ):
            if self.rng.random() < chance:
                happened += self._do(at, happening)
        for trouble in self.stockroom.beat():
            happened += self._do(at, trouble)
        return happened

    def settle(self, at: datetime) -> int:
        """After a long pause: what was due meanwhile has happened, but for a believable rest."""
        happened = 0
        for kind, pickings in watch.open_exceptions(self.database, at).items():
            if kind not in {"receipt", "delivery"}:
                continue
            spare = self.rng.sample(pickings, max(0, len(pickings) - BANDS[kind].middle))
            for picking in spare:
                happened += self._do(at, self._finishing(picking))
        self.lived_until = at
        return happened

    def _do(self, at: datetime, happening: Callable[[Transaction, datetime], object]) -> int:
        with self.database.transaction(at=instants.text(at)) as tx:
            happening(tx, at)
            changed = bool(tx.changes)
        return int(changed)

    # Ordinary business ------------------------------------------------------------------------

    def _keep_promises(self, at: datetime) -> int:
        """Nearly everything promised for the next minutes happens in time."""
        happened = 0
        for picking in watch.due(self.database, at, at + DUE):
            if random.Random(f"punctual {picking}").random() >= LATE_CHANCE:
                happened += self._do(at, self._finishing(picking))
        return happened

    def _finishing(self, picking: int) -> Callable[[Transaction, datetime], object]:
        def finish(tx: Transaction, _: datetime) -> None:
            tx.uid = self._staff(tx, picking).lead
            self._complete(tx, picking)

        return finish

    def _complete(self, tx: Transaction, picking: int) -> None:
        """Everything of it moves; a shortage ends because the missing goods were found."""
        for move in transfers.open_moves(tx, picking):
            values = {"quantity": move["product_uom_qty"], "state": "assigned"}
            tx.set("stock.move", move["id"], values)
        if tx.row("stock.picking", picking).get("carrier_id"):
            tracking = f"MC{self.rng.randint(10**9, 10**10 - 1)}"
            tx.set("stock.picking", picking, {"carrier_tracking_ref": tracking})
        transfers.validate(tx, picking)

    def _purchase(self, tx: Transaction, at: datetime) -> None:
        site = self.business.site()
        lead = timedelta(days=self.rng.randint(3, 20))
        self._buy(tx, site, self.business.promise(next_working_day(at + lead), site))

    def _buy(self, tx: Transaction, site: Staff, promised: datetime) -> int:
        tx.uid = site.buyer
        items = self.business.bought(self.business.value(500, 45000))
        supplier = self.business.supplier()
        order = purchasing.order(tx, site.warehouse, supplier, site.buyer, items, _wire(promised))
        return purchasing.confirm(tx, order)

    def _sale(self, tx: Transaction, at: datetime) -> None:
        site = self.business.site()
        lead = timedelta(days=self.rng.randint(1, 6))
        self._sell(tx, site, self.business.promise(next_working_day(at + lead), site))

    def _sell(self, tx: Transaction, site: Staff, promised: datetime) -> int:
        tx.uid = site.service
        items = self.business.sold(self.business.value(300, 20000))
        order = selling.order(
            tx, site.warehouse, self.business.customer(), site.service, items, _wire(promised)
        )
        delivery = selling.confirm(tx, order)
        carrier = self.rng.choice(self.business.carriers)
        tx.set("stock.picking", delivery, {"carrier_id": carrier, "user_id": site.lead})
        return delivery

    def _replan(self, tx: Transaction, at: datetime) -> None:
        """A supplier names another day for something that is not due yet."""
        coming = watch.due(self.database, at + timedelta(days=1), at + timedelta(days=30))
        receipts = [each for each in coming if tx.row("stock.picking", each).get("purchase_id")]
        if receipts:
            row = tx.row("stock.picking", self.rng.choice(receipts))
            tx.uid = self._staff(tx, row["id"]).buyer
            moved = instants.moment(row["date_deadline"]) + timedelta(days=self.rng.randint(1, 4))
            purchasing.redate(tx, row["purchase_id"], _wire(moved))

    # Exceptions -------------------------------------------------------------------------------

    def _disturb(self, tx: Transaction, at: datetime) -> None:
        standing = watch.open_exceptions(self.database, at)
        room = {k: max(0, BANDS[k].high - len(v)) for k, v in standing.items()}
        if not any(room.values()):
            return
        kind = self.rng.choices(list(room), weights=list(room.values()))[0]
        {
            "receipt": self._late_receipt,
            "delivery": self._late_delivery,
            "count": self._miscount,
            "short": self._come_short,
            "bill": self._bill_wrongly,
        }[kind](tx, at, standing[kind])

    def _late_receipt(self, tx: Transaction, at: datetime, late: list[int]) -> None:
        """A partial arrival whose rest stays due, or an order entered after its promise."""
        if late and self.rng.random() < 0.3:
            self._arrive_in_part(tx, self.rng.choice(late))
            return
        site = self.business.site()
        soon = self.rng.random() < 0.35
        hours = self.rng.uniform(-0.3, -0.02) if soon else self.rng.uniform(1, 40)
        self._buy(tx, site, at - timedelta(hours=hours))

    def _arrive_in_part(self, tx: Transaction, picking: int) -> None:
        tx.uid = self._staff(tx, picking).lead
        suppliers.bring_half(tx, picking)

    def _bill_wrongly(self, tx: Transaction, _: datetime, __: list[int]) -> None:
        suppliers.bill_wrongly(tx, self.rng)

    def _come_short(self, tx: Transaction, at: datetime, _: list[int]) -> None:
        """Something that is due in the next days comes early, and is not all there will be."""
        coming = watch.due(self.database, at + timedelta(minutes=30), at + timedelta(days=9))
        receipts = [each for each in coming if tx.row("stock.picking", each).get("purchase_id")]
        if receipts:
            picking = self.rng.choice(receipts)
            tx.uid = self._staff(tx, picking).lead
            suppliers.close_short(tx, picking)

    def _late_delivery(self, tx: Transaction, at: datetime, _: list[int]) -> None:
        """A customer who needs it earlier than promised, or a sale that was late from the start."""
        waiting = [
            each
            for each in watch.due(self.database, at + timedelta(hours=8), at + timedelta(days=9))
            if tx.row("stock.picking", each).get("sale_id")
        ]
        if waiting and self.rng.random() < 0.6:
            row = tx.row("stock.picking", self.rng.choice(waiting))
            tx.uid = self._staff(tx, row["id"]).service
            pulled = at + timedelta(hours=self.rng.uniform(-6, 5))
            selling.redate(tx, row["sale_id"], _wire(pulled))
        else:
            site = self.business.site()
            self._sell(tx, site, at - timedelta(hours=self.rng.uniform(-0.3, 20)))

    def _miscount(self, tx: Transaction, _: datetime, __: list[int]) -> None:
        site = self.business.site()
        shelves = [
            row
            for each in tx.tables["stock.quant"].where("location_id", site.shelf)
            if not (row := tx.row("stock.quant", each)).get("inventory_quantity_set")
            and row["quantity"] > 12
        ]
        row = self.rng.choice(shelves)
        tx.uid = site.lead
        worth = self.business.value(500, 15000)
        pieces = max(1.0, round(worth / self.business.cost[row["product_id"]]))
        sign = 1 if self.rng.random() < 0.3 else -1
        counted = max(0.0, row["quantity"] + sign * pieces)
        counting.count(tx, row["id"], float(counted), site.lead)

    # Recovery ---------------------------------------------------------------------------------

    def _heal(self, tx: Transaction, at: datetime) -> None:
        standing = watch.open_exceptions(self.database, at)
        spare = {k: max(0, len(v) - BANDS[k].low) for k, v in standing.items()}
        if not any(spare.values()):
            return
        kind = self.rng.choices(list(spare), weights=list(spare.values()))[0]
        record = self._mostly_young(tx, kind, standing[kind])
        {
            "receipt": self._settle_transfer,
            "delivery": self._settle_transfer,
            "count": self._settle_count,
            "short": self._settle_short,
            "bill": self._settle_bill,
        }[kind](tx, at, record)

    def _mostly_young(self, tx: Transaction, kind: str, records: list[int]) -> int:
        """The old ones stay: a case that nobody solved for a week is not solved by chance."""
        model, column = AGES[kind]
        by_age = sorted(records, key=lambda each: (tx.row(model, each)[column], each))
        young = by_age[len(by_age) // 2 :]
        return self.rng.choice(young if self.rng.random() < 0.95 else by_age)

    def _settle_bill(self, tx: Transaction, _: datetime, bill: int) -> None:
        suppliers.settle_bill(tx, bill)

    def _settle_short(self, tx: Transaction, at: datetime, line: int) -> None:
        suppliers.settle_short(tx, line, lambda picking: self._finishing(picking)(tx, at))

    def _settle_count(self, tx: Transaction, _: datetime, quant: int) -> None:
        tx.uid = int(tx.row("stock.quant", quant).get("user_id") or tx.uid)
        if self.rng.random() < 0.6:
            counting.apply(tx, quant)
        else:
            counting.recount(tx, quant)

    def _settle_transfer(self, tx: Transaction, at: datetime, picking: int) -> None:
        row = tx.row("stock.picking", picking)
        if self.rng.random() < 0.65:
            self._finishing(picking)(tx, at)
            return
        later = _wire(at + timedelta(days=self.rng.randint(2, 6)))
        staff = self._staff(tx, picking)
        tx.uid = staff.buyer if row.get("purchase_id") else staff.service
        self._redate(tx, row, later)
        transfers.plan(tx, picking, later)

    def _redate(self, tx: Transaction, row: Row, later: str) -> None:
        if row.get("purchase_id"):
            purchasing.redate(tx, row["purchase_id"], later)
        elif row.get("sale_id"):
            selling.redate(tx, row["sale_id"], later)

    def _staff(self, tx: Transaction, picking: int) -> Staff:
        kind = tx.row("stock.picking", picking)["picking_type_id"]
        warehouse = tx.row("stock.picking.type", kind)["warehouse_id"]
        return next(each for each in self.business.sites if each.warehouse == warehouse)


def _wire(at: datetime) -> str:
    """Dates that people enter carry no microseconds."""
    return instants.text(at.replace(microsecond=0))
