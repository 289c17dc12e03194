"""Units of measure: quantities of one told in another, as Odoo itself converts them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.odoo.client import Odoo
from integrations.odoo.sources.source import Record, many2one

MODEL = "uom.uom"
CONTAINS = (19, 0)  # from here on a factor says what a unit contains, before how often it fits in
UNITS = (MODEL, ("name", "factor"), ("read",))


@dataclass(frozen=True, slots=True)
class Unit:
    """`contains` is its size in the reference unit of its `family`: a dozen contains 12 units."""

    family: int
    contains: Decimal


class Units:
    """The units that a page of records is told in."""

    def __init__(self, odoo: Odoo, ids: Iterable[int]) -> None:
        wanted = sorted(set(ids))
        modern = odoo.version >= CONTAINS
        fields = ["factor", "parent_path" if modern else "category_id"]
        rows = odoo.read(MODEL, wanted, fields) if wanted else []
        of_row = _modern if modern else _classic
        self._units = {row["id"]: unit for row in rows if (unit := of_row(row))}

    def convert(self, quantity: Decimal, of: int | None, into: int | None) -> Decimal | None:
        """None where the two measure different things, or one is not known."""
        if of == into:
            return quantity
        one, other = self._units.get(of or 0), self._units.get(into or 0)
        if one is None or other is None or one.family != other.family:
            return None
        return neat(quantity * one.contains / other.contains)


def _modern(row: Record) -> Unit | None:
    """19 hangs every unit below its reference unit: "1/3/" is a dozen, below the unit 1."""
    factor, path = Decimal(str(row["factor"])), row["parent_path"]
    return Unit(int(path.split("/")[0]), factor) if path and factor > 0 else None


def _classic(row: Record) -> Unit | None:
    """16 to 18 keep how many of it make one reference unit of its category: a dozen 0.08333…"""
    factor, category = Decimal(str(row["factor"])), many2one(row["category_id"])
    return Unit(category, 1 / factor) if category and factor > 0 else None


def neat(number: Decimal) -> Decimal:
    """To six places, beyond which Odoo's own floating point is noise."""
    return number.quantize(Decimal("0.000001")).normalize() + 0


def decimal(value: Any) -> Decimal:
    """A quantity or an amount from the wire."""
    return Decimal(str(value or 0))


def net_price(line: Record, quantity: str) -> Decimal:
    """What one unit of an order or bill line costs, net of discounts and before tax: its subtotal
    spread over its quantity. Where there is none, its unit price.
    """
    amount, count = decimal(line["price_subtotal"]), decimal(line[quantity])
    return neat(amount / count) if amount and count else decimal(line["price_unit"])


def unit_field(odoo: Odoo) -> str:
    """What an order line calls its unit."""
    return "product_uom_id" if odoo.version >= CONTAINS else "product_uom"
