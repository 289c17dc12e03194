"""Transfers by the thousand, for benchmarks: cheap, plain, and spread over time."""

import random
from datetime import timedelta

from integrations.simulator import instants
from integrations.simulator.database import Database
from integrations.simulator.flows import transfers
from integrations.simulator.transactions import Transaction

STATES = ("assigned", "assigned", "confirmed", "done", "done", "done")
SPREAD = timedelta(days=85)  # all of it lies within what a first sync reads
LATE = 0.01  # of those that are still open


def add(database: Database, amount: int) -> None:
    """Receipts and deliveries in turn; half of them done, the rest planned ahead but for a few."""
    rng = random.Random(amount)
    now = database.clock.now()
    kinds = [
        kind
        for kind in database.tables["stock.picking.type"].rows.values()
        if kind["code"] != "internal"
    ]
    products = sorted(database.tables["product.product"].rows)
    for number in range(amount):
        at = now - SPREAD * rng.random()
        tx = Transaction(database.tables, instants.text(at), remembers=False)
        line = transfers.Line(rng.choice(products), float(rng.randint(1, 40)), {})
        values = {"origin": f"BULK{number:06d}", "partner_id": rng.randint(20, 60)}
        state = rng.choice(STATES)
        plan = at if state == "done" else now + _ahead(rng)
        planned = instants.text(plan.replace(microsecond=0))
        picking = transfers.create(tx, kinds[number % len(kinds)]["id"], [line], planned, values)
        _settle(tx, picking, state)


def _ahead(rng: random.Random) -> timedelta:
    """How far from now an open transfer is planned."""
    return timedelta(days=rng.uniform(-5, -1) if rng.random() < LATE else rng.uniform(1, 30))


def _settle(tx: Transaction, picking: int, state: str) -> None:
    """Set the state directly: bulk transfers take no stock, and lack none."""
    for move in transfers.moves_of(tx, picking):
        tx.set("stock.move", move["id"], {"state": state, "quantity": move["product_uom_qty"]})
    done = tx.at if state == "done" else False
    tx.set("stock.picking", picking, {"state": state, "date_done": done})
