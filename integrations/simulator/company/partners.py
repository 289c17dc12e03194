"""Who the company does business with."""

import random

from integrations.simulator.company import names, people
from integrations.simulator.transactions import Transaction


def build(tx: Transaction, rng: random.Random) -> None:
    """Suppliers, customers by tier, carriers."""
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
        **people.partner_values(name, country_id, is_company=True),
        "email": f"orders@{domain}.example",
        "phone": f"+{rng.randint(31, 91)} {rng.randint(10, 99)} {rng.randint(1000000, 9999999)}",
        "category_id": [tag],
        "ref": f"{name[:3].upper()}{rng.randint(100, 999)}",
        **ranks,
    }
    tx.create("res.partner", values)
