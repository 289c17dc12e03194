"""Master data of the company: sites, users with their rights, partners, goods, Odoo's own rows."""

import random
from datetime import datetime, timedelta

from integrations.simulator import instants, rights
from integrations.simulator.company import names
from integrations.simulator.database import Database
from integrations.simulator.flows import counting, stock
from integrations.simulator.transactions import Transaction

MODULES = (
    "account", "api_doc", "base", "base_automation", "delivery", "mail", "project", "purchase",
    "purchase_stock", "sale", "sale_management", "sale_stock", "stock", "stock_account",
    "stock_delivery", "stock_sms", "web",
)  # fmt: skip
ADMIN, INTEGRATION, OWNER, STOREKEEPER = 2, 5, 6, 7
OPERATING = frozenset({
    rights.USER, rights.STOCK, rights.PURCHASE, rights.SALE, rights.ACCOUNT, rights.PROJECT
})  # fmt: skip
LOGINS = (
    rights.Login(
        ADMIN, "admin", "sim-admin-key", "sim-admin-password",
        frozenset({rights.USER, rights.SYSTEM, rights.RIGHTS}),
    ),
    rights.Login(
        INTEGRATION, "control.tower", "sim-integration-key", "sim-integration-password", OPERATING
    ),
    rights.Login(OWNER, "owner", "sim-owner-key", "sim-owner-password", frozenset(rights.TITLES)),
    rights.Login(
        STOREKEEPER, "storekeeper", "sim-storekeeper-key", "sim-storekeeper-password",
        frozenset({rights.USER, rights.STOCK}),
    ),
)  # fmt: skip
PEOPLE = {
    1: ("OdooBot", "__system__"),
    ADMIN: ("Odoo Administrator", "admin"),
    3: ("Public user", "public"),
    4: ("Default User Template", "default"),
    INTEGRATION: ("Control Tower integration", "control.tower"),
    OWNER: ("Marit Hoekstra", "owner"),
    STOREKEEPER: ("Koen Peeters", "storekeeper"),
}
CRONS = (
    ("Base: Auto-vacuum internal data", 1, "days"),
    ("Mail: Email Queue Manager", 1, "hours"),
    ("Procurement: run scheduler", 1, "days"),
    ("Automation Rules: check and execute", 4, "hours"),
    ("Purchase reminder", 1, "days"),
)


def build(database: Database, now: datetime, seed: int) -> None:
    """Everything that was there before the first order, dated 120 days before ``now``."""
    rng = random.Random(f"masters {seed}")
    start = instants.text((now - timedelta(days=120)).replace(microsecond=0))
    tx = Transaction(database.tables, start, remembers=False)
    _reference_rows(tx, database)
    _people(tx)
    _locations(tx, database.version)
    for site in names.SITES:
        _site(tx, site)
    _partners(tx, rng)
    _products(tx, rng)
    _odoo_rows(tx, database, now)
    _opening_stock(tx, rng)


def _reference_rows(tx: Transaction, database: Database) -> None:
    tx.create("res.currency", {"name": "EUR", "symbol": "€", "active": True, "rounding": 0.01})
    tx.create("res.currency", {"name": "USD", "symbol": "$", "active": True, "rounding": 0.01})
    tx.create("res.currency", {"name": "INR", "symbol": "₹", "active": True, "rounding": 0.01})
    for name, code in names.COUNTRIES:
        tx.create("res.country", {"name": name, "code": code})
    tx.create("uom.uom", {"name": "Units", "factor": 1.0, "rounding": 0.01, "active": True})
    tx.create("crm.team", {"name": "Sales", "active": True})
    tx.create("account.journal", {"name": "Purchases", "code": "BILL", "type": "purchase"})
    for tier in ("Tier A", "Tier B", "Tier C", "Supplier", "Carrier"):
        tx.create("res.partner.category", {"name": tier, "active": True})
    for code, prefix, padding in (("purchase.order", "P", 5), ("sale.order", "S", 5),
                                  ("stock.warehouse.orderpoint", "OP/", 5), ("stock.scrap", "SP/", 5)):  # fmt: skip
        _sequence(tx, code, prefix, padding)
    _models(tx, database)


def _sequence(tx: Transaction, code: str, prefix: str, padding: int) -> None:
    values = {"name": code, "code": code, "prefix": prefix, "padding": padding, "number_next": 1}
    tx.create("ir.sequence", values)


