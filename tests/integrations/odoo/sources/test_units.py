"""Quantities told in another unit, as Odoo 17 and 19 each keep their units."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.odoo.client import Odoo
from integrations.odoo.sources import units
from integrations.odoo.sources.units import Units
from tests import recordings
from tests.integrations.linked import Linked

PIECES, DOZENS, KG = 1, 2, 3


@pytest.mark.parametrize(
    ("quantity", "of", "into", "told"),
    [
        ("60", PIECES, PIECES, "60"),
        ("60", PIECES, DOZENS, "5"),
        ("5", DOZENS, PIECES, "60"),
        ("1", PIECES, DOZENS, "0.083333"),
        ("0", DOZENS, PIECES, "0"),
        ("-2", DOZENS, PIECES, "-24"),
        ("60", PIECES, KG, None),
        ("60", 99, PIECES, None),
        ("60", None, PIECES, None),
        ("60", None, None, "60"),
        ("60", 99, 99, "60"),  # nothing to convert
    ],
)
def test_quantities_of_one_family_are_converted_and_no_others(
    linked: Linked, quantity: str, of: int | None, into: int | None, told: str | None
) -> None:
    with linked.client() as odoo:
        known = Units(odoo, (PIECES, DOZENS, KG, 99))

    wanted = None if told is None else Decimal(told)
    assert known.convert(Decimal(quantity), of, into) == wanted


def test_an_archived_unit_is_still_known(linked: Linked) -> None:
    linked.tell("uom.uom", DOZENS, active=False)
    with linked.client() as odoo:
        known = Units(odoo, (PIECES, DOZENS))

    assert known.convert(Decimal(5), DOZENS, PIECES) == 60


@recordings.needed
@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_a_recorded_dozen_is_twelve(version: int) -> None:
    """17 records how many dozens make a unit, 19 how many units a dozen contains."""
    rows = {r["name"]: r for r in recordings.dump(version, "uom.uom")["records"]}
    answer = Recorded((version, 0), [row | hung(row) for row in rows.values()])
    known = Units(answer, [row["id"] for row in rows.values()])  # type: ignore[arg-type] # it reads

    five = known.convert(Decimal(5), rows["Dozens"]["id"], rows["Units"]["id"])
    assert five == 60


def hung(row: dict[str, Any]) -> dict[str, Any]:
    """Where a unit hangs was not dumped; pieces and dozens are of one family in both."""
    root = 1 if row["name"] in {"Units", "Dozens"} else row["id"]
    return {"category_id": [root, "Unit"], "parent_path": f"{root}/{row['id']}/"}


class Recorded:
    """Answers a read with recorded rows."""

    def __init__(self, version: tuple[int, int], rows: list[dict[str, Any]]) -> None:
        self.version, self.rows = version, rows

    def read(self, model: str, ids: list[int], fields: list[str]) -> list[dict[str, Any]]:
        assert model == "uom.uom"
        return [{f: row[f] for f in ("id", *fields)} for row in self.rows if row["id"] in ids]


def test_an_order_line_has_another_name_for_its_unit(linked: Linked) -> None:
    with linked.client() as odoo:
        assert units.unit_field(odoo) in known_fields(odoo)


def known_fields(odoo: Odoo) -> set[str]:
    return set(odoo.fields_get("purchase.order.line", ["type"]))


@pytest.mark.parametrize(
    ("subtotal", "quantity", "unit_price", "net"),
    [
        ("1590.0", 100.0, 15.9, "15.9"),
        ("1431.0", 100.0, 15.9, "14.31"),  # a discount of 10 percent
        ("1.0", 3.0, 0.3333, "0.333333"),
        ("0.0", 0.0, 15.9, "15.9"),
        ("0.0", 5.0, 0.0, "0"),
        ("-15.9", -1.0, 15.9, "15.9"),
    ],
)
def test_a_net_price_is_the_subtotal_spread_over_the_quantity(
    subtotal: str, quantity: float, unit_price: float, net: str
) -> None:
    line = {"price_subtotal": float(subtotal), "quantity": quantity, "price_unit": unit_price}

    assert units.net_price(line, "quantity") == Decimal(net)
