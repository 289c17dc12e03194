"""Every field and domain that a source uses, held against what real Odoo 17 and 19 have."""

import json
from typing import Any

import pytest

from integrations.odoo import ground, holds, setting_apart
from integrations.odoo.sources import (
    SOURCES,
    bill_lines,
    bills,
    counts,
    deliveries,
    goods_on_hold,
    handovers,
    order_lines,
    receipts,
    reorder_rules,
    transfers,
)
from tests import recordings

pytestmark = [
    recordings.needed,
    pytest.mark.parametrize("version", recordings.VERSIONS),
]

# Checks, alerts and inspections come with modules that the recorded servers did not have.
MEASURED = [source for source in SOURCES if not source.model.startswith(("quality.", "qc."))]
BULK = [
    *((source.model, name) for source in MEASURED for name in source.fields),
    *(("stock.move", name) for name in transfers.MOVE_FIELDS),
    *(("stock.move", name) for name in reorder_rules.MOVE_FIELDS),
    *(("stock.picking", name) for name in transfers.TRANSFER_FIELDS),
    *(("stock.warehouse", name) for name in (*ground.WAREHOUSE_FIELDS, *holds.WAREHOUSE_FIELDS)),
    *(("stock.location", name) for name in holds.LOCATION_FIELDS),
    *(("stock.move.line", name) for name in (*setting_apart.CAME, *setting_apart.MOVED)),
    *(("stock.quant", name) for name in setting_apart.GOODS),
    *(("stock.move", name) for name in receipts.MOVE_FIELDS),
    *(("purchase.order.line", name) for name in receipts.LINE_FIELDS),
    *(("purchase.order", name) for name in receipts.ORDER_FIELDS),
    *(("sale.order", name) for name in deliveries.ORDER_FIELDS),
    *(("sale.order.line", name) for name in deliveries.LINE_FIELDS),
    *(("stock.move", name) for name in handovers.MOVE_FIELDS),
    *(("sale.order.line", name) for name in handovers.LINE_FIELDS),
    *(("sale.order", name) for name in handovers.ORDER_FIELDS),
    *(("purchase.order", name) for name in order_lines.ORDER_FIELDS),
    *(("stock.move", name) for name in order_lines.MOVE_FIELDS),
    *(("account.move.line", name) for name in bill_lines.LINE_FIELDS),
    *(("purchase.order.line", name) for name in bill_lines.ORDER_LINE_FIELDS),
    *(("purchase.order", name) for name in bill_lines.ORDER_FIELDS),
    *(
        (need.model, name)
        for s in MEASURED
        for need in s.needs
        if need.bulk
        for name in need.fields
    ),
]
DOMAINS = [
    *((source.model, source.domain) for source in MEASURED),
    *((source.model, source.living) for source in MEASURED),
    *((source.model, source.of_documents([1])) for source in MEASURED),
    ("stock.move", order_lines.coming_for([1])),
    ("account.move", [*bills.DOMAIN, ["ref", "in", ["x"]], ["state", "!=", "cancel"]]),
    ("account.move.line", bill_lines.of_bills([1])),
    ("account.move.line", bill_lines.still_payable([1])),
    ("stock.move", [["picking_id", "in", [1]], ["state", "not in", ["done"]]]),
    ("sale.order.line", [["order_id", "in", [1]], ["product_uom_qty", ">", 0]]),
    ("stock.quant", [["location_id", "child_of", [1]]]),
    ("stock.quant", goods_on_hold.NOWHERE),
    ("stock.quant", [["location_id", "=", 1], ["lot_id", "=", 1], *setting_apart.PLAIN]),
    ("stock.move.line", [["picking_id", "=", 1], ["state", "=", "done"], ["product_id", "=", 1]]),
    ("stock.move.line", [["picking_id.company_id.name", "=", "x"]]),
    ("stock.move.line", [["location_dest_id.usage", "=", "internal"]]),
    ("stock.picking", [["origin", "=", "k"]]),
    ("stock.location", [["id", "child_of", [1]], ["warehouse_id", "=", 1]]),
    ("stock.quant", [["product_id", "in", [1]], ["location_id.usage", "=", "internal"]]),
    ("stock.move", [["location_dest_id.usage", "=", "x"], ["move_dest_ids", "=", False]]),
    ("stock.move", [["date", ">=", "x"], ["location_id.usage", "=", "x"]]),
    ("stock.warehouse", [["reception_steps", "=", "three_steps"]]),
    ("stock.location", [["usage", "=", "internal"], ["name", "ilike", "x"]]),
    ("mail.activity", [["res_model", "=", "x"], ["res_id", "=", 1], ["note", "ilike", "k"]]),
    ("mail.message", [["model", "=", "x"], ["res_id", "=", 1], ["body", "ilike", "k"]]),
    ("project.task", [["description", "ilike", "k"]]),
    ("stock.picking", [*deliveries.DOMAIN, ["sale_id", "=", 1]]),
    ("stock.picking", [["signature", "!=", False]]),
    ("stock.move", [["sale_line_id", "in", [1]], ["origin_returned_move_id", "=", False]]),
    ("stock.move", [["picking_type_id.code", "=", "outgoing"]]),
    ("ir.attachment", [["res_model", "=", "stock.picking"], ["res_id", "in", [1]]]),
]
# Not dumped: a table of types with two columns, the same in every version.
NOT_RECORDED = {"res.partner.category"}


def fields_of(version: int, model: str) -> dict[str, Any]:
    found: dict[str, Any] = recordings.dump(version, f"{model}.fields_get")
    return found


@pytest.mark.parametrize(("model", "name"), sorted(set(BULK)))
def test_what_is_read_in_bulk_exists_and_is_stored(version: int, model: str, name: str) -> None:
    fields = fields_of(version, model)

    assert name in fields
    assert fields[name]["store"] is True


def terms(domain: list[Any]) -> list[str]:
    return sorted({term[0] for term in domain if isinstance(term, list)})


@pytest.mark.parametrize(("model", "domain"), DOMAINS, ids=lambda each: json.dumps(each)[:60])
def test_a_domain_asks_only_stored_columns_along_its_whole_path(
    version: int, model: str, domain: list[Any]
) -> None:
    """17 and 18 answer every record to a term that cannot be searched, 19 an error."""
    for path in terms(domain):
        here = model
        for step in path.split("."):
            field = fields_of(version, here).get(step, {})
            assert (path, field.get("store")) == (path, True) or step == "id"
            here = field.get("relation", here)


def test_each_version_has_its_own_name_for_units(version: int) -> None:
    names = {17: ("category_id", "product_uom"), 19: ("parent_path", "product_uom_id")}
    of_units, of_lines = names[version]
    both = {"category_id", "parent_path"} & fields_of(version, "uom.uom").keys()
    lines = {"product_uom", "product_uom_id"} & fields_of(version, "purchase.order.line").keys()

    assert (both, lines) == ({of_units}, {of_lines})


def test_only_three_facts_of_products_are_computed_and_asked_for_few(
    version: int,
) -> None:
    slow = {
        (need.model, name)
        for source in MEASURED
        for need in source.needs
        for name in need.fields
        if not fields_of(version, need.model).get(name, {}).get("store")
    }

    cost = {("product.product", "standard_price")} if version == 17 else set()
    asked = {("product.product", "purchase_method"), ("product.product", "uom_id")}
    assert slow == cost | asked
    assert counts.SOURCE.needs[2].bulk is False
