"""Warehouses with their locations and picking types."""

from integrations.simulator.company import names, people
from integrations.simulator.flows import sequences
from integrations.simulator.transactions import Transaction


def build(tx: Transaction, version: int) -> None:
    """The virtual locations and the three sites."""
    _virtual(tx, version)
    for site in names.SITES:
        _site(tx, site)


def _virtual(tx: Transaction, version: int) -> None:
    """The virtual locations; 17 keeps them below view locations, 19 does not."""
    partners, virtual = ("Partners/", "Virtual Locations/") if version < 19 else ("", "")
    rows = (
        (f"{partners}Vendors", "supplier"), (f"{partners}Customers", "customer"),
        (f"{virtual}Inventory adjustment", "inventory"), ("Inter-company transit", "transit"),
    )  # fmt: skip
    for complete, usage in rows:
        company = 1 if usage == "inventory" else False
        values = {"name": complete.rpartition("/")[2], "complete_name": complete, "usage": usage}
        tx.create("stock.location", {**values, "active": True, "company_id": company})


def _site(tx: Transaction, site: names.Site) -> None:
    country = tx.tables["res.country"].where("code", site.country)[0]
    partner = tx.create(
        "res.partner",
        {
            **people.partner_values(f"{names.COMPANY} {site.name}", country, is_company=True),
            "city": site.city,
            "tz": site.zone,
            "parent_id": 1,
        },
    )
    calendar = {"name": site.calendar, "tz": site.zone, "hours_per_day": 8.0, "active": True}
    tx.create("resource.calendar", {**calendar, "company_id": 1})
    warehouse = tx.tables["stock.warehouse"].last_id + 1
    view = _location(tx, site.code, site.code, "view", False, warehouse)
    shelf = _location(tx, "Stock", f"{site.code}/Stock", "internal", view, warehouse)
    _location(tx, "Shelf A", f"{site.code}/Stock/Shelf A", "internal", shelf, warehouse)
    _location(tx, "Quality Hold", f"{site.code}/Stock/Quality Hold", "internal", shelf, warehouse)
    tx.create(
        "stock.warehouse",
        {
            "name": site.name,
            "code": site.code,
            "active": True,
            "company_id": 1,
            "partner_id": partner,
            "reception_steps": "one_step",
            "delivery_steps": "ship_only",
            "view_location_id": view,
            "lot_stock_id": shelf,
        },
    )
    _types(tx, site, warehouse, shelf)


def _location(
    tx: Transaction, name: str, complete: str, usage: str, parent: int | bool, warehouse: int
) -> int:
    return tx.create(
        "stock.location",
        {
            "name": name,
            "complete_name": complete,
            "usage": usage,
            "location_id": parent,
            "warehouse_id": warehouse,
            "company_id": 1,
            "active": True,
            "barcode": complete.replace("/", "").replace(" ", "").upper(),
        },
    )


def _types(tx: Transaction, site: names.Site, warehouse: int, shelf: int) -> None:
    usage = tx.tables["stock.location"].index("usage")
    vendors, customers = next(iter(usage["supplier"])), next(iter(usage["customer"]))
    rows = (
        ("Receipts", "incoming", "IN", vendors, shelf, "in_type_id"),
        ("Delivery Orders", "outgoing", "OUT", shelf, customers, "out_type_id"),
        ("Internal Transfers", "internal", "INT", shelf, shelf + 1, "int_type_id"),
    )
    for name, code, short, source, target, link in rows:
        kind = tx.create(
            "stock.picking.type",
            {
                "name": name,
                "code": code,
                "sequence_code": short,
                "active": True,
                "warehouse_id": warehouse,
                "default_location_src_id": source,
                "default_location_dest_id": target,
                "company_id": 1,
                "create_backorder": "ask",
                "reservation_method": "at_confirm",
            },
        )
        sequences.make(tx, f"picking.type.{kind}", f"{site.code}/{short}/", 5)
        tx.write("stock.warehouse", warehouse, {link: kind})
