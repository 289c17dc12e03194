"""Master data of the company: sites, users with their rights, partners, goods, Odoo's own rows."""

import random
from datetime import datetime, timedelta

from integrations.simulator import instants
from integrations.simulator.company import names, partners, people, sites
from integrations.simulator.database import Database
from integrations.simulator.flows import counting, sequences, stock
from integrations.simulator.transactions import Transaction

MODULES = (
    "account", "api_doc", "base", "base_automation", "delivery", "mail", "project", "purchase",
    "purchase_stock", "sale", "sale_management", "sale_stock", "stock", "stock_account",
    "stock_delivery", "stock_sms", "web",
)  # fmt: skip
SEQUENCES = (
    ("purchase.order", "P"),
    ("sale.order", "S"),
    ("stock.warehouse.orderpoint", "OP/"),
    ("stock.scrap", "SP/"),
    ("account.move", "BILL/"),
)
# Name, path in 19, category before, how many of the reference unit it contains.
UNITS = (("Units", "1/", 1, 1.0), ("Dozens", "1/2/", 1, 12.0), ("kg", "3/", 2, 1.0))
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
    people.build(tx)
    sites.build(tx, database.version)
    partners.build(tx, rng)
    _products(tx, rng)
    _price_lists(tx)
    _odoo_rows(tx, database, now)
    _opening_stock(tx, rng)


def _reference_rows(tx: Transaction, database: Database) -> None:
    tx.create("res.currency", {"name": "EUR", "symbol": "€", "active": True, "rounding": 0.01})
    tx.create("res.currency", {"name": "USD", "symbol": "$", "active": True, "rounding": 0.01})
    tx.create("res.currency", {"name": "INR", "symbol": "₹", "active": True, "rounding": 0.01})
    for name, code in names.COUNTRIES:
        tx.create("res.country", {"name": name, "code": code})
    _units(tx, database.version)
    tx.create("crm.team", {"name": "Sales", "active": True})
    tx.create("account.journal", {"name": "Purchases", "code": "BILL", "type": "purchase"})
    for tier in ("Tier A", "Tier B", "Tier C", "Supplier", "Carrier"):
        tx.create("res.partner.category", {"name": tier, "active": True})
    for code, prefix in SEQUENCES:
        sequences.make(tx, code, prefix, 5)
    _models(tx, database)


def _units(tx: Transaction, version: int) -> None:
    """Pieces, dozens and kilograms. 19 hangs a unit below its reference and says what it contains;
    before, units had categories and said how many of them make the reference.
    """
    for family in ("Unit", "Weight") if version < 19 else ():
        tx.create("uom.category", {"name": family})
    for name, path, category, contains in UNITS:
        modern = {"factor": contains, "relative_factor": contains, "parent_path": path}
        classic = {"factor": 1.0 / contains, "rounding": 0.01, "category_id": category}
        values = modern if version >= 19 else classic
        tx.create("uom.uom", {"name": name, "active": True, **values})


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


def _price_lists(tx: Transaction) -> None:
    """Who sells what: one supplier a product, at its cost."""
    sellers = tx.tables["res.partner"].where("supplier_rank", 12)
    for product, row in tx.tables["product.product"].rows.items():
        values = {"partner_id": sellers[product % len(sellers)], "price": row["standard_price"]}
        own = {"product_id": product, "min_qty": 0.0, "delay": 7, "sequence": 1, "company_id": 1}
        tx.create("product.supplierinfo", {**values, **own})


def _product(
    tx: Transaction, rng: random.Random, name: str, code: str, cost: float, group: int
) -> None:
    modern = "is_storable" in tx.tables["product.product"].model.fields
    tx.create(
        "product.product",
        {
            "name": name,
            "default_code": code,
            "type": "consu" if modern else "product",
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
            "purchase_method": "receive",
            "active": True,
        },
    )  # fmt: skip


def _odoo_rows(tx: Transaction, database: Database, now: datetime) -> None:
    for name in MODULES:
        full = f"{database.version}.0.1.{len(name) % 4}"
        if database.version >= 19 or name != "api_doc":
            module = {"name": name, "shortdesc": name.replace("_", " ").title()}
            known = {**module, "state": "installed", "installed_version": full}
            tx.create("ir.module.module", known)
    for name, number, unit in CRONS:
        tx.create(
            "ir.cron",
            {
                "name": name,
                "cron_name": name,
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
    tx.create("project.project", {**project, "user_id": people.OWNER})
    expires = f"{now + timedelta(days=62):%Y-%m-%d} 00:00:00"
    if "expiration_date" in database.models["res.users.apikeys"].fields:
        for each, row in tx.tables["res.users.apikeys"].rows.items():
            if row["user_id"] != people.ADMIN:
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
            counting.count(tx, quant, max(40.0, quantity), people.OWNER)
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
