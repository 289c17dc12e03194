"""The rest of a real database: bills, scrap, goods on hold, rules that want goods, open to-dos."""

import random
from datetime import datetime, timedelta
from itertools import islice

from integrations.simulator import instants
from integrations.simulator.company import people, suppliers
from integrations.simulator.company.business import Business
from integrations.simulator.database import Database
from integrations.simulator.flows import billing, counting, sequences, stock
from integrations.simulator.transactions import Transaction

BILLED_ORDERS = 60
OVERBILLED_ORDERS = DEARER_ORDERS = 3
BILLED_TWICE = 2
SCRAPPED, ON_HOLD, HUNGRY_RULES, TO_DOS = 4, 3, 5, 6


def file(database: Database, now: datetime, seed: int) -> None:
    """All of it, in the days before ``now``; deterministic from the seed."""
    rng = random.Random(f"paperwork {seed}")
    at = now - timedelta(days=1)
    tx = Transaction(database.tables, instants.text(at), people.OWNER, remembers=False)
    business = Business(tx, rng)
    _bills(tx)
    for _ in range(SCRAPPED):
        _scrap(tx, rng, business)
    for _ in range(ON_HOLD):
        _hold(tx, rng, business)
    _hungry_rules(tx, database)
    _to_dos(tx, rng, at)


def _bills(tx: Transaction) -> None:
    """The last received orders are billed; a few for more than what came, a few at a higher price,
    a few twice.
    """
    table = tx.tables["purchase.order"]
    received = table.where("receipt_status", "full")[-BILLED_ORDERS:]
    orders = iter(received)
    for order in islice(orders, OVERBILLED_ORDERS):
        billing.bill(tx, order, suppliers.OVER)
    for order in islice(orders, DEARER_ORDERS):
        billing.bill(tx, order, dearer=suppliers.DEARER)
    for order in islice(orders, BILLED_TWICE):
        billing.again(tx, billing.bill(tx, order))
    for order in orders:
        billing.bill(tx, order)


def _scrap(tx: Transaction, rng: random.Random, business: Business) -> None:
    site = rng.choice(business.sites)
    quant = rng.choice(_rich(tx, site.shelf))
    product = tx.row("stock.quant", quant)["product_id"]
    tx.create(
        "stock.scrap",
        {
            "name": sequences.take(tx, "stock.scrap"),
            "product_id": product,
            "product_uom_id": 1,
            "scrap_qty": 2.0,
            "state": "done",
            "location_id": site.shelf,
            "scrap_location_id": counting.loss_location(tx),
            "origin": "damaged in aisle",
            "date_done": tx.at,
            "company_id": 1,
        },
    )
    stock.shift(tx, product, site.shelf, -2.0)


def _hold(tx: Transaction, rng: random.Random, business: Business) -> None:
    """Goods set apart in the site's quality hold."""
    site = rng.choice(business.sites)
    holds = tx.tables["stock.location"].where("name", "Quality Hold")
    hold = next(h for h in holds if tx.row("stock.location", h)["warehouse_id"] == site.warehouse)
    product = tx.row("stock.quant", rng.choice(_rich(tx, site.shelf)))["product_id"]
    stock.shift(tx, product, site.shelf, -4.0)
    stock.shift(tx, product, hold, 4.0)


def _rich(tx: Transaction, shelf: int) -> list[int]:
    rows = tx.tables["stock.quant"].rows
    return [
        each
        for each in tx.tables["stock.quant"].where("location_id", shelf)
        if rows[each]["quantity"] > 60 and not rows[each].get("inventory_quantity_set")
    ]


def _hungry_rules(tx: Transaction, database: Database) -> None:
    """Reordering rules whose forecast lies below their minimum."""
    forecast = database.computed["stock.warehouse.orderpoint", "qty_forecast"]
    for rule in sorted(tx.tables["stock.warehouse.orderpoint"].rows)[:HUNGRY_RULES]:
        low = float(round(max(0.0, forecast(tx.row("stock.warehouse.orderpoint", rule))) + 40))
        values = {"product_min_qty": low, "product_max_qty": low * 2}
        tx.write("stock.warehouse.orderpoint", rule, values)


def _to_dos(tx: Transaction, rng: random.Random, at: datetime) -> None:
    kind = tx.tables["mail.activity.type"].where("name", "To-Do")[0]
    model = tx.tables["ir.model"].where("model", "stock.picking")[0]
    pickings = tx.tables["stock.picking"].where("state", "assigned")
    for number, picking in enumerate(rng.sample(pickings, TO_DOS)):
        tx.create(
            "mail.activity",
            {
                "res_model": "stock.picking",
                "res_model_id": model,
                "res_id": picking,
                "res_name": tx.row("stock.picking", picking)["name"],
                "activity_type_id": kind,
                "summary": "Call about the loading slot",
                "date_deadline": instants.day(at + timedelta(days=number - 2)),
                "user_id": people.OWNER,
                "active": True,
            },
        )
