"""Values that no row keeps: labels, states and quantities worked out when they are read."""

from collections.abc import Callable
from typing import Any

from integrations.simulator import instants
from integrations.simulator.records import Reader, Row

Compute = Callable[[Row], Any]
Read = Callable[[Reader, Row], Any]
OPEN = frozenset({"confirmed", "waiting", "assigned", "partially_available"})


def of_version(database: Reader) -> dict[tuple[str, str], Compute]:
    """The computed fields by model and name; those the version lacks are left out."""
    every: dict[tuple[str, str], Read] = {
        **_TRANSFERS,
        **_QUANTITIES,
        **_ORDERS,
        **_MAIL,
    }
    bound = {
        key: _bind(database, function) for key, function in every.items() if _known(database, key)
    }
    for name in database.models:
        bound[name, "display_name"] = _bind(database, _labeller(name))
    return bound


def _bind(database: Reader, function: Read) -> Compute:
    return lambda row: function(database, row)


def _known(database: Reader, key: tuple[str, str]) -> bool:
    model = database.models.get(key[0])
    return model is not None and key[1] in model.fields


def _labeller(model: str) -> Read:
    return lambda database, row: database.label(model, row["id"])


def _related(link: str, model: str, name: str) -> Read:
    """A field of the record that a many2one points at."""

    def read(database: Reader, row: Row) -> Any:
        target = row.get(link)
        other = database.tables[model].rows.get(target) if target else None
        return other.get(name, False) if other else False

    return read


def _moves(database: Reader, picking: Row) -> list[Row]:
    table = database.tables["stock.move"]
    return [table.rows[each] for each in table.where("picking_id", picking["id"])]


# Transfers ------------------------------------------------------------------------------------


def _delay_alert(database: Reader, row: Row) -> Any:
    dates = [m["delay_alert_date"] for m in _moves(database, row) if m.get("delay_alert_date")]
    return max(dates, default=False)


def _is_waiting(database: Reader, row: Row) -> bool:
    code = _related("picking_type_id", "stock.picking.type", "code")(database, row)
    return code != "incoming" and row.get("state") in OPEN


def _availability_state(database: Reader, row: Row) -> Any:
    if not _is_waiting(database, row):
        return False
    moves = [move for move in _moves(database, row) if move.get("state") in OPEN]
    short = [m for m in moves if m.get("quantity", 0.0) < m.get("product_uom_qty", 0.0)]
    return "late" if short else "available"


def _availability(database: Reader, row: Row) -> Any:
    return {"available": "Available", "late": "Not Available"}.get(
        _availability_state(database, row), False
    )


def _forecast_availability(_: Reader, row: Row) -> float:
    return float(row.get("quantity", 0.0)) if row.get("state") in OPEN else 0.0


def _weight(database: Reader, row: Row) -> float:
    products = database.tables["product.product"].rows
    weights = (
        float(products[move["product_id"]].get("weight", 0.0) * move.get("product_uom_qty", 0.0))
        for move in _moves(database, row)
    )
    return round(sum(weights), 2)


_TRANSFERS: dict[tuple[str, str], Read] = {
    ("stock.picking", "picking_type_code"): _related(
        "picking_type_id", "stock.picking.type", "code"
    ),
    ("stock.picking", "delay_alert_date"): _delay_alert,
    ("stock.picking", "products_availability"): _availability,
    ("stock.picking", "products_availability_state"): _availability_state,
    ("stock.picking", "is_signed"): lambda _, row: bool(row.get("signature")),
    ("stock.picking", "is_locked"): lambda _, __: True,
    ("stock.picking", "weight"): _weight,
    ("stock.picking", "shipping_weight"): _weight,
    ("stock.move", "picking_code"): _related("picking_type_id", "stock.picking.type", "code"),
    ("stock.move", "forecast_availability"): _forecast_availability,
    ("stock.move", "product_qty"): lambda _, row: row.get("product_uom_qty", 0.0),
    ("stock.move.line", "quantity_product_uom"): lambda _, row: row.get("quantity", 0.0),
}


# Stock ----------------------------------------------------------------------------------------


def _on_hand(database: Reader, product: int, location: int | None = None) -> float:
    table = database.tables["stock.quant"]
    locations = database.tables["stock.location"].rows
    rows = (table.rows[each] for each in table.where("product_id", product))
    return sum(
        float(row.get("quantity", 0.0))
        for row in rows
        if locations[row["location_id"]].get("usage") == "internal"
        and location in {None, row["location_id"]}
    )


