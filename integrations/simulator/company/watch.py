"""What stands open in the company, read straight from the tables: cheap enough for every beat."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from integrations.simulator import instants
from integrations.simulator.database import Database
from integrations.simulator.records import Row, Table

Tables = dict[str, Table]
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
    """Late receipts, late or endangered deliveries (ids of transfers), miscounts (quants), order
    lines that are short, and wrong bills.
    """
    now = instants.text(at)
    short = short_transfers(database)
    found: dict[str, list[int]] = {
        "receipt": [],
        "delivery": [],
        "count": miscounts(database),
        "short": short_lines(database.tables, at),
        "bill": wrong_bills(database.tables),
    }
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


def short_lines(tables: Tables, at: datetime) -> list[int]:
    """Order lines of which a part came, and the rest was cancelled or is a day past its promise."""
    yesterday = instants.text(at - timedelta(days=1))
    lines = tables["purchase.order.line"].rows.values()
    partly = (r for r in lines if 0 < r.get("qty_received", 0.0) < r["product_qty"])
    return sorted(
        r["id"] for r in partly if r["date_planned"] < yesterday or not _is_coming(tables, r["id"])
    )


def _is_coming(tables: Tables, line: int) -> bool:
    moves = tables["stock.move"]
    states = {moves.rows[each]["state"] for each in moves.where("purchase_line_id", line)}
    return not states.isdisjoint((*OPEN, "partially_available"))


def open_bills(tables: Tables) -> list[int]:
    """Supplier bills that are not cancelled and not paid."""
    table = tables["account.move"]
    return [
        row["id"]
        for row in table.rows.values()
        if row["move_type"] == "in_invoice"
        and row["state"] != "cancel"
        and row["payment_state"] in {"not_paid", "partial"}
    ]


def wrong_bills(tables: Tables) -> list[int]:
    """Open bills for more than came, at a price 2 percent and 10 above the order's, or copied."""
    return [
        bill
        for bill in open_bills(tables)
        if is_over(tables, bill) or _is_dear(tables, bill) or alike(tables, bill)
    ]


def alike(tables: Tables, bill: int) -> list[int]:
    """The bill and those with its reference, where there are any."""
    table = tables["account.move"]
    row = table.rows[bill]
    same = [
        each
        for each in table.where("partner_id", row["partner_id"])
        if table.rows[each].get("ref") == row.get("ref")
        and table.rows[each]["move_type"] == "in_invoice"
        and table.rows[each]["state"] != "cancel"
    ]
    return sorted(same) if len(same) > 1 else []


def is_over(tables: Tables, bill: int) -> bool:
    return any(
        ordered.get("qty_invoiced", 0.0) > ordered.get("qty_received", 0.0)
        for _, ordered in _billed(tables, bill)
    )


def _is_dear(tables: Tables, bill: int) -> bool:
    return any(
        line["price_unit"] > ordered["price_unit"] * 1.02
        and (line["price_unit"] - ordered["price_unit"]) * line["quantity"] >= 10
        for line, ordered in _billed(tables, bill)
    )


def _billed(tables: Tables, bill: int) -> Iterator[tuple[Row, Row]]:
    """The lines of a bill, each with its order line."""
    lines = tables["account.move.line"]
    for each in lines.where("move_id", bill):
        if ordered := lines.rows[each].get("purchase_line_id"):
            yield lines.rows[each], tables["purchase.order.line"].rows[ordered]
