"""What checks, alerts and inspections share: the transfer that the goods came with, whose they are,
and at which site.

Their models come with modules that were not there when Odoo was measured. They follow what is
publicly known of them, and read only fields that all versions from 16 to 19 have; so a lot is not
told, for which the field has changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from exceptions.facts import Product
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources.source import Record, by_id, many2one, name_of, person

TRANSFER_FIELDS = ["name", "picking_type_id", "partner_id"]


def transfers(odoo: Odoo, ground: Ground, ids: Sequence[int | None]) -> Mapping[int, Record]:
    """The transfers by id, their partners read."""
    wanted = sorted({i for i in ids if i})
    found = by_id(odoo.read("stock.picking", wanted, TRANSFER_FIELDS)) if wanted else {}
    ground.partners(many2one(t["partner_id"]) or 0 for t in found.values())
    return found


def shared(
    ground: Ground, model: str, record: Record, transfer: Record | None
) -> dict[str, Any] | None:
    """The fields that all of them fill alike; None for a record that is at no site of ours.

    A record that names no transfer belongs to the first warehouse of its company.
    """
    kind = many2one(transfer["picking_type_id"]) if transfer else None
    company = many2one(record["company_id"])
    site = ground.site_of_type(kind) if transfer else ground.site_of_company(company)
    written_at = from_odoo(record["write_date"])
    if site is None or written_at is None:
        return None
    incoming = transfer is not None and ground.code_of_type(kind) == "incoming"
    partner = many2one(transfer["partner_id"]) if transfer and incoming else None
    return {
        "connection_id": ground.connection.pk,
        "site_id": site,
        "model": model,
        "record_id": record["id"],
        "reference": (record["name"] or str(record["id"]))[:120],
        "url": ground.link(model, record["id"]),
        "read_at": ground.read_at,
        "written_at": written_at,
        "company": name_of(record["company_id"]),
        "responsible": person(record.get("user_id")),
        "product": product(record),
        "supplier": ground.partners(()).get(partner or 0),
        "transfer": transfer["name"] if transfer else None,
        "currency": ground.currency_of_company(company),
    }


def product(record: Record) -> Product | None:
    goods = record["product_id"]
    return Product(id=goods[0], name=goods[1]) if goods else None
