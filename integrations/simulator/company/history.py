"""Ninety days of ordinary business, played through the same flows that the live clock uses.

Everything promised before ``now`` has happened by ``now``: what is open and late is then set
up on purpose, by ``backlog``.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from integrations.simulator import instants
from integrations.simulator.company.business import Business, Staff, midnight, next_working_day
from integrations.simulator.database import Database
from integrations.simulator.flows import counting, orders, purchasing, selling, transfers
from integrations.simulator.transactions import Transaction

DAYS = 90
RECEIPTS_A_DAY = 15
DELIVERIES_A_DAY = 30
INTERNAL_A_DAY = 5
COUNTS_A_DAY = 5
BACKORDER_SHARE = 0.06
RETURN_SHARE = 0.02
CANCEL_SHARE = 0.015
Happening = Callable[[Transaction], None]


class History:
    """A queue of happenings, worked off in the order of their instants."""

    def __init__(self, database: Database, now: datetime, seed: int) -> None:
        self.database = database
        self.now = now
        self.rng = random.Random(f"history {seed}")
        self.queue: list[tuple[datetime, int, int, Happening]] = []
        self._numbers = itertools.count()
        self.business = Business(self._transaction(now, 1), self.rng)

    def play(self) -> None:
        start = midnight(self.now) - timedelta(days=DAYS)
        for number in range(DAYS):
            day = start + timedelta(days=number)
            if day.weekday() < 5:
                self._plan_day(day)
        while self.queue:
            at, _, uid, happening = heapq.heappop(self.queue)
            happening(self._transaction(at, uid))

    def _transaction(self, at: datetime, uid: int) -> Transaction:
        return Transaction(self.database.tables, instants.text(at), uid, remembers=False)

    def _when(self, at: datetime, uid: int, happening: Happening) -> None:
        if at < self.now:
            heapq.heappush(self.queue, (at, next(self._numbers), uid, happening))

    def _plan_day(self, day: datetime) -> None:
        for amount, plan in (
            (RECEIPTS_A_DAY, self._plan_purchase),
            (DELIVERIES_A_DAY, self._plan_sale),
            (INTERNAL_A_DAY, self._plan_internal),
            (COUNTS_A_DAY, self._plan_count),
        ):
            for _ in range(self.rng.randint(amount - amount // 3, amount + amount // 3)):
                site = self.business.site()
                plan(self.business.at_work(day, site), site)

    def _clamp(self, happens: datetime, promised: datetime) -> datetime:
        """What was promised before now must be over by now."""
        if promised < self.now <= happens:
            return self.now - timedelta(minutes=self.rng.uniform(20, 900))
        return happens

    # Purchases --------------------------------------------------------------------------------

    def _plan_purchase(self, at: datetime, site: Staff) -> None:
        supplier = self.business.supplier()
        lead = timedelta(days=self.rng.randint(4, 28))
        promised = self.business.promise(next_working_day(at + lead), site)
        items = self.business.bought(self.business.value(300, 30000))

        def buy(tx: Transaction) -> None:
            order = purchasing.order(
                tx, site.warehouse, supplier, site.buyer, items, instants.text(promised)
            )
            receipt = purchasing.confirm(tx, order)
            self._plan_arrival(receipt, supplier, promised, site)

        self._when(at, site.buyer, buy)

    def _plan_arrival(self, receipt: int, supplier: int, promised: datetime, site: Staff) -> None:
        late = self.rng.random() < self.business.suppliers[supplier].lateness
        hours = self.rng.uniform(6, 140) if late else self.rng.uniform(-30, 0)
        arrives = self._clamp(promised + timedelta(hours=hours), promised)
        if self.rng.random() < CANCEL_SHARE:
            self._when(arrives, site.buyer, lambda tx: transfers.cancel(tx, receipt))
        else:
            self._when(arrives, site.lead, lambda tx: self._arrive(tx, receipt, promised, site))

    def _arrive(self, tx: Transaction, receipt: int, promised: datetime, site: Staff) -> None:
        done = None
        if self.rng.random() < BACKORDER_SHARE:
            done = {
                m["id"]: float(m["product_uom_qty"] // 2) for m in transfers.open_moves(tx, receipt)
            }
        backorder = transfers.validate(tx, receipt, done)
        if backorder:
            at = instants.moment(tx.at) + timedelta(hours=self.rng.uniform(20, 120))
            at = self._clamp(at, promised)
            self._when(at, site.lead, lambda later: _finish(later, backorder))

    # Sales ------------------------------------------------------------------------------------

    def _plan_sale(self, at: datetime, site: Staff) -> None:
        customer = self.business.customer()
        lead = timedelta(days=self.rng.randint(1, 9))
        promised = self.business.promise(next_working_day(at + lead), site)
        items = self.business.sold(self.business.value(150, 9000))
        carrier = self.rng.choice(self.business.carriers)

        def sell(tx: Transaction) -> None:
            order = selling.order(
                tx, site.warehouse, customer, site.service, items, instants.text(promised)
            )
            delivery = selling.confirm(tx, order)
            tx.set("stock.picking", delivery, {"carrier_id": carrier, "user_id": site.lead})
            self._plan_departure(delivery, promised, site)

        self._when(at, site.service, sell)

    def _plan_departure(self, delivery: int, promised: datetime, site: Staff) -> None:
        hours = self.rng.uniform(2, 60) if self.rng.random() < 0.08 else self.rng.uniform(-30, -1)
        leaves = self._clamp(promised + timedelta(hours=hours), promised)
        self._when(leaves, site.lead, lambda tx: self._depart(tx, delivery, site))

    def _depart(self, tx: Transaction, delivery: int, site: Staff) -> None:
        if tx.row("stock.picking", delivery)["state"] not in transfers.OPEN:
            return
        tracking = f"MC{self.rng.randint(10**9, 10**10 - 1)}"
        tx.set("stock.picking", delivery, {"carrier_tracking_ref": tracking})
        _finish(tx, delivery)
        if self.rng.random() < RETURN_SHARE:
            at = instants.moment(tx.at) + timedelta(days=self.rng.uniform(2, 6))
            self._when(at, site.service, lambda later: _come_back(later, delivery))

    # In the warehouse -------------------------------------------------------------------------

    def _plan_internal(self, at: datetime, site: Staff) -> None:
        item = self.business.bought(400.0)[0]

        def move(tx: Transaction) -> None:
            kind = tx.row("stock.warehouse", site.warehouse)["int_type_id"]
            line = transfers.Line(item.product, min(item.quantity, 10.0), {})
            picking = transfers.create(tx, kind, [line], tx.at, {"user_id": site.lead})
            transfers.reserve(tx, picking)
            if tx.row("stock.picking", picking)["state"] == "assigned":
                transfers.validate(tx, picking)

        self._when(at, site.lead, move)

    def _plan_count(self, at: datetime, site: Staff) -> None:
        product = self.rng.choice(sorted(self.business.cost))
        drift = self.rng.choice((0, 0, 0, 0, -2, 1))

        def count(tx: Transaction) -> None:
            for each in tx.tables["stock.quant"].where("product_id", product):
                row = tx.row("stock.quant", each)
                if row["location_id"] == site.shelf and row["quantity"] >= 5:
                    counting.count(tx, each, row["quantity"] + drift, site.lead)
                    counting.apply(tx, each)

        self._when(at, site.lead, count)


def _finish(tx: Transaction, picking: int) -> None:
    """Whatever is still open of it moves, in full: shortage ends by a correction of stock."""
    for move in transfers.open_moves(tx, picking):
        tx.set("stock.move", move["id"], {"quantity": move["product_uom_qty"], "state": "assigned"})
    if transfers.open_moves(tx, picking):
        transfers.validate(tx, picking)
        orders.follow(tx, picking)


def _come_back(tx: Transaction, delivery: int) -> None:
    returned = transfers.give_back(tx, delivery, share=0.5)
    transfers.validate(tx, returned)
