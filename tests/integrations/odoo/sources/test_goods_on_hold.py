"""Stock in hold locations, as facts."""

from decimal import Decimal

from exceptions.facts import Inspection
from exceptions.models import Document
from exceptions.vocabulary import Outcome
from integrations.odoo.ground import Ground
from integrations.odoo.sources import goods_on_hold as source
from integrations.simulator.flows import counting, stock
from tests.integrations.linked import ADMIN, Linked, look, open_cases

MODEL = "stock.quant"
PRODUCT = 3


def facts_of(linked: Linked) -> list[Inspection]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        domain = source.SOURCE.where(ground)
        rows = odoo.search_read(MODEL, domain, source.FIELDS, order="id", limit=50)
        found = source.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, Inspection)]


def location(linked: Linked, name: str) -> int:
    """The location of that name at the first site, made below its stock if it is not there."""
    table = linked.world.tables["stock.location"]
    for each in table.where("name", name):
        if table.rows[each]["warehouse_id"] == 1:
            return each
    shelf = linked.world.tables["stock.warehouse"].rows[1]["lot_stock_id"]
    values = {"name": name, "complete_name": f"RTM/Stock/{name}", "usage": "internal"}
    with linked.world.acting_as(ADMIN) as tx:
        own = {"location_id": shelf, "warehouse_id": 1, "active": True}
        return tx.create("stock.location", {**values, **own})


def put(linked: Linked, place: int, quantity: float = 4.0) -> int:
    with linked.world.acting_as(ADMIN) as tx:
        return stock.create(tx, PRODUCT, place, quantity)


def test_goods_in_a_hold_location_say_what_they_are_worth(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"))

    (facts,) = facts_of(linked)

    product = linked.world.tables["product.product"].rows[PRODUCT]
    assert (facts.model, facts.record_id, facts.what) == (MODEL, quant, "hold")
    assert (facts.failed, facts.decided, facts.quantity) == (True, False, Decimal(4))
    assert facts.unit_cost == Decimal(str(product["standard_price"]))
    assert (facts.currency, facts.location) == ("EUR", "RTM/Stock/Quality Hold")
    assert facts.since == linked.at


def test_goods_elsewhere_are_none_of_these(linked: Linked) -> None:
    put(linked, location(linked, "Shelf A"))

    assert facts_of(linked) == []


def test_a_location_that_was_chosen_counts_with_all_below_it(linked: Linked) -> None:
    chosen = location(linked, "Cage")
    table = linked.world.tables["stock.location"].rows
    with linked.world.acting_as(ADMIN) as tx:
        inner = {**table[chosen], "name": "Top", "complete_name": "RTM/Cage/Top"}
        inner = {k: v for k, v in inner.items() if k != "id"}
        below = tx.create("stock.location", {**inner, "location_id": chosen})
    put(linked, below)
    assert facts_of(linked) == []

    linked.row.hold_locations = [chosen]
    linked.row.save()

    assert [(f.what, f.location) for f in facts_of(linked)] == [("hold", "RTM/Cage/Top")]


def test_the_control_step_counts_only_where_goods_come_in_three_steps(linked: Linked) -> None:
    step = location(linked, "Control")
    linked.tell("stock.warehouse", 1, wh_qc_stock_loc_id=step)
    put(linked, step)
    assert facts_of(linked) == []

    linked.tell("stock.warehouse", 1, reception_steps="three_steps")

    assert [f.what for f in facts_of(linked)] == ["control"]


def test_they_have_a_case_after_four_hours_until_they_have_left(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"))
    linked.later(hours=4, seconds=1)
    linked.sync()
    assert open_cases() == [("quality_hold", quant)]

    linked.tell(MODEL, quant, quantity=0.0)
    linked.later(minutes=1)
    linked.sync()

    assert open_cases() == []
    assert linked.case(MODEL, quant).outcome == Outcome.SELF_HEALED


def test_a_row_that_odoo_removed_ends_its_case(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"))
    linked.later(hours=5)
    linked.sync()
    assert open_cases() == [("quality_hold", quant)]

    linked.delete(MODEL, quant)
    linked.later(minutes=6)
    linked.sync()

    assert open_cases() == []


def test_goods_on_hold_may_be_miscounted_too(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"))
    with linked.world.acting_as(ADMIN) as tx:
        counting.count(tx, quant, 1.0, ADMIN)
    linked.later(hours=5)
    linked.sync()

    assert open_cases() == [("inventory_discrepancy", quant), ("quality_hold", quant)]
    assert sorted(Document.objects.values_list("facts_type", flat=True)) == ["Count", "Inspection"]


def test_the_probe_names_them_and_does_not_miss_what_is_optional(linked: Linked) -> None:
    report = look(linked, login="control.tower", key="sim-integration-key")

    said = {step.name: step.sentence for step in report.steps}
    sites = ("CHI", "PNQ", "RTM")
    names = ", ".join(f"{site}/Stock/Quality Hold" for site in sites)
    assert said["Hold locations"] == f"Goods in these locations count as set apart: {names}."
    optional = {k for k, v in said.items() if v.startswith("Not installed here")}
    assert {k.split(" ")[0].rstrip(":") for k in optional} == {
        *("approval.request", "helpdesk.ticket", "mrp.production"),  # of verbs
        "quality.check",
        "quality.alert",
        "quality.alert.stage",
        "qc.inspection",
    }
    assert report.usable
