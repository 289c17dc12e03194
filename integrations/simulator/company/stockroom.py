"""The stockroom's troubles: shelves that cannot fill a transfer, runs on a product, failed goods.

They have dice of their own, so that the rest of the company lives on as it would without them. Each
kind stays within its band: one is added only below the upper bound, one ends only above the lower.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from integrations.simulator import instants
from integrations.simulator.company.business import Business, Staff
from integrations.simulator.database import Database
from integrations.simulator.flows import counting, purchasing, selling, sequences, stock, transfers
from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction

RULES = "stock.warehouse.orderpoint"
CHANCE = 0.04  # of a trouble, and of an end to one, at each beat
BANDS = {"transfer": (2, 5), "rule": (1, 3), "hold": (2, 7)}
KEPT_SHARE = 0.04  # of the shelf, after a run on it
ORIGIN = "Shelf refill"
Happening = Callable[[Transaction, datetime], object]


class Stockroom:
    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.rng = random.Random(f"yard {seed}")
        self._business: Business | None = None

    @property
    def business(self) -> Business:
        if self._business is None:
            self._business = Business(Transaction(self.database.tables, ""), self.rng)
        return self._business

    def beat(self) -> Iterator[Happening]:
        """What happens now, as things to do in a transaction each."""
        if self.rng.random() < CHANCE:
            yield self._disturb
        if self.rng.random() < CHANCE:
            yield self._heal

    def standing(self) -> dict[str, list[int]]:
        """Refills that wait (transfers), rules that were run down, and goods on hold (quants)."""
        pickings, quants = (
            self.database.tables["stock.picking"],
            self.database.tables["stock.quant"],
        )
        refills = pickings.where("origin", ORIGIN)
        held = (q for hold in self._holds() for q in quants.where("location_id", hold))
        return {
            "transfer": [i for i in refills if pickings.rows[i]["state"] in transfers.OPEN],
            "rule": [i for i in sorted(self.database.tables[RULES].rows) if self.is_run_down(i)],
            "hold": sorted(i for i in held if quants.rows[i]["quantity"] > 0),
        }

    def _disturb(self, tx: Transaction, at: datetime) -> None:
        room = {k: max(0, BANDS[k][1] - len(v)) for k, v in self.standing().items()}
        if any(room.values()):
            kind = self.rng.choices(list(room), weights=list(room.values()))[0]
            {"transfer": self.block, "rule": self.run_down, "hold": self.set_apart}[kind](tx, at)

    def _heal(self, tx: Transaction, at: datetime) -> None:
        standing = self.standing()
        spare = {k: max(0, len(v) - BANDS[k][0]) for k, v in standing.items()}
        if any(spare.values()):
            kind = self.rng.choices(list(spare), weights=list(spare.values()))[0]
            record = self.rng.choice(standing[kind])
            {"transfer": self._refill, "rule": self._fill_up, "hold": self._decide}[kind](
                tx, at, record
            )

    # A transfer that cannot be reserved -----------------------------------------------------------

    def block(self, tx: Transaction, at: datetime) -> int:
        """The shelf is to be refilled from the store, where there is a part of it or nothing."""
        site = self.business.site()
        tx.uid, row = site.lead, self._full_shelf(site)
        store = _below(tx, site, "Shelf A")
        self._carry(tx, row["product_id"], site.shelf, store, float(self.rng.choice((0, 0, 3, 8))))
        there = stock.free(tx, row["product_id"], store)
        wanted = there + self.rng.randint(5, 15)
        kind = tx.row("stock.warehouse", site.warehouse)["int_type_id"]
        way = {"location_id": store, "location_dest_id": site.shelf}
        plan = at.replace(microsecond=0) + timedelta(hours=self.rng.uniform(-3, 20))
        refill = transfers.create(
            tx,
            kind,
            [transfers.Line(row["product_id"], wanted, way)],
            instants.text(plan.replace(microsecond=0)),
            {"origin": ORIGIN, "user_id": site.lead, **way},
        )
        transfers.reserve(tx, refill)
        return refill

    def _refill(self, tx: Transaction, _: datetime, refill: int) -> None:
        """The rest was found on another shelf."""
        site = self._site_of(tx.row("stock.picking", refill)["location_id"])
        tx.uid = site.lead
        for move in transfers.open_moves(tx, refill):
            missing = move["product_uom_qty"] - move.get("quantity", 0.0)
            self._carry(tx, move["product_id"], site.shelf, move["location_id"], missing)
        transfers.reserve(tx, refill)
        transfers.validate(tx, refill)

    # A run on a product ---------------------------------------------------------------------------

    def run_down(self, tx: Transaction, at: datetime) -> int | None:
        """A customer takes nearly all of a product that has a reordering rule."""
        calm = [i for i in sorted(tx.tables[RULES].rows) if self._can_be_run_down(tx, i)]
        if not calm:
            return None
        rule = tx.row(RULES, self.rng.choice(calm))
        site = self._site_of(rule["location_id"])
        tx.uid = site.service
        free = stock.free(tx, rule["product_id"], rule["location_id"])
        price = self.business.price[rule["product_id"]]
        item = purchasing.Item(rule["product_id"], float(int(free * (1 - KEPT_SHARE))), price)
        promised = instants.text((at + timedelta(hours=2)).replace(microsecond=0))
        customer = self.business.customer()
        order = selling.order(tx, site.warehouse, customer, site.service, [item], promised)
        transfers.validate(tx, selling.confirm(tx, order))
        return int(rule["id"])

    def _can_be_run_down(self, tx: Transaction, rule: int) -> bool:
        """What is left would be below the minimum, and nothing of it is promised to others."""
        row = tx.row(RULES, rule)
        there = sum(q["quantity"] for q in stock.quants(tx, row["product_id"], row["location_id"]))
        free = stock.free(tx, row["product_id"], row["location_id"])
        left = there - int(free * (1 - KEPT_SHARE))
        return bool(
            there >= 50
            and not self._is_being_counted(tx, row)
            and free >= there * 0.99
            and left + self._coming(row) < row["product_min_qty"]
        )

    def _is_being_counted(self, tx: Transaction, rule: Row) -> bool:
        quants = stock.quants(tx, rule["product_id"], rule["location_id"])
        return any(quant.get("inventory_quantity_set") for quant in quants)

    def _fill_up(self, tx: Transaction, at: datetime, rule: int) -> None:
        """A purchase comes at once: that is what the money for speed was for."""
        row = tx.row(RULES, rule)
        site = self._site_of(row["location_id"])
        tx.uid = site.buyer
        cost = self.business.cost[row["product_id"]]
        item = purchasing.Item(row["product_id"], float(row["product_max_qty"] * 2), cost)
        promised = instants.text((at + timedelta(hours=2)).replace(microsecond=0))
        _count_again(tx, row["product_id"], row["location_id"])
        supplier = self.business.supplier()
        order = purchasing.order(tx, site.warehouse, supplier, site.buyer, [item], promised)
        transfers.validate(tx, purchasing.confirm(tx, order))

    def is_run_down(self, rule: int) -> bool:
        """Next to nothing is left, far below the minimum."""
        row = self.database.tables[RULES].rows[rule]
        there = self.database.computed[RULES, "qty_on_hand"](row)
        short: bool = there + self._coming(row) < row["product_min_qty"]
        return short and there < row["product_min_qty"] / 2

    def _coming(self, rule: Row) -> float:
        moves = self.database.tables["stock.move"]
        of_product = (moves.rows[i] for i in moves.index("product_id").get(rule["product_id"], ()))
        return sum(
            float(m["product_uom_qty"])
            for m in of_product
            if m["location_dest_id"] == rule["location_id"] and m["state"] in transfers.OPEN_MOVE
        )

    # Goods that fail ------------------------------------------------------------------------------

    def set_apart(self, tx: Transaction, _: datetime) -> None:
        """Goods fail inspection and go where nobody may use them."""
        site = self.business.site()
        tx.uid, row = site.lead, self._full_shelf(site)
        hold = _below(tx, site, "Quality Hold")
        self._carry(tx, row["product_id"], site.shelf, hold, float(self.rng.randint(2, 9)))

    def _decide(self, tx: Transaction, _: datetime, quant: int) -> None:
        """They are good enough after all, or scrapped; Odoo removes a quant that holds nothing."""
        row = dict(tx.row("stock.quant", quant))
        site = self._site_of(row["location_id"])
        tx.uid = site.lead
        if self.rng.random() < 0.5:
            _count_again(tx, row["product_id"], site.shelf)
            stock.shift(tx, row["product_id"], site.shelf, row["quantity"])
        else:
            self._scrap(tx, row)
        tx.unlink("stock.quant", quant)

    def _scrap(self, tx: Transaction, row: Row) -> None:
        tx.create(
            "stock.scrap",
            {
                "name": sequences.take(tx, "stock.scrap"),
                "product_id": row["product_id"],
                "product_uom_id": 1,
                "scrap_qty": row["quantity"],
                "state": "done",
                "location_id": row["location_id"],
                "scrap_location_id": counting.loss_location(tx),
                "origin": "failed inspection",
                "date_done": tx.at,
                "company_id": 1,
            },
        )

    # Where things are -----------------------------------------------------------------------------

    def _holds(self) -> list[int]:
        return self.database.tables["stock.location"].where("name", "Quality Hold")

    def _site_of(self, location: int) -> Staff:
        place = self.database.tables["stock.location"].rows[location]
        return next(s for s in self.business.sites if s.warehouse == place["warehouse_id"])

    def _full_shelf(self, site: Staff) -> Row:
        """A product with plenty that nobody has reserved or is counting."""
        table = self.database.tables["stock.quant"]
        rows = (table.rows[i] for i in table.where("location_id", site.shelf))
        return self.rng.choice(
            [
                row
                for row in rows
                if row["quantity"] - row.get("reserved_quantity", 0.0) > 60
                and not row.get("inventory_quantity_set")
            ]
        )

    def _carry(self, tx: Transaction, product: int, start: int, end: int, quantity: float) -> None:
        if quantity > 0:
            _count_again(tx, product, start)
            stock.shift(tx, product, start, -quantity)
            stock.shift(tx, product, end, quantity)


def _count_again(tx: Transaction, product: int, shelf: int) -> None:
    """A count that was not applied is worth nothing once the shelf has changed."""
    for row in stock.quants(tx, product, shelf):
        if row.get("inventory_quantity_set"):
            counting.recount(tx, row["id"])


def _below(tx: Transaction, site: Staff, name: str) -> int:
    """The location of that name below the site's shelf."""
    places = tx.tables["stock.location"]
    return next(
        i for i in places.where("location_id", site.shelf) if places.rows[i]["name"] == name
    )


def fill(database: Database, now: datetime, seed: int) -> None:
    """What stands at `now`: refills that wait, and rules that were run down some hours ago. Goods
    on hold are there already."""
    room = Stockroom(database, seed)
    for number in range(BANDS["transfer"][1] - 1):
        at = now - timedelta(hours=2 + 3 * number)
        room.block(Transaction(database.tables, instants.text(at), remembers=False), at)
    for number in range(BANDS["rule"][1] - 1):
        at = now - timedelta(hours=3 + 4 * number)
        room.run_down(Transaction(database.tables, instants.text(at), remembers=False), at)