def _expected(database: Reader, product: int, side: str, location: int | None = None) -> float:
    """Open demand (``location_id``) or supply (``location_dest_id``) of a product's moves."""
    table = database.tables["stock.move"]
    locations = database.tables["stock.location"].rows
    other = "location_dest_id" if side == "location_id" else "location_id"
    total = 0.0
    for record_id in table.index("product_id").get(product, ()):
        row = table.rows[record_id]
        if row.get("state") not in OPEN or locations[row[side]].get("usage") != "internal":
            continue
        if location in {None, row[side]} and locations[row[other]].get("usage") != "internal":
            total += row.get("product_uom_qty", 0.0)
    return total


def _forecast(database: Reader, product: int, location: int | None = None) -> float:
    supply = _expected(database, product, "location_dest_id", location)
    demand = _expected(database, product, "location_id", location)
    return _on_hand(database, product, location) + supply - demand


def _to_order(database: Reader, row: Row) -> float:
    forecast = _forecast(database, row["product_id"], row["location_id"])
    if forecast >= row.get("product_min_qty", 0.0):
        return 0.0
    return float(row.get("product_max_qty", 0.0) - forecast)


def _order_by(database: Reader, row: Row) -> Any:
    return database.now()[: instants.DAY_LENGTH] if _to_order(database, row) > 0 else False


def _value(database: Reader, row: Row) -> float:
    cost = database.tables["product.product"].rows[row["product_id"]].get("standard_price", 0.0)
    return round(float(row.get("quantity", 0.0) * cost), 2)


def is_outdated(_: Reader, row: Row) -> bool:
    if not row.get("inventory_quantity_set"):
        return False
    expected = row.get("inventory_quantity", 0.0) - row.get("inventory_diff_quantity", 0.0)
    return bool(abs(expected - row.get("quantity", 0.0)) > 1e-6)


def _available(_: Reader, row: Row) -> float:
    return float(row.get("quantity", 0.0) - row.get("reserved_quantity", 0.0))


_QUANTITIES: dict[tuple[str, str], Read] = {
    ("stock.quant", "warehouse_id"): _related("location_id", "stock.location", "warehouse_id"),
    ("stock.quant", "available_quantity"): _available,
    ("stock.quant", "inventory_quantity_auto_apply"): lambda _, row: row.get("quantity", 0.0),
    ("stock.quant", "value"): _value,
    ("stock.quant", "is_outdated"): is_outdated,
    ("stock.warehouse.orderpoint", "qty_on_hand"): lambda database, row: _on_hand(
        database, row["product_id"], row["location_id"]
    ),
    ("stock.warehouse.orderpoint", "qty_forecast"): lambda database, row: _forecast(
        database, row["product_id"], row["location_id"]
    ),
    ("stock.warehouse.orderpoint", "qty_to_order"): _to_order,
    ("stock.warehouse.orderpoint", "qty_to_order_computed"): _to_order,
    ("stock.warehouse.orderpoint", "deadline_date"): _order_by,
    ("stock.warehouse.orderpoint", "lead_days_date"): lambda database, _: database.now()[
        : instants.DAY_LENGTH
    ],
    ("product.product", "qty_available"): lambda database, row: _on_hand(database, row["id"]),
    ("product.product", "free_qty"): lambda database, row: _on_hand(database, row["id"]),
    ("product.product", "virtual_available"): lambda database, row: _forecast(database, row["id"]),
    ("product.product", "incoming_qty"): lambda database, row: _expected(
        database, row["id"], "location_dest_id"
    ),
    ("product.product", "outgoing_qty"): lambda database, row: _expected(
        database, row["id"], "location_id"
    ),
    ("product.product", "lst_price"): lambda _, row: row.get("list_price", 0.0),
}


# Orders ---------------------------------------------------------------------------------------


def _is_late(database: Reader, row: Row) -> bool:
    lines = database.tables["purchase.order.line"]
    rows = (lines.rows[each] for each in lines.where("order_id", row["id"]))
    now = database.now()
    return row.get("state") == "purchase" and any(
        line.get("qty_received", 0.0) < line.get("product_qty", 0.0)
        and line.get("date_planned", "~") < now
        for line in rows
    )


