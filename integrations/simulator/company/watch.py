"""What stands open in the company, read straight from the tables: cheap enough for every beat."""

from datetime import datetime

from integrations.simulator import instants
from integrations.simulator.database import Database
from integrations.simulator.records import Row

OPEN = ("confirmed", "waiting", "assigned")


def open_transfers(database: Database) -> list[Row]:
    """Open transfers of an order, by id; returns and transfers without an order do not count."""
    table = database.tables["stock.picking"]
    ids = sorted(each for state in OPEN for each in table.index("state").get(state, ()))
    rows = (table.rows[each] for each in ids)
    return [
        row
        for row in rows
        if not row.get("return_id") and (row.get("purchase_id") or row.get("sale_id"))
    ]


def due(database: Database, start: datetime, end: datetime) -> list[int]:
    """Open transfers promised between two instants."""
    low, high = instants.text(start), instants.text(end)
    return [r["id"] for r in open_transfers(database) if low <= r.get("date_deadline", "") < high]


def open_exceptions(database: Database, at: datetime) -> dict[str, list[int]]:
    """Late receipts, late or endangered deliveries (ids of transfers) and miscounts (quants)."""
    now = instants.text(at)
    found: dict[str, list[int]] = {"receipt": [], "delivery": [], "count": miscounts(database)}
    for row in open_transfers(database):
        late = row.get("date_deadline", "~") < now
        if row.get("purchase_id"):
            if late:
                found["receipt"].append(row["id"])
        elif late or endangered(database, row):
            found["delivery"].append(row["id"])
    return found


def endangered(database: Database, picking: Row) -> bool:
    """Planned after its promise, or short of stock."""
    if picking.get("has_deadline_issue"):
        return True
    moves = database.tables["stock.move"]
    return any(
        moves.rows[each]["state"] in {"confirmed", "partially_available"}
        for each in moves.index("picking_id").get(picking["id"], ())
    )


def miscounts(database: Database) -> list[int]:
    """Quants counted, differing, and not applied."""
    table = database.tables["stock.quant"]
    ids = table.index("inventory_quantity_set").get(True, ())  # a column's value
    return sorted(each for each in ids if table.rows[each].get("inventory_diff_quantity"))
