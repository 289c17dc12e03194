"""What products cost: each company has its own cost of a product."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from integrations.odoo.client import Odoo

Costs = Mapping[tuple[int, int], Decimal]


def unit_costs(odoo: Odoo, wanted: Iterable[tuple[int | None, int | None]]) -> Costs:
    """Cost of one unit by (company, product), in the company's currency; one call a company.

    A cost of 0 is left out: Odoo says 0 where none was ever entered.
    """
    products: dict[int, set[int]] = defaultdict(set)
    for company, product in wanted:
        if company and product:
            products[company].add(product)
    costs: dict[tuple[int, int], Decimal] = {}
    for company, ids in sorted(products.items()):
        rows = odoo.search_read(
            "product.product",
            [["id", "in", sorted(ids)]],
            ["standard_price"],
            order="id",
            limit=len(ids),
            context={"allowed_company_ids": [company], "active_test": False},
        )
        found = {row["id"]: Decimal(str(row["standard_price"])) for row in rows}
        costs.update({(company, product): cost for product, cost in found.items() if cost})
    return costs
