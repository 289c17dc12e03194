"""Checks, alerts and inspections, of modules that were never measured: the simulator gets their
models here as they are publicly known."""

from decimal import Decimal
from typing import Any

from exceptions.models import Case, Document, FactsSource
from exceptions.vocabulary import Outcome
from integrations.odoo.sources import SOURCES
from integrations.simulator import schema
from integrations.simulator.records import Table
from tests.integrations.linked import ADMIN, BUYER, SUPPLIER, Linked, open_cases

MODULES = {
    "quality.check": """
        name | char | Reference | sfo
        quality_state | selection | Status | sfo | none=To do; pass=Passed; fail=Failed
        control_date | datetime | Control Date | sfo
        product_id | many2one product.product | Product | sfo
        picking_id | many2one stock.picking | Picking | sfo
        user_id | many2one res.users | Responsible | sfo
        company_id | many2one res.company | Company | sfo
        alert_ids | one2many quality.alert/check_id | Alerts | sf
    """,
    "quality.alert.stage": """
        name | char | Name | sfo
        done | boolean | Alert Processed | sfo
    """,
    "quality.alert": """
        name | char | Name | sfo
        title | char | Title | sfo
        check_id | many2one quality.check | Check | sfo
        stage_id | many2one quality.alert.stage | Stage | sfo
        product_id | many2one product.product | Product | sfo
        picking_id | many2one stock.picking | Picking | sfo
        partner_id | many2one res.partner | Vendor | sfo
        user_id | many2one res.users | Responsible | sfo
        company_id | many2one res.company | Company | sfo
    """,
    "qc.inspection": """
        name | char | Inspection number | sfo
        state | selection | State | sfo | ready=Ready; failed=Quality failed; canceled=Canceled
        date | datetime | Date | sfo
        object_id | reference | Reference | sfo
        product_id | many2one product.product | Product | sfo
        qty | float | Quantity | sfo
        user | many2one res.users | Responsible | sfo
        company_id | many2one res.company | Company | sfo
    """,
}


def install(linked: Linked, *names: str) -> None:
    """These models are there from now on."""
    for name in names:
        lines = [line.strip() for line in MODULES[name].strip().splitlines()]
        fields = map(schema._field, (*schema.AUTOMATIC, *lines))
        model = schema.Model(name, name, {field.name: field for field in fields})
        linked.world.models[name] = model
        linked.world.tables[name] = Table(model)


def make(linked: Linked, model: str, **values: Any) -> int:
    with linked.world.acting_as(ADMIN) as tx:
        return tx.create(model, {"company_id": 1, **values})


def case_of(model: str, record: int) -> Case:
    return Case.objects.get(kind="quality_hold", document__model=model, document__record_id=record)


def quality_holds() -> list[tuple[str, int]]:
    return [each for each in open_cases() if each[0] == "quality_hold"]


def test_a_check_that_failed_has_a_case_with_the_supplier_at_fault(linked: Linked) -> None:
    install(linked, "quality.check", "quality.alert", "quality.alert.stage")
    receipt = linked.receipt(days=3)
    said = {"product_id": 1, "picking_id": receipt, "user_id": BUYER}
    failed = make(
        linked,
        "quality.check",
        name="QC00001",
        quality_state="fail",
        control_date=linked.wire(hours=-5),
        **said,
    )
    make(linked, "quality.check", name="QC00002", quality_state="pass", **said)
    make(linked, "quality.check", name="QC00003", quality_state="none", **said)

    linked.sync()

    assert quality_holds() == [("quality_hold", failed)]
    case = case_of("quality.check", failed)
    supplier = linked.world.tables["res.partner"].rows[SUPPLIER]["name"]
    product = linked.world.label("product.product", 1)
    assert case.title == f"{product} from {supplier} failed: QC00001"
    assert case.facts["transfer"] == linked.picking(receipt)["name"]
    assert case.facts["responsible"]["id"] == BUYER
    assert case.subject_key.endswith(f"partner:{SUPPLIER}")


