"""The records of real Odoo 17 and 19, served again: cases are what the rules say of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from exceptions import intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Case, Document
from exceptions.vocabulary import KindCode
from integrations.odoo.sources import SOURCES
from integrations.simulator import World
from tests import recordings
from tests.integrations import linked as linking
from tests.integrations.linked import Linked, open_cases
from tests.integrations.odoo.sources.recorded import (
    MODELS,
    NOW,
    blocked_transfers,
    delayed_orders,
    discrepancies,
    disputed,
    follow_receipts,
    goods_on_hold,
    kept,
    late_receipts,
    mismatched_bills,
    missing_codes,
    moment,
    name_relations,
    partial_lines,
    rows,
)

pytestmark = recordings.needed


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
    follow_receipts(world)
    with linking.serving(world, NOW, monkeypatch) as linked:
        yield linked


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
            *(("partial_receipt", i) for i in partial_lines(version)),
            *(("invoice_mismatch", i) for i in mismatched_bills(version)),
            *(("blocked_transfer", i) for i in blocked_transfers(version)),
            *(("pod_dispute", i) for i in disputed(version)),
            *(("customs_hold", i) for i in missing_codes(version)),
        ]
    )
    # Only the recorded 19 has a customer abroad.
    abroad = {"customs_hold"} if version == 19 else set()
    assert {kind for kind, _ in open_cases()} == {
        "late_inbound",
        "delivery_delay",
        "inventory_discrepancy",
        "partial_receipt",
        "invoice_mismatch",
        "blocked_transfer",
        "pod_dispute",
        *abroad,
    }


def test_recorded_goods_on_hold_wait_four_hours_for_a_decision(
    recorded: Linked, version: int
) -> None:
    """Four sensor kits, set apart a quarter of an hour ago."""
    recorded.sync()
    assert "quality_hold" not in dict(open_cases())

    later = recorded.later(hours=4)
    intake.recheck_due(at=later, limit=100)

    (held,) = goods_on_hold(version, later)
    (case,) = Case.objects.filter(kind="quality_hold")
    assert case.document.record_id == held
    assert case.title == "4 [CT-1003] Reefer sensor kit on hold in WH/Stock/Quality Hold"
    cost = next(
        r["standard_price"]
        for r in rows(version, "product.product")
        if r["display_name"] == "[CT-1003] Reefer sensor kit"
    )
    assert case.value_at_risk == (Decimal(str(4 * cost)) if cost else None)


def test_the_recorded_transfer_that_is_called_ready_is_blocked(
    recorded: Linked, version: int
) -> None:
    """The seeded order: of 30 pumps 5 are reserved, and Odoo says "assigned"."""
    recorded.sync()

    name = {17: "WH/OUT/00035", 19: "WH/OUT/00068"}[version]
    (transfer,) = [r for r in rows(version, "stock.picking") if r["name"] == name]
    case = Case.objects.get(kind="blocked_transfer", document__record_id=transfer["id"])
    assert transfer["state"] == "assigned"
    assert case.title == f"{name}: [CT-1001] Hydraulic pump HP-40 lacks 25 of 30"
    assert [(e["reserved"], e["demanded"]) for e in case.facts["lines"]] == [("5.0", "30.0")]


def test_the_recorded_rule_is_below_its_minimum_and_urgent_once_it_is_wanted(
    recorded: Linked, version: int
) -> None:
    """60 bearings are there and 40 are coming, where 150 are wanted. Nothing had left of late, so
    nothing was urgent; then 900 leave on one day: 10 a day over 90, and 6 days of cover."""
    recorded.sync()
    name = {17: "OP/00006", 19: "OP/00005"}[version]
    (rule,) = [r for r in rows(version, "stock.warehouse.orderpoint") if r["name"] == name]
    document = Document.objects.get(model="stock.warehouse.orderpoint", record_id=rule["id"])
    said = {n: document.facts[n] for n in ("on_hand", "incoming", "minimum", "recent_per_day")}
    assert said == {
        "on_hand": "60.0",
        "incoming": "40.0",
        "minimum": "150.0",
        "recent_per_day": "0.0000",
    }
    assert (rule["qty_on_hand"], rule["qty_forecast"]) == (60.0, 100.0)  # Odoo says the same

    (customers,) = [r["id"] for r in rows(version, "stock.location") if r["usage"] == "customer"]
    with recorded.world.transaction(2) as tx:
        tx.write("product.product", rule["product_id"][0], {"create_date": "2026-01-01 00:00:00"})
        gone = {"quantity": 900.0, "product_uom_qty": 900.0, "product_uom": 1, "state": "done"}
        place = {"location_id": rule["location_id"][0], "location_dest_id": customers}
        when = {"date": "2026-11-22 12:00:00", "product_id": rule["product_id"][0]}
        tx.create("stock.move", {**gone, **place, **when, "company_id": 1})
    recorded.later(minutes=6)
    recorded.sync()

    (case,) = Case.objects.filter(kind="urgent_replenishment")
    assert case.document == document
    assert (case.facts["usual_per_day"], case.facts["recent_per_day"]) == ("10.0000", "128.5714")


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


def test_a_recorded_partial_receipt_in_the_domain_s_words(recorded: Linked, version: int) -> None:
    """The seeded order: 100 boxes at 14.50, of which 60 came; the rest is two days late."""
    recorded.sync()

    (order,) = [r for r in rows(version, "purchase.order") if r["partner_ref"] == "LB-5531"]
    (case,) = Case.objects.filter(kind="partial_receipt")
    facts = case.facts
    assert case.title == f"{order['name']}: 60 of 100 [CT-1002] Bearing 6204 box received"
    assert (case.value_at_risk, case.currency) == (Decimal("580.00"), "USD")
    assert (facts["expected_quantity"], facts["unit"]) == ("40.0", "Units")
    assert (facts["supplier"]["name"], facts["order_id"]) == ("Lumen Bearings", order["id"])
    assert case.need_at == moment(order["date_planned"])


def test_a_recorded_mismatch_in_the_domain_s_words(recorded: Linked) -> None:
    """The seeded bill: 100 boxes at 15.90, of which 60 came, ordered at 14.50. 1,590 were asked for
    what should have cost 870."""
    recorded.sync()

    (case,) = Case.objects.filter(kind="invoice_mismatch")
    (line,) = case.facts["lines"]
    assert case.title == (
        "INV-LB-9912 from Lumen Bearings: 40 billed beyond receipt, price above the order's"
    )
    assert (case.value_at_risk, case.currency) == (Decimal("720.00"), "USD")
    assert [Decimal(line[f]) for f in ("billed_quantity", "over_quantity")] == [100, 40]
    assert [line[f] for f in ("billed_price", "ordered_price")] == ["15.9", "14.5"]
    assert (case.facts["duplicates"], case.facts["total"]) == ([], "1828.5")
    assert case.need_at == datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)


def test_twice_in_a_row_is_once(recorded: Linked) -> None:
    recorded.sync()
    cases, documents = Case.objects.count(), Document.objects.count()

    reads = recorded.sync()

    assert [read.changes for read in reads.values()] == [{}] * len(SOURCES)
    assert (Case.objects.count(), Document.objects.count()) == (cases, documents)


def counted_by_odoo(version: int, question: str) -> int:
    """What the server itself answered to `search_count` of the kind's domain when it was dumped."""
    return int(recordings.dump(version, "_exceptions")[question]["count"])