def _models(tx: Transaction, database: Database) -> None:
    for model in database.models.values():
        model_id = tx.create(
            "ir.model", {"name": model.title, "model": model.name, "state": "base"}
        )
        for field in model.fields.values():
            tx.create(
                "ir.model.fields",
                {
                    "name": field.name,
                    "model": model.name,
                    "model_id": model_id,
                    "field_description": field.string,
                    "ttype": field.type,
                    "relation": field.relation,
                    "required": field.required,
                    "readonly": field.readonly,
                    "store": field.store,
                    "state": "base",
                },
            )


def _people(tx: Transaction) -> None:
    company_partner = tx.create("res.partner", _partner(names.COMPANY, 1, is_company=True))
    company = tx.create(
        "res.company",
        {"name": names.COMPANY, "currency_id": 1, "partner_id": company_partner, "active": True},
    )
    for uid, (name, login) in PEOPLE.items():
        _user(tx, uid, name, login, company)
    for employee in names.EMPLOYEES:
        uid = tx.tables["res.users"].last_id + 1
        _user(tx, uid, employee.name, employee.login, company)
    for login in LOGINS:
        values = {"name": "control tower", "user_id": login.uid, "scope": "rpc"}
        tx.create("res.users.apikeys", values)


def _user(tx: Transaction, uid: int, name: str, login: str, company: int) -> None:
    email = f"{login.strip('_')}@meridian-components.example"
    zone = next((s.zone for s in names.SITES for e in names.EMPLOYEES if e.login == login and e.site == s.code), "UTC")  # fmt: skip
    partner = tx.create("res.partner", {**_partner(name, 1), "email": email})
    made = tx.create(
        "res.users",
        {
            "name": name,
            "login": login,
            "email": email,
            "partner_id": partner,
            "active": uid not in {1, 3, 4},
            "share": uid == 3,
            "company_id": company,
            "company_ids": [company],
            "tz": zone,
            "lang": "en_US",
            "notification_type": "email",
        },
    )
    if made != uid:
        raise AssertionError(f"user {login} got id {made}, not {uid}")


def _partner(name: str, country: int, *, is_company: bool = False) -> dict[str, object]:
    return {
        "name": name,
        "is_company": is_company,
        "country_id": country,
        "lang": "en_US",
        "active": True,
        "customer_rank": 0,
        "supplier_rank": 0,
    }


def _locations(tx: Transaction, version: int) -> None:
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
            **_partner(f"{names.COMPANY} {site.name}", country, is_company=True),
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
        _sequence(tx, f"picking.type.{kind}", f"{site.code}/{short}/", 5)
        tx.write("stock.warehouse", warehouse, {link: kind})


def _partners(tx: Transaction, rng: random.Random) -> None:
    tags = {row["name"]: each for each, row in tx.tables["res.partner.category"].rows.items()}
    for supplier in names.SUPPLIERS:
        _business(tx, rng, supplier.name, supplier.country, tags["Supplier"], supplier_rank=12)
    for customer in names.CUSTOMERS:
        tag = tags[f"Tier {customer.tier}"]
        _business(tx, rng, customer.name, customer.country, tag, customer_rank=9)
    for position, (carrier, service) in enumerate(names.CARRIERS, start=1):
        _business(tx, rng, carrier, names.COUNTRIES[position % 3][1], tags["Carrier"])
        tx.create(
            "delivery.carrier",
            {
                "name": service,
                "active": True,
                "sequence": position,
                "delivery_type": "fixed",
                "integration_level": "rate_and_ship",
            },
        )


def _business(
    tx: Transaction, rng: random.Random, name: str, country: str, tag: int, **ranks: int
) -> None:
    country_id = tx.tables["res.country"].where("code", country)[0]
    domain = name.lower().replace(" & ", "-").replace(" ", "-")
    values = {
        **_partner(name, country_id, is_company=True),
        "email": f"orders@{domain}.example",
        "phone": f"+{rng.randint(31, 91)} {rng.randint(10, 99)} {rng.randint(1000000, 9999999)}",
        "category_id": [tag],
        "ref": f"{name[:3].upper()}{rng.randint(100, 999)}",
        **ranks,
    }
    tx.create("res.partner", values)


