"""Borders: which outgoing transfers leave the country, and what they carry without an HS code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exceptions.facts import Product
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground, many2one

Record = dict[str, Any]
HS_CODE = "hs_code"  # of the module stock_delivery


@dataclass(frozen=True, slots=True)
class Border:
    """`crosses` is None where either country is unknown; `without_hs_code` is empty where Odoo
    keeps no such codes."""

    country: str | None
    crosses: bool | None
    without_hs_code: tuple[Product, ...] = ()


def borders_of(
    odoo: Odoo, ground: Ground, transfers: Sequence[Record], goods: Mapping[int, Sequence[Product]]
) -> dict[int, Border]:
    """Of the outgoing ones among these transfers; `goods` are the products of each. Two calls, one
    of them only where a border is crossed."""
    out = [
        t for t in transfers if ground.code_of_type(many2one(t["picking_type_id"])) == "outgoing"
    ]
    address = {t["id"]: _address_of_site(ground, t) for t in out}
    partners = {many2one(t["partner_id"]) for t in out} | set(address.values())
    country = _countries(odoo, sorted(p for p in partners if p))
    found = {
        t["id"]: (country.get(many2one(t["partner_id"]) or 0), country.get(address[t["id"]] or 0))
        for t in out
    }
    abroad = [i for i, (to, home) in found.items() if to and home and to[0] != home[0]]
    coded = _with_hs_code(odoo, ground, {p.id for i in abroad for p in goods.get(i, ())})
    return {
        i: Border(
            country=to[1] if to else None,
            crosses=to[0] != home[0] if to and home else None,
            without_hs_code=_without(goods.get(i, ()), coded) if i in abroad else (),
        )
        for i, (to, home) in found.items()
    }


def _address_of_site(ground: Ground, transfer: Record) -> int | None:
    warehouse = ground.warehouse_of_type(many2one(transfer["picking_type_id"]))
    return many2one(ground.warehouses().get(warehouse or 0, {}).get("partner_id"))


def _countries(odoo: Odoo, partners: Sequence[int]) -> dict[int, tuple[int, str]]:
    """(id, name) of each partner's country, where it has one."""
    rows = odoo.read("res.partner", partners, ["country_id"]) if partners else []
    return {row["id"]: tuple(row["country_id"]) for row in rows if row["country_id"]}


def _with_hs_code(odoo: Odoo, ground: Ground, products: set[int]) -> set[int] | None:
    """Which of the products have a code; None where Odoo keeps none. The field is computed, so it
    is asked only for what crosses a border."""
    if not products or not ground.has_field("product.product", HS_CODE):
        return None
    rows = odoo.read("product.product", sorted(products), [HS_CODE])
    return {row["id"] for row in rows if row[HS_CODE]}


def _without(goods: Sequence[Product], coded: set[int] | None) -> tuple[Product, ...]:
    return () if coded is None else tuple(dict.fromkeys(p for p in goods if p.id not in coded))