def test_the_cases_are_as_many_as_odoo_itself_counted(recorded: Linked, version: int) -> None:
    """Of the kinds whose rule a domain of Odoo can say, under thresholds that let nothing pass."""
    for code in (KindCode.INVENTORY_DISCREPANCY, KindCode.QUALITY_HOLD):
        policy = KINDS[code].default_policy
        nothing_passes = {name: Decimal(0) for name in policy.thresholds}
        policies.publish(code, replace(policy, thresholds=nothing_passes), at=recorded.at)
    recorded.sync()
    cases = list(Case.objects.all())
    overbilled = {
        line["label"]
        for case in cases
        if case.kind == "invoice_mismatch"
        for line in case.facts["lines"]
        if Decimal(line["over_quantity"] or 0) > 0
    }

    assert {
        "inventory_discrepancy_pending": sum(c.kind == "inventory_discrepancy" for c in cases),
        "quality_hold_stock": sum(c.kind == "quality_hold" for c in cases),
        "returns": sum(c.kind == "pod_dispute" for c in cases),
        "invoice_overbilled": len(overbilled),
    } == {
        question: counted_by_odoo(version, question)
        for question in (
            "inventory_discrepancy_pending",
            "quality_hold_stock",
            "returns",
            "invoice_overbilled",
        )
    }
