"""Inventory counts: entered, seen to differ, applied."""

from integrations.simulator.flows import stock
from integrations.simulator.transactions import Transaction


def count(tx: Transaction, quant: int, counted: float, counter: int) -> None:
    """A count that is entered but not applied: this is what an open discrepancy is."""
    booked = tx.row("stock.quant", quant).get("quantity", 0.0)
    tx.write(
        "stock.quant",
        quant,
        {
            "inventory_quantity": counted,
            "inventory_quantity_set": True,
            "inventory_diff_quantity": round(counted - booked, 4),
            "inventory_date": tx.at[:10],
            "user_id": counter,
        },
    )


def recount(tx: Transaction, quant: int) -> None:
    """Throw the count away: the shelf is to be counted again."""
    values = {
        "inventory_quantity": 0.0,
        "inventory_quantity_set": False,
        "inventory_diff_quantity": 0.0,
        "user_id": False,
    }
    tx.write("stock.quant", quant, values)


def apply(tx: Transaction, quant: int, reference: str = "") -> int:
    """Book the difference; returns the inventory move (quantity 0 when the count agreed)."""
    row = tx.row("stock.quant", quant)
    difference = row.get("inventory_quantity", 0.0) - row.get("quantity", 0.0)
    shelf, loss = row["location_id"], loss_location(tx)
    product = tx.row("product.product", row["product_id"])
    said = reference or f"Product Quantity {'Updated' if difference else 'Confirmed'}"
    move = tx.create(
        "stock.move",
        {
            "name": said,
            "reference": said,
            "inventory_name": said,
            "sequence": 10,
            "product_id": row["product_id"],
            "product_uom": product["uom_id"],
            "product_uom_qty": abs(difference),
            "quantity": abs(difference),
            "picked": True,
            "state": "done",
            "date": tx.at,
            "priority": "0",
            "is_inventory": True,
            "procure_method": "make_to_stock",
            "location_id": loss if difference >= 0 else shelf,
            "location_dest_id": shelf if difference >= 0 else loss,
            "company_id": row.get("company_id"),
        },
    )
    stock.shift(tx, row["product_id"], shelf, difference)
    recount(tx, quant)
    tx.write(
        "stock.quant",
        quant,
        {"inventory_date": f"{tx.at[:4]}-12-31", "last_count_date": tx.at[:10]},
    )
    return move


def loss_location(tx: Transaction) -> int:
    return next(iter(tx.tables["stock.location"].index("usage")["inventory"]))