def test_a_check_that_passes_after_all_ends_its_case(linked: Linked) -> None:
    install(linked, "quality.check", "quality.alert", "quality.alert.stage")
    failed = make(linked, "quality.check", name="QC1", quality_state="fail", product_id=1)
    linked.sync()
    assert quality_holds() == [("quality_hold", failed)]  # nobody knows since when

    linked.tell("quality.check", failed, quality_state="pass")
    linked.later(minutes=1)
    linked.sync()

    assert quality_holds() == []
    assert case_of("quality.check", failed).outcome == Outcome.SELF_HEALED


def test_from_the_alert_on_the_alert_tells_the_story(linked: Linked) -> None:
    install(linked, "quality.check", "quality.alert", "quality.alert.stage")
    fresh = make(linked, "quality.alert.stage", name="New")
    solved = make(linked, "quality.alert.stage", name="Solved", done=True)
    check = make(linked, "quality.check", name="QC1", quality_state="fail", product_id=1)
    alert = make(
        linked,
        "quality.alert",
        name="QA00001",
        title="Scratched",
        check_id=check,
        stage_id=fresh,
        product_id=1,
        partner_id=SUPPLIER,
    )
    linked.later(hours=5)
    linked.sync()

    assert quality_holds() == [("quality_hold", alert)]
    assert case_of("quality.alert", alert).title.endswith("failed: QA00001 Scratched")

    linked.tell("quality.alert", alert, stage_id=solved)
    linked.later(minutes=1)
    linked.sync()
    assert quality_holds() == []


def test_an_inspection_of_a_move_tells_its_transfer(linked: Linked) -> None:
    install(linked, "qc.inspection")
    receipt = linked.receipt(days=3)
    (move,) = linked.world.tables["stock.move"].where("picking_id", receipt)
    said = {"product_id": 1, "qty": 6.0, "date": linked.wire(hours=-5), "user": BUYER}
    by_move = make(
        linked, "qc.inspection", name="I1", state="failed", object_id=f"stock.move,{move}", **said
    )
    by_hand = make(linked, "qc.inspection", name="I2", state="failed", **said)
    make(linked, "qc.inspection", name="I3", state="ready", **said)

    linked.sync()

    assert quality_holds() == [("quality_hold", by_move), ("quality_hold", by_hand)]
    cost = Decimal(str(linked.world.tables["product.product"].rows[1]["standard_price"]))
    case = case_of("qc.inspection", by_move)
    assert case.value_at_risk == (6 * cost).quantize(Decimal("0.01"))
    assert case.facts["transfer"] == linked.picking(receipt)["name"]
    assert case_of("qc.inspection", by_hand).site.code == "RTM"  # the company's first warehouse

    linked.tell("qc.inspection", by_move, state="canceled")
    linked.later(minutes=1)
    linked.sync()
    assert quality_holds() == [("quality_hold", by_hand)]


def test_without_the_modules_nothing_is_wrong(linked: Linked) -> None:
    reads = linked.sync()

    optional = ("quality_checks", "quality_alerts", "inspections")
    assert [(reads[name].error, linked.cursor(name).absent) for name in optional] == [
        ("", True)
    ] * 3
    assert not Document.objects.filter(facts_type="Inspection").exists()


def test_what_is_not_installed_is_told_with_how_old_the_rest_is(linked: Linked) -> None:
    linked.sync()
    told = {s.facts_type: s for s in FactsSource.objects.filter(connection=linked.row.connection)}

    assert told.keys() == {source.facts_type for source in SOURCES}
    assert {s.read_at for s in told.values()} == {linked.at}
    assert {name: s.missing for name, s in told.items() if s.missing} == {
        "Inspection": ["qc.inspection", "quality.alert", "quality.check"]
    }
    assert all(s.installed for s in told.values())  # stock on hold tells of quality too

    before = linked.at
    linked.later(minutes=1)
    linked.odoo.faults.add("user_error", model="purchase.order.line", method="search_read")
    linked.sync()
    read_at = dict(FactsSource.objects.values_list("facts_type", "read_at"))
    assert (read_at["Delivery"], read_at["OrderLine"]) == (linked.at, before)
