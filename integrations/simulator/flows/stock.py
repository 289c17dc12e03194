"""Quants: what lies where, and how much of it is spoken for."""

from integrations.simulator.records import Row
from integrations.simulator.transactions import Transaction

KEPT = frozenset({"internal", "transit"})


def quants(tx: Transaction, product: int, location: int) -> list[Row]:
    table = tx.tables["stock.quant"]
    ids = table.index("product_id").get(product, ())
    return [table.rows[each] for each in ids if table.rows[each]["location_id"] == location]


def free(tx: Transaction, product: int, location: int) -> float:
    return sum(_free(row) for row in quants(tx, product, location))


def _free(row: Row) -> float:
    return float(row.get("quantity", 0.0) - row.get("reserved_quantity", 0.0))


def shift(tx: Transaction, product: int, location: int, quantity: float) -> None:
    """Goods into (or, negative, out of) a location; only stock locations keep quants here."""
    if tx.row("stock.location", location).get("usage") not in KEPT:
        return
    for row in quants(tx, product, location):
        total = round(row.get("quantity", 0.0) + quantity, 4)
        tx.write("stock.quant", row["id"], {"quantity": total})
        return
    create(tx, product, location, quantity)


def create(tx: Transaction, product: int, location: int, quantity: float) -> int:
    return tx.create(
        "stock.quant",
        {
            "product_id": product,
            "location_id": location,
            "quantity": quantity,
            "reserved_quantity": 0.0,
            "inventory_date": f"{tx.at[:4]}-12-31",
            "in_date": tx.at,
            "company_id": tx.row("stock.location", location).get("company_id"),
        },
    )


def reserve(tx: Transaction, product: int, location: int, wanted: float) -> float:
    """Reserve what is free, up to the wanted quantity; returns what was taken."""
    taken = 0.0
    for row in quants(tx, product, location):
        part = min(wanted - taken, max(0.0, _free(row)))
        if part > 0:
            held = round(row.get("reserved_quantity", 0.0) + part, 4)
            tx.write("stock.quant", row["id"], {"reserved_quantity": held})
            taken += part
    return taken


def release(tx: Transaction, product: int, location: int, quantity: float) -> None:
    for row in quants(tx, product, location):
        part = min(quantity, row.get("reserved_quantity", 0.0))
        if part > 0:
            held = round(row["reserved_quantity"] - part, 4)
            tx.write("stock.quant", row["id"], {"reserved_quantity": held})
            quantity -= part
