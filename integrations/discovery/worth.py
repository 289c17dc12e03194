"""What the goods of transfers are worth, at the prices of the orders that they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from integrations.discovery.occurrence import batches, cents
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground, many2one
from integrations.odoo.paging import Record
from integrations.odoo.sources.source import by_id, name_of
from integrations.odoo.sources.units import decimal, net_price


@dataclass(frozen=True, slots=True)
class Side:
    """Which line of which order a move belongs to: `link` is the move's field."""

    link: str
    line_model: str
    order_model: str
    ordered: str


PURCHASE = Side("purchase_line_id", "purchase.order.line", "purchase.order", "product_qty")
SALE = Side("sale_line_id", "sale.order.line", "sale.order", "product_uom_qty")


@dataclass(frozen=True, slots=True)
class Goods:
    """One move of a transfer beside its order line: `ordered` is the whole line's quantity."""

    transfer: int
    quantity: Decimal
    ordered: Decimal
    price: Decimal
    currency: str

    @property
    def value(self) -> Decimal:
        return self.quantity * self.price


def goods(odoo: Odoo, ground: Ground, side: Side, transfers: Iterable[int]) -> Iterator[Goods]:
    """The moves of these transfers that belong to an order; without its module there are none."""
    if not ground.has_field("stock.move", side.link):
        return
    fields = ["picking_id", side.link, "product_uom_qty"]
    for batch in batches(transfers):
        domain = [["picking_id", "in", batch], [side.link, "!=", False]]
        for moves in paging.all_by_id(odoo, "stock.move", domain, fields):
            yield from _of_moves(odoo, side, moves)


def _of_moves(odoo: Odoo, side: Side, moves: list[Record]) -> Iterator[Goods]:
    lines = _read(odoo, side.line_model, (many2one(m[side.link]) for m in moves), [
        "order_id", side.ordered, "price_unit", "price_subtotal",
    ])  # fmt: skip
    wanted = (many2one(line["order_id"]) for line in lines.values())
    orders = _read(odoo, side.order_model, wanted, ["currency_id"])
    for move in moves:
        line = lines.get(move[side.link][0])
        order = orders.get(many2one(line["order_id"]) or 0) if line else None
        if line and order:
            yield Goods(
                move["picking_id"][0],
                decimal(move["product_uom_qty"]),
                decimal(line[side.ordered]),
                net_price(line, side.ordered),
                name_of(order["currency_id"]),
            )


def _read(
    odoo: Odoo, model: str, ids: Iterable[int | None], fields: list[str]
) -> Mapping[int, Record]:
    return by_id(
        [row for batch in batches(i for i in ids if i) for row in odoo.read(model, batch, fields)]
    )


def by_transfer(found: Iterable[Goods]) -> Mapping[int, tuple[Decimal | None, str]]:
    """Value and currency of each transfer. An order has one currency, and so has a transfer."""
    values: dict[int, Decimal] = defaultdict(Decimal)
    currencies: dict[int, str] = {}
    for each in found:
        values[each.transfer] += each.value
        currencies[each.transfer] = each.currency
    return {i: (cents(value), currencies[i]) for i, value in values.items()}
