"""The lines of bills, each beside the order line that it bills."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from exceptions.facts import BillLine, Product
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import units
from integrations.odoo.sources.source import Domain, Record, by_id, many2one, name_of
from integrations.odoo.sources.units import Units, decimal, net_price

LINE_MODEL = "account.move.line"
ORDER_LINE_MODEL = "purchase.order.line"
LINE_FIELDS = (
    "move_id",
    "name",
    "product_id",
    "quantity",
    "price_unit",
    "price_subtotal",
    "product_uom_id",
    "purchase_line_id",
    "display_type",
)
ORDER_LINE_FIELDS = (
    "order_id",
    "product_id",
    "product_qty",
    "qty_received",
    "qty_invoiced",
    "price_unit",
    "price_subtotal",
)
ORDER_FIELDS = ("name", "user_id", "currency_id", "picking_type_id")
UNPAID = ["not_paid", "partial", "blocked"]
LARGEST = 100_000


@dataclass(slots=True)
class Lines:
    """The order lines' side of some bills. `over` is keyed by bill line."""

    of_bill: dict[int, list[Record]] = field(default_factory=lambda: defaultdict(list))
    order_lines: Mapping[int, Record] = field(default_factory=dict)
    orders: Mapping[int, Record] = field(default_factory=dict)
    over: dict[int, Decimal] = field(default_factory=dict)
    by_receipt: set[int] = field(default_factory=set)
    units: Units | None = None
    unit_field: str = ""

    def orders_of(self, bill: int) -> list[Record]:
        """The orders that a bill bills, in the order of its lines."""
        ordered = (
            self.order_lines.get(many2one(r["purchase_line_id"]) or 0)
            for r in self.of_bill.get(bill, [])
        )
        ids = dict.fromkeys(many2one(line["order_id"]) or 0 for line in ordered if line)
        return [self.orders[i] for i in ids if i in self.orders]


def read(odoo: Odoo, ground: Ground, bills: Collection[int]) -> Lines:
    """All that hangs on these bills, in at most seven calls; without Purchase nothing does."""
    if not (bills and ground.has_field(LINE_MODEL, "purchase_line_id")):
        return Lines()
    rows = odoo.search_read(
        LINE_MODEL, of_bills(sorted(bills)), LINE_FIELDS, order="id", limit=LARGEST
    )
    lines = Lines(unit_field=units.unit_field(odoo))
    for row in rows:
        lines.of_bill[row["move_id"][0]].append(row)
    _add_orders(odoo, lines, rows)
    _add_over(odoo, lines)
    return lines


def of_bills(bills: Sequence[int]) -> Domain:
    """The lines of these bills that bill something ordered."""
    return [
        ["move_id", "in", list(bills)],
        ["purchase_line_id", "!=", False],
        ["display_type", "=", "product"],
    ]


def still_payable(order_lines: Sequence[int]) -> Domain:
    """Of these order lines, the bill lines that can still be held back."""
    return [
        ["purchase_line_id", "in", list(order_lines)],
        ["parent_state", "!=", "cancel"],
        ["move_id.move_type", "=", "in_invoice"],
        ["move_id.payment_state", "in", UNPAID],
    ]


def _add_orders(odoo: Odoo, lines: Lines, rows: Sequence[Record]) -> None:
    ids = sorted({r["purchase_line_id"][0] for r in rows})
    if not ids:
        return
    fields = [*ORDER_LINE_FIELDS, lines.unit_field]
    lines.order_lines = by_id(odoo.read(ORDER_LINE_MODEL, ids, fields))
    orders = sorted({many2one(r["order_id"]) or 0 for r in lines.order_lines.values()} - {0})
    lines.orders = by_id(odoo.read("purchase.order", orders, ORDER_FIELDS))
    pairs = {
        (many2one(r["product_uom_id"]) or 0, many2one(line[lines.unit_field]) or 0)
        for r in rows
        if (line := lines.order_lines.get(r["purchase_line_id"][0]))
    }
    lines.units = Units(odoo, {u for of, into in pairs if of != into for u in (of, into)} - {0})


def _add_over(odoo: Odoo, lines: Lines) -> None:
    """What was billed beyond what was received, on the newest open bill line of each order line.
    Odoo counts both in the order line's unit; credit notes are taken off, cancelled bills left out.
    """
    over = {
        i: excess
        for i, r in lines.order_lines.items()
        if (excess := decimal(r["qty_invoiced"]) - decimal(r["qty_received"])) > 0
    }
    lines.by_receipt = _by_receipt(odoo, [lines.order_lines[i] for i in over])
    for order_line, bill_line in _newest(odoo, sorted(over)).items():
        lines.over[bill_line] = units.neat(over[order_line])


def _by_receipt(odoo: Odoo, order_lines: Sequence[Record]) -> set[int]:
    """The products whose bills are to follow what was received."""
    ids = sorted({many2one(r["product_id"]) or 0 for r in order_lines} - {0})
    rows = odoo.read("product.product", ids, ["purchase_method"]) if ids else []
    return {r["id"] for r in rows if r["purchase_method"] == "receive"}


def _newest(odoo: Odoo, order_lines: Sequence[int]) -> dict[int, int]:
    """The newest line, on a bill that can still be held back, of each of these order lines."""
    if not order_lines:
        return {}
    domain, fields = still_payable(order_lines), ["move_id", "purchase_line_id"]
    rows = odoo.search_read(LINE_MODEL, domain, fields, order="id", limit=LARGEST)
    rows.sort(key=lambda r: (r["move_id"][0], r["id"]))
    return {r["purchase_line_id"][0]: r["id"] for r in rows}


def facts_of(lines: Lines, bill: Record) -> tuple[BillLine, ...]:
    """The lines of one bill that bill an order line which is still there."""
    return tuple(
        _line(lines, bill, row, ordered)
        for row in lines.of_bill.get(bill["id"], [])
        if (ordered := lines.order_lines.get(row["purchase_line_id"][0]))
    )


def _line(lines: Lines, bill: Record, row: Record, ordered: Record) -> BillLine:
    product = ordered["product_id"] or row["product_id"]
    order = lines.orders.get(many2one(ordered["order_id"]) or 0)
    same_currency = order is not None and order["currency_id"] == bill["currency_id"]
    quantity = _quantity(lines, row, ordered)
    return BillLine(
        label=(row["name"] or name_of(product))[:120],
        product=Product(id=product[0], name=product[1]) if product else None,
        billed_quantity=quantity,
        over_quantity=_over(lines, row, ordered),
        billed_price=_price(row, quantity),
        ordered_price=net_price(ordered, "product_qty") if same_currency else None,
    )


def _quantity(lines: Lines, row: Record, ordered: Record) -> Decimal | None:
    """The billed quantity in the order line's unit. A line without a unit is told in it."""
    of, into = many2one(row["product_uom_id"]), many2one(ordered[lines.unit_field])
    billed = decimal(row["quantity"])
    return lines.units.convert(billed, of or into, into) if lines.units else billed


def _price(row: Record, quantity: Decimal | None) -> Decimal | None:
    """What one unit of the order line costs on the bill."""
    if quantity is None:
        return None
    return net_price({**row, "quantity": quantity}, "quantity")


def _over(lines: Lines, row: Record, ordered: Record) -> Decimal | None:
    """Where nothing is over, how the product's bills are to be checked makes no difference."""
    over = lines.over.get(row["id"], Decimal(0))
    follows_receipt = many2one(ordered["product_id"]) in lines.by_receipt
    return over if follows_receipt or not over else None
