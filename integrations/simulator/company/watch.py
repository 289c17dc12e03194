"""What stands open in the company, read straight from the tables: cheap enough for every beat."""

from collections.abc import Iterator
from datetime import datetime

from integrations.simulator import instants
from integrations.simulator.database import Database
from integrations.simulator.records import Row

OPEN = ("confirmed", "waiting", "assigned")


def open_transfers(database: Database) -> Iterator[Row]:
    """Open transfers of orders, unsorted; returns and samples without an order do not count."""
    table = database.tables["stock.picking"]
    rows, states = table.rows, table.index("state")
    for state in OPEN:
        for each in states.get(state, ()):
            row = rows[each]
            if not row.get("return_id") and (row.get("purchase_id") or row.get("sale_id")):
                yield row


def due(database: Database, start: datetime, end: datetime) -> list[int]:
    """Open transfers promised between two instants."""
    low, high = instants.text(start), instants.text(end)
    rows = open_transfers(database)
    return sorted(r["id"] for r in rows if low <= (r.get("date_deadline") or "") < high)


def open_exceptions(database: Database, at: datetime) -> dict[str, list[int]]:
    """Late receipts, late or endangered deliveries (ids of transfers) and miscounts (quants)."""
    now = instants.text(at)
    short = short_transfers(database)
    found: dict[str, list[int]] = {"receipt": [], "delivery": [], "count": miscounts(database)}
    for row in open_transfers(database):
        late = (row.get("date_deadline") or "~") < now
        if row.get("purchase_id"):
            if late:
                found["receipt"].append(row["id"])
        elif late or row.get("has_deadline_issue") or row["id"] in short:
            found["delivery"].append(row["id"])
    return {kind: sorted(records) for kind, records in found.items()}


def short_transfers(database: Database) -> set[int]:
    """Transfers of which some move waits for stock."""
    moves = database.tables["stock.move"]
    states = moves.index("state")
    return {
        moves.rows[each].get("picking_id", 0)
        for state in ("confirmed", "partially_available")
        for each in states.get(state, ())
    }


def miscounts(database: Database) -> list[int]:
    """Quants counted, differing, and not applied."""
    table = database.tables["stock.quant"]
    ids = table.index("inventory_quantity_set").get(True, ())
    return sorted(each for each in ids if table.rows[each].get("inventory_diff_quantity"))
