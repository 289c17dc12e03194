"""Display names: how each model composes the text that stands for a record."""

from collections.abc import Callable

from integrations.simulator.records import Reader, Row

Compose = Callable[[Reader, Row], object]


def compose(database: Reader, model: str, row: Row) -> str:
    """The display name of a row as its model composes it."""
    own = _LABELS.get(model)
    text = own(database, row) if own else row.get("name")
    return str(text) if text else f"{model},{row['id']}"


def _product_label(_: Reader, row: Row) -> str:
    code = row.get("default_code")
    return f"[{code}] {row['name']}" if code else str(row["name"])


def _type_label(database: Reader, row: Row) -> str:
    return f"{database.label('stock.warehouse', row['warehouse_id'])}: {row['name']}"


def _purchase_label(_: Reader, row: Row) -> str:
    reference = row.get("partner_ref")
    return f"{row['name']} ({reference})" if reference else str(row["name"])


def _sale_line_label(database: Reader, row: Row) -> str:
    order = database.tables["sale.order"].rows[row["order_id"]]
    customer = database.label("res.partner", order["partner_id"])
    return f"{order['name']} - {row.get('name')} ({customer})"


def _partner_label(database: Reader, row: Row) -> str:
    parent = row.get("parent_id")
    return f"{database.label('res.partner', parent)}, {row['name']}" if parent else str(row["name"])


_LABELS: dict[str, Compose] = {
    "product.product": _product_label,
    "stock.picking.type": _type_label,
    "purchase.order": _purchase_label,
    "sale.order.line": _sale_line_label,
    "res.partner": _partner_label,
    "stock.location": lambda _, row: row.get("complete_name"),
    "stock.move": lambda _, row: row.get("reference"),
    "mail.activity": lambda _, row: row.get("summary"),
    "mail.message": lambda _, row: row.get("record_name"),
    "ir.model.fields": lambda _, row: f"{row['field_description']} ({row['model']})",
    "product.category": lambda _, row: row.get("complete_name"),
    "stock.quant": lambda database, row: database.label("product.product", row["product_id"]),
}
