"""The records of real Odoo 17 and 19, served again: cases are what the rules say of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.models import Case, Document
from integrations.odoo.sources import SOURCES
from integrations.simulator import World
from tests import recordings
from tests.integrations import linked as linking
from tests.integrations.linked import Linked, open_cases

pytestmark = recordings.needed

NOW = datetime(2026, 11, 23, 4, 50, tzinfo=UTC)  # just after the dumps were made
MODELS = (
    "stock.picking",
    "stock.move",
    "stock.quant",
    "stock.location",
    "stock.warehouse",
    "stock.picking.type",
    "purchase.order",
    "purchase.order.line",
    "sale.order",
    "sale.order.line",
    "product.product",
    "res.partner",
    "res.company",
    "ir.attachment",
)
OPEN = {"confirmed", "waiting", "assigned"}


@pytest.fixture
def recorded(db: None, version: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Linked]:
    world = World.bare(NOW, version=version)
    for model in MODELS:
        for record_id in list(world.tables[model].rows):
            world.tables[model].drop(record_id)
        for record in rows(version, model):
            world.tables[model].put(record["id"], kept(world, model, record))
    for model in MODELS:
        for record in rows(version, model):
            name_relations(world, model, record)
    with linking.serving(world, NOW, monkeypatch) as linked:
        yield linked


def rows(version: int, model: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = recordings.dump(version, model)["records"]
    return found


def kept(world: World, model: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record as it came over the wire, as a table keeps it; without what points at models that
    the simulator does not have (such as lots)."""
    fields = world.models[model].fields
    row: dict[str, Any] = {"active": True}
    for name, value in record.items():
        field = fields.get(name)
        if field is None or value in (False, None):
            continue
        if field.type != "many2one":
            row[name] = value
        elif field.relation in world.tables:
            row[name] = value[0]
    return row


def name_relations(world: World, model: str, record: dict[str, Any]) -> None:
    """What was not dumped (such as currencies) is known by the name that its users show."""
    for name, value in record.items():
        field = world.models[model].fields.get(name)
        known = field and field.relation in world.tables and field.relation not in MODELS
        if field and known and field.type == "many2one" and value:
            table = world.tables[field.relation]
            table.put(value[0], {**table.rows.get(value[0], {}), "id": value[0], "name": value[1]})


def moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def late_receipts(version: int) -> list[int]:
    return [
        r["id"]
        for r in rows(version, "stock.picking")
        if r["picking_type_code"] == "incoming"
        and r["state"] in OPEN
        and not r["return_id"]
        and max(d for n in ("scheduled_date", "date_deadline") if (d := moment(r[n]))) < NOW
    ]


def delayed_orders(version: int) -> list[int]:
    orders: dict[int, list[dict[str, Any]]] = {}
    for r in rows(version, "stock.picking"):
        if r["sale_id"] and not r["return_id"] and r["state"] in OPEN:
            orders.setdefault(r["sale_id"][0], []).append(r)
    return sorted(order for order, steps in orders.items() if is_delayed(steps))


def is_delayed(steps: list[dict[str, Any]]) -> bool:
    promises = [d for s in steps if (d := moment(s["date_deadline"]))]
    plans = [d for s in steps if (d := moment(s["scheduled_date"]))]
    planned = max(plans)
    promised = min(promises, default=planned)
    return promised < NOW or planned > promised + timedelta(hours=1)


def discrepancies(version: int) -> list[int]:
    inside = {
        r["id"]
        for r in rows(version, "stock.location")
        if r["usage"] in {"internal", "transit"} and r["warehouse_id"]
    }
    cost = {r["id"]: r["standard_price"] for r in rows(version, "product.product")}
    found = []
    for r in rows(version, "stock.quant"):
        if not r["inventory_quantity_set"] or r["location_id"][0] not in inside:
            continue
        off = abs(Decimal(str(r["inventory_quantity"])) - Decimal(str(r["quantity"])))
        worth = off * Decimal(str(cost[r["product_id"][0]]))
        booked = Decimal(str(r["quantity"]))
        if off and (worth >= 100 or booked <= 0 or off / booked >= Decimal("0.05")):
            found.append(r["id"])
    return found


def disputed(version: int) -> dict[int, list[dict[str, Any]]]:
    """The open returns of each delivery that was made for a sale."""
    made = {
        r["id"]
        for r in rows(version, "stock.picking")
        if r["picking_type_code"] == "outgoing"
        and r["state"] == "done"
        and r["sale_id"]
        and not r["return_id"]
    }
    found: dict[int, list[dict[str, Any]]] = {}
    for r in rows(version, "stock.picking"):
        if r["return_id"] and r["state"] in OPEN and r["return_id"][0] in made:
            found.setdefault(r["return_id"][0], []).append(r)
    return found


def test_the_recorded_return_disputes_its_delivery(recorded: Linked, version: int) -> None:
    """The seeded return WH/IN/00012: two sensor kits of those that the order's line sells."""
    recorded.sync()

    (case,) = Case.objects.filter(kind="pod_dispute")
    (line,) = [
        line
        for line in rows(version, "sale.order.line")
        if [line["order_id"][1]] == [case.facts["order_reference"]]
    ]
    delivery = {17: "WH/OUT/00036", 19: "WH/OUT/00069"}[version]
    assert case.title == f"{delivery} for Harbor Retail Group: returned with WH/IN/00012"
    one = Decimal(str(line["price_subtotal"])) / Decimal(str(line["product_uom_qty"]))
    assert case.value_at_risk == (2 * one).quantize(Decimal("0.01"))
    assert (case.facts["returns"], case.facts["settled"]) == (["WH/IN/00012"], False)


def test_cases_are_what_the_rules_say_of_the_recorded_records(
    recorded: Linked, version: int
) -> None:
    recorded.sync()

    assert open_cases() == sorted(
        [
            *(("late_inbound", i) for i in late_receipts(version)),
            *(("delivery_delay", i) for i in delayed_orders(version)),
            *(("inventory_discrepancy", i) for i in discrepancies(version)),
            *(("pod_dispute", i) for i in disputed(version)),
        ]
    )
    assert {kind for kind, _ in open_cases()} == {
        "late_inbound",
        "delivery_delay",
        "inventory_discrepancy",
        "pod_dispute",
    }


def test_a_recorded_late_receipt_in_the_domain_s_words(recorded: Linked, version: int) -> None:
    """The seeded order: 20 pumps at 220.00 and 10 sensor kits at 95.00, due four days ago."""
    recorded.sync()

    (order,) = [r for r in rows(version, "purchase.order") if r["partner_ref"] == "NH-77120"]
    (case,) = Case.objects.filter(kind="late_inbound", facts__order_id=order["id"])
    facts = case.facts
    assert case.title == f"{order['name']} from Nordhaven Components is late"
    assert (case.value_at_risk, facts["supplier"]["name"]) == (
        Decimal("5350.00"),
        "Nordhaven Components",
    )
    assert (facts["quantity"], [p["name"] for p in facts["products"]]) == (
        "30.0",
        ["[CT-1001] Hydraulic pump HP-40", "[CT-1003] Reefer sensor kit"],
    )
    assert facts["responsible"]["name"] == "Mitchell Admin"


def test_twice_in_a_row_is_once(recorded: Linked) -> None:
    recorded.sync()
    cases, documents = Case.objects.count(), Document.objects.count()

    reads = recorded.sync()

    assert [read.changes for read in reads.values()] == [{}] * len(SOURCES)
    assert (Case.objects.count(), Document.objects.count()) == (cases, documents)
