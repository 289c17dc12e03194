"""What stands open at ``now``: late, at risk, miscounted, and the cases that are none of these.

Values run from 500 to 60,000 EUR, ages from one hour to nine days, over all three sites.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from integrations.simulator import instants
from integrations.simulator.company import suppliers
from integrations.simulator.company.business import Business, Staff
from integrations.simulator.database import Database
from integrations.simulator.flows import counting, purchasing, selling, transfers
from integrations.simulator.transactions import Transaction

LATE_RECEIPTS = 20
LATE_DELIVERIES = 10
AT_RISK_DELIVERIES = 4
DISCREPANCIES = 11
CLOSED_SHORT = 6
SMALLEST, LARGEST = 500.0, 60000.0


class Backlog:
    """Sets up the open exceptions of the demo, deterministically from the seed."""

    def __init__(self, database: Database, now: datetime, seed: int) -> None:
        self.database = database
        self.now = now
        self.rng = random.Random(f"backlog {seed}")
        self.business = Business(self._transaction(now, 1), self.rng)

    def play(self) -> None:
        for number in range(LATE_RECEIPTS):
            self._late_receipt(number, self._age(number, LATE_RECEIPTS))
        for number in range(LATE_DELIVERIES):
            self._delivery(number, self.now - self._age(number, LATE_DELIVERIES))
        for number in range(AT_RISK_DELIVERIES):
            self._at_risk(number)
        for number in range(DISCREPANCIES):
            self._discrepancy(number)
        self._harmless()
        for number in range(CLOSED_SHORT):
            self._closed_short(number, self._age(number, CLOSED_SHORT))

    def _transaction(self, at: datetime, uid: int) -> Transaction:
        return Transaction(self.database.tables, instants.text(at), uid, remembers=False)

    def _age(self, number: int, of: int) -> timedelta:
        """From one hour to nine days, most of them young."""
        return timedelta(hours=216 ** (number / (of - 1)))

    def _value(self, number: int, of: int) -> float:
        """The whole range of values, in an order that does not follow age."""
        place = (number * 7) % of / (of - 1)
        return float(SMALLEST * 1.05 * (LARGEST * 0.95 / (SMALLEST * 1.05)) ** place)

    def _site(self, number: int) -> Staff:
        return self.business.sites[number % len(self.business.sites)]

    # Late receipts ----------------------------------------------------------------------------

    def _late_receipt(self, number: int, age: timedelta) -> None:
        site = self._site(number)
        promised = self.now - age
        ordered = promised - timedelta(days=self.rng.randint(9, 25))
        tx = self._transaction(ordered, site.buyer)
        supplier = self._unpunctual()
        items = self.business.bought(self._value(number, LATE_RECEIPTS))
        order = purchasing.order(
            tx, site.warehouse, supplier, site.buyer, items, instants.text(promised)
        )
        receipt = purchasing.confirm(tx, order)
        if number % 5 == 2:
            self._partly_here(receipt, promised, site)
        if number % 6 == 4:
            later = instants.text(self.now + timedelta(days=2))
            transfers.plan(self._transaction(self.now - age / 2, site.lead), receipt, later)

    def _partly_here(self, receipt: int, promised: datetime, site: Staff) -> None:
        tx = self._transaction(promised - timedelta(hours=3), site.lead)
        moves = transfers.open_moves(tx, receipt)
        transfers.validate(tx, receipt, {m["id"]: float(m["product_uom_qty"] // 3) for m in moves})

    def _closed_short(self, number: int, age: timedelta) -> None:
        """Half of it came, and nobody waits for the rest any more."""
        site = self._site(number)
        promised = self.now - age + timedelta(days=4)
        tx = self._transaction(self.now - age - timedelta(days=8), site.buyer)
        items = [
            replace(item, quantity=max(item.quantity, 4.0))
            for item in self.business.bought(self._value(number, CLOSED_SHORT) / 4)
        ]
        order = purchasing.order(
            tx, site.warehouse, self._unpunctual(), site.buyer, items, instants.text(promised)
        )
        receipt = purchasing.confirm(tx, order)
        suppliers.close_short(self._transaction(self.now - age, site.lead), receipt)

    def _unpunctual(self) -> int:
        weights = [each.lateness for each in self.business.suppliers.values()]
        return self.rng.choices(list(self.business.suppliers), weights=weights)[0]

    # Deliveries -------------------------------------------------------------------------------

    def _delivery(self, number: int, promised: datetime, *, short: bool | None = None) -> int:
        site = self._site(number + 1)
        ordered = min(promised, self.now) - timedelta(days=self.rng.randint(2, 6))
        tx = self._transaction(ordered, site.service)
        items = self.business.sold(self._value(number, LATE_DELIVERIES))
        if short or (short is None and number % 3 == 0):
            items = [self._more_than_there_is(tx, items[0], site)]
        order = selling.order(
            tx,
            site.warehouse,
            self.business.customer(),
            site.service,
            items,
            instants.text(promised),
        )
        delivery = selling.confirm(tx, order)
        carrier = self.rng.choice(self.business.carriers)
        tx.set("stock.picking", delivery, {"carrier_id": carrier, "user_id": site.lead})
        return delivery

    def _more_than_there_is(
        self, tx: Transaction, item: purchasing.Item, site: Staff
    ) -> purchasing.Item:
        """An order line that the shelf cannot fill: the shelf is nearly empty on purpose."""
        for each in tx.tables["stock.quant"].where("product_id", item.product):
            row = tx.row("stock.quant", each)
            if row["location_id"] == site.shelf:
                left = row.get("reserved_quantity", 0.0) + item.quantity // 3
                counting.count(tx, each, left, site.lead)
                counting.apply(tx, each)
        return item

    def _at_risk(self, number: int) -> None:
        """Promised soon, but planned after the promise or short of stock."""
        promised = self.now + timedelta(hours=6 + 9 * number)
        delivery = self._delivery(number, promised, short=number % 2 == 0)
        if number % 2:
            tx = self._transaction(self.now - timedelta(hours=5), self._site(number + 1).lead)
            transfers.plan(tx, delivery, instants.text(promised + timedelta(days=2)))

    # Counts -----------------------------------------------------------------------------------

    def _discrepancy(self, number: int) -> None:
        site = self._site(number + 2)
        at = self.now - self._age(number, DISCREPANCIES)
        tx = self._transaction(at, site.lead)
        wanted = self._value(number, DISCREPANCIES)
        quant = self._shelf_worth(tx, site, wanted)
        row = tx.row("stock.quant", quant)
        pieces = max(1.0, float(round(wanted / self.business.cost[row["product_id"]])))
        gain = self.rng.random() < 0.3
        counted = row["quantity"] + pieces if gain else row["quantity"] - pieces
        counting.count(tx, quant, max(0.0, counted), site.lead)

    def _shelf_worth(self, tx: Transaction, site: Staff, value: float) -> int:
        """An uncounted shelf of the site that holds at least that value (or the dearest one)."""
        shelves = [
            (row["quantity"] * self.business.cost[row["product_id"]], each)
            for each in tx.tables["stock.quant"].where("location_id", site.shelf)
            if not (row := tx.row("stock.quant", each)).get("inventory_quantity_set")
            and row["quantity"] > 10
            and self.business.cost[row["product_id"]] <= value
        ]
        rich = [each for worth, each in shelves if worth >= value * 1.2]
        return self.rng.choice(rich) if rich else max(shelves)[1]

    # Not exceptions ---------------------------------------------------------------------------

    def _harmless(self) -> None:
        """Things that look like exceptions to a careless rule."""
        site = self.business.sites[0]
        for hours in (30, 4):
            self._open_return(hours, site)
        self._zero_difference(site)
        self._sample_without_order(site)
        for number in range(4):
            promised = self.now - timedelta(days=number + 1)
            self._cancelled(promised, self._site(number))

    def _open_return(self, hours: int, site: Staff) -> None:
        """An open customer return: *incoming*, past its date, and still nobody's late receipt. It
        disputes the delivery that it undoes.
        """
        done = [
            each
            for each in self.database.tables["stock.picking"].where("state", "done")
            if self.database.tables["stock.picking"].rows[each].get("sale_id")
        ]
        tx = self._transaction(self.now - timedelta(hours=hours), site.service)
        transfers.give_back(tx, self.rng.choice(done[-200:]), share=0.4)

    def _zero_difference(self, site: Staff) -> None:
        tx = self._transaction(self.now - timedelta(hours=7), site.lead)
        quant = self._shelf_worth(tx, site, 900.0)
        counting.count(tx, quant, tx.row("stock.quant", quant)["quantity"], site.lead)

    def _sample_without_order(self, site: Staff) -> None:
        """A delivery that hangs on no sales order, past its plan."""
        tx = self._transaction(self.now - timedelta(days=2), site.lead)
        kind = tx.row("stock.warehouse", site.warehouse)["out_type_id"]
        item = self.business.sold(200.0)[0]
        plan = instants.text(self.now - timedelta(days=1))
        values = {"partner_id": self.business.customer(), "origin": "Sample"}
        picking = transfers.create(tx, kind, [transfers.Line(item.product, 1.0, {})], plan, values)
        transfers.reserve(tx, picking)

    def _cancelled(self, promised: datetime, site: Staff) -> None:
        tx = self._transaction(promised - timedelta(days=10), site.buyer)
        order = purchasing.order(
            tx,
            site.warehouse,
            self.business.supplier(),
            site.buyer,
            self.business.bought(4000.0),
            instants.text(promised),
        )
        receipt = purchasing.confirm(tx, order)
        transfers.cancel(self._transaction(promised, site.buyer), receipt)