def _to_invoice(_: Reader, row: Row) -> float:
    return float(row.get("qty_received", 0.0) - row.get("qty_invoiced", 0.0))


def _late_availability(database: Reader, row: Row) -> bool:
    table = database.tables["stock.picking"]
    pickings = (table.rows[each] for each in table.where("sale_id", row["id"]))
    return any(_availability_state(database, picking) == "late" for picking in pickings)


def _to_deliver(_: Reader, row: Row) -> float:
    return max(0.0, float(row.get("product_uom_qty", 0.0) - row.get("qty_delivered", 0.0)))


_ORDERS: dict[tuple[str, str], Read] = {
    ("purchase.order", "is_late"): _is_late,
    ("purchase.order", "on_time_rate"): lambda _, __: 100.0,
    ("purchase.order.line", "state"): _related("order_id", "purchase.order", "state"),
    ("purchase.order.line", "qty_to_invoice"): _to_invoice,
    ("purchase.order.line", "product_uom_qty"): lambda _, row: row.get("product_qty", 0.0),
    ("sale.order", "expected_date"): lambda _, row: row.get("commitment_date", False),
    ("sale.order", "late_availability"): _late_availability,
    ("sale.order.line", "state"): _related("order_id", "sale.order", "state"),
    ("sale.order.line", "qty_to_deliver"): _to_deliver,
    ("sale.order.line", "scheduled_date"): _related("order_id", "sale.order", "commitment_date"),
    ("sale.order.line", "warehouse_id"): _related("order_id", "sale.order", "warehouse_id"),
}


# Mail -----------------------------------------------------------------------------------------


def _activity_state(database: Reader, row: Row) -> Any:
    if not row.get("active"):
        return "done"
    today = database.now()[: instants.DAY_LENGTH]
    due = row.get("date_deadline") or today
    return "overdue" if due < today else "today" if due == today else "planned"


def _children(model: str, link: str) -> Callable[[str], Read]:
    """Ids of ``mail.*`` rows that hang on a record by model name and id."""

    def of(owner: str) -> Read:
        def read(database: Reader, row: Row) -> list[int]:
            table = database.tables[model]
            ids = table.where("res_id", row["id"])
            return [each for each in ids if table.rows[each].get(link) == owner]

        return read

    return of


def _amount(read: Read) -> Read:
    return lambda database, row: len(read(database, row))


def _active(read: Read) -> Read:
    def only(database: Reader, row: Row) -> list[int]:
        rows = database.tables["mail.activity"].rows
        return [each for each in read(database, row) if rows[each].get("active")]

    return only


def _first_state(read: Read) -> Read:
    def state(database: Reader, row: Row) -> Any:
        rows = database.tables["mail.activity"].rows
        states = {_activity_state(database, rows[each]) for each in read(database, row)}
        return next((s for s in ("overdue", "today", "planned") if s in states), False)

    return state


_THREADS = (
    "stock.picking", "purchase.order", "sale.order", "account.move", "product.product",
    "project.task", "res.partner", "project.project",
)  # fmt: skip
_COUNTING = (
    *_THREADS, "product.product", "res.users", "res.company", "stock.scrap", "stock.warehouse",
    "delivery.carrier", "account.move",
)  # fmt: skip
_attachments = _children("ir.attachment", "res_model")
_activities = _children("mail.activity", "res_model")
_messages = _children("mail.message", "model")

_MAIL: dict[tuple[str, str], Read] = {
    ("mail.activity", "state"): _activity_state,
    ("mail.activity", "activity_category"): _related(
        "activity_type_id", "mail.activity.type", "category"
    ),
    ("mail.message", "record_name"): lambda database, row: (
        database.label(row["model"], row["res_id"]) if row.get("model") else False
    ),
    ("base.automation", "model_name"): _related("model_id", "ir.model", "model"),
    **{(owner, "activity_ids"): _active(_activities(owner)) for owner in _THREADS},
    **{(owner, "activity_state"): _first_state(_active(_activities(owner))) for owner in _THREADS},
    **{(owner, "message_ids"): _messages(owner) for owner in _THREADS},
    **{(owner, "message_attachment_count"): _amount(_attachments(owner)) for owner in _COUNTING},
}