def _products(tx: Transaction, rng: random.Random) -> None:
    for category, (prefix, goods, low, high) in names.CATEGORIES.items():
        group = tx.create(
            "product.category", {"name": category, "complete_name": f"All / {category}"}
        )
        for number, good in enumerate(goods, start=1):
            for position, variant in enumerate(names.VARIANTS):
                cost = round(low * (high / low) ** rng.random(), 2)
                code = f"{prefix}-{number}{position}{rng.randint(10, 99)}"
                _product(tx, rng, f"{good} {variant}", code, cost, group)


def _product(
    tx: Transaction, rng: random.Random, name: str, code: str, cost: float, group: int
) -> None:
    tx.create(
        "product.product",
        {
            "name": name,
            "default_code": code,
            "type": "consu" if "is_storable" in tx.tables["product.product"].model.fields else "product",
            "detailed_type": "product",
            "is_storable": True,
            "tracking": "none",
            "categ_id": group,
            "uom_id": 1,
            "standard_price": cost,
            "list_price": round(cost * rng.uniform(1.35, 1.9), 2),
            "weight": round(rng.uniform(0.1, 12.0), 2),
            "hs_code": "" if rng.random() < 0.08 else str(rng.randint(73000000, 90999999)),
            "country_of_origin": rng.randint(1, len(names.COUNTRIES)),
            "sale_ok": True,
            "purchase_ok": True,
            "active": True,
        },
    )  # fmt: skip


def _odoo_rows(tx: Transaction, database: Database, now: datetime) -> None:
    for name in MODULES:
        full = f"{database.version}.0.1.{len(name) % 4}"
        if database.version >= 19 or name != "api_doc":
            tx.create("ir.module.module", {"name": name, "shortdesc": name.replace("_", " ").title(), "state": "installed", "installed_version": full})  # fmt: skip
    for name, number, unit in CRONS:
        tx.create(
            "ir.cron",
            {
                "name": name,
                "active": True,
                "interval_number": number,
                "interval_type": unit,
                "lastcall": instants.text(now - timedelta(minutes=25)),
                "nextcall": instants.text(now + timedelta(minutes=35)),
            },
        )
    reminder = "reminder" if database.version < 19 else "default"
    for name, category in (("Email", "default"), ("Call", "phonecall"), ("Meeting", "default"),
                           ("To-Do", reminder), ("Document", "upload_file")):  # fmt: skip
        tx.create("mail.activity.type", {"name": name, "category": category, "active": True})
    for name in ("Discussions", "Note", "Activities"):
        tx.create("mail.message.subtype", {"name": name, "internal": name == "Note"})
    tx.create("project.task.type", {"name": "New", "sequence": 1})
    project = {"name": "Logistics corrective actions", "active": True, "company_id": 1}
    tx.create("project.project", {**project, "user_id": OWNER})
    expires = instants.text(
        (now + timedelta(days=62)).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    if "expiration_date" in database.models["res.users.apikeys"].fields:
        for each, row in tx.tables["res.users.apikeys"].rows.items():
            if row["user_id"] != ADMIN:
                tx.write("res.users.apikeys", each, {"expiration_date": expires})


def _opening_stock(tx: Transaction, rng: random.Random) -> None:
    """A first count of every product at every site, as inventory moves."""
    for warehouse in list(tx.tables["stock.warehouse"].rows.values()):
        for product in list(tx.tables["product.product"].rows.values()):
            quantity = float(
                round(min(4000.0, 60000.0 / product["standard_price"]) * rng.uniform(0.6, 1.4))
            )
            shelf = warehouse["lot_stock_id"]
            quant = stock.create(tx, product["id"], shelf, 0.0)
            counting.count(tx, quant, max(40.0, quantity), OWNER)
            counting.apply(tx, quant)
    _orderpoints(tx, rng)


def _orderpoints(tx: Transaction, rng: random.Random) -> None:
    warehouses = list(tx.tables["stock.warehouse"].rows.values())
    for number, product in enumerate(rng.sample(sorted(tx.tables["product.product"].rows), 24), 1):
        warehouse = warehouses[number % len(warehouses)]
        low = float(rng.randint(5, 60))
        tx.create(
            "stock.warehouse.orderpoint",
            {
                "name": f"OP/{number:05d}",
                "product_id": product,
                "warehouse_id": warehouse["id"],
                "location_id": warehouse["lot_stock_id"],
                "product_min_qty": low,
                "product_max_qty": low * 2,
                "trigger": "manual",
                "active": True,
                "company_id": 1,
            },
        )
