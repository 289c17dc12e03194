"""An Odoo without Purchase, Invoicing or Sales: the rest is read, and what is lacking is told."""

import json

import pytest

from exceptions.kinds import KINDS
from exceptions.models import FactsSource
from exceptions.queries import staleness
from exceptions.vocabulary import KindCode
from integrations.odoo import reconcile
from tests.integrations.linked import Linked, knock, look, open_cases

PURCHASE = {
    "models": ("purchase.order", "purchase.order.line"),
    "fields": (
        ("stock.move", "purchase_line_id"),
        ("stock.picking", "purchase_id"),
        ("account.move.line", "purchase_line_id"),
        ("product.product", "purchase_method"),
    ),
}
INVOICING = {"models": ("account.move", "account.move.line"), "fields": ()}
SALES = {
    "models": ("sale.order", "sale.order.line"),
    "fields": (("stock.picking", "sale_id"), ("stock.move", "sale_line_id")),
}


def uninstall(linked: Linked, *modules: dict[str, tuple]) -> None:  # type: ignore[type-arg]
    """These are not there, as Odoo itself would say; what they brought to others neither."""
    for module in modules:
        for model in module["models"]:
            del linked.world.models[model], linked.world.tables[model]
        for model, field in module["fields"]:
            if model in linked.world.models:
                linked.world.models[model].fields.pop(field, None)


def plain_receipt(linked: Linked, *, days: float) -> int:
    """A late receipt that no order stands behind."""
    transfer = linked.receipt(days=days)
    (move,) = linked.world.tables["stock.move"].where("picking_id", transfer)
    linked.tell("stock.move", move, purchase_line_id=False)
    linked.tell("stock.picking", transfer, purchase_id=False)
    return transfer


def lacking() -> dict[str, list[str]]:
    """What the policies' pages tell of each facts type that is less than whole."""
    told = FactsSource.objects.exclude(missing=[])
    return {s.facts_type: [*s.missing, *([] if s.installed else ["all"])] for s in told}


QUALITY = {"Inspection": ["qc.inspection", "quality.alert", "quality.check"]}


def test_inventory_alone_is_read_without_an_error(linked: Linked) -> None:
    late, quant = plain_receipt(linked, days=-2), linked.miscount()
    uninstall(linked, PURCHASE, INVOICING, SALES)

    for _ in range(2):  # a deep round and a quick one
        reads = linked.sync()
        assert {name: read.error for name, read in reads.items() if read.error} == {}
        assert all(read.done for read in reads.values())
        linked.later(minutes=1)

    assert open_cases() == [("inventory_discrepancy", quant), ("late_inbound", late)]
    assert linked.row.connection.read_at is not None
    assert lacking() == QUALITY | {
        "Bill": ["account.move", "purchase.order.line", "all"],
        "Delivery": ["sale.order", "all"],
        "Handover": ["sale.order", "all"],
        "OrderLine": ["purchase.order.line", "all"],
    }
    with linked.client() as odoo:
        gaps = reconcile.reconcile(linked.row, odoo, now=linked.now)
    assert [(gap.source, gap.error) for gap in gaps if gap.error] == []


def test_the_kinds_that_rest_on_them_say_so(linked: Linked) -> None:
    uninstall(linked, PURCHASE)
    linked.sync()

    told = {
        kind.code: [(lack.everything, lack.models) for lack in staleness.lacking(kind)]
        for kind in KINDS.values()
    }
    assert {code: lacks for code, lacks in told.items() if lacks} == {
        KindCode.INVOICE_MISMATCH: [(False, "purchase.order.line")],
        KindCode.PARTIAL_RECEIPT: [(True, "purchase.order.line")],
        KindCode.QUALITY_HOLD: [(False, "qc.inspection, quality.alert, quality.check")],
    }


def test_a_bill_that_came_twice_is_found_without_purchase(linked: Linked) -> None:
    line = linked.partial()
    bills = sorted(linked.billed(line) for _ in range(2))
    for bill in bills:
        linked.tell("account.move", bill, ref="KB-77")
    uninstall(linked, PURCHASE)
    linked.sync()

    found = [record for kind, record in open_cases() if kind == "invoice_mismatch"]
    assert found == bills


def test_what_is_installed_later_is_read_from_then_on(linked: Linked) -> None:
    delivery = linked.delivery(days=-1)
    order = linked.order_of(delivery)
    models, tables = dict(linked.world.models), dict(linked.world.tables)
    fields = {m: dict(linked.world.models[m].fields) for m, _ in SALES["fields"]}
    uninstall(linked, SALES)
    linked.sync()
    assert open_cases() == []

    linked.world.models.update(models)
    linked.world.tables.update(tables)
    for model, known in fields.items():
        linked.world.models[model].fields.update(known)
    linked.later(minutes=6)  # the next deep round
    linked.sync()

    assert open_cases() == [("delivery_delay", order)]
    assert lacking() == QUALITY


def test_a_webhook_is_read_back_by_the_sources_that_are_there(linked: Linked) -> None:
    late = plain_receipt(linked, days=3)
    uninstall(linked, SALES, PURCHASE)
    linked.sync()
    linked.tell("stock.picking", late, scheduled_date=linked.wire(days=-1))
    linked.tell("stock.picking", late, date_deadline=linked.wire(days=-1))

    told = knock(linked, json.dumps({"_model": "stock.picking", "_id": late, "id": late}).encode())
    linked.later(seconds=10)
    linked.work_inbox()

    told.refresh_from_db()
    assert (told.state, told.outcome) == ("done", "Read back: 1 opened")
    assert open_cases() == [("late_inbound", late)]


@pytest.mark.parametrize(
    ("modules", "models"),
    [
        ((PURCHASE,), {"purchase.order.line", "purchase.order"}),
        ((SALES,), {"sale.order"}),
        (
            (PURCHASE, INVOICING),
            {"purchase.order.line", "purchase.order", "account.move"},
        ),
    ],
)
def test_the_probe_misses_nothing_of_what_is_not_installed(
    linked: Linked, modules: tuple[dict[str, tuple[str, ...]], ...], models: set[str]
) -> None:
    uninstall(linked, *modules)
    report = look(linked, login="control.tower", key="sim-integration-key")

    absent = [s.name for s in report.steps if s.sentence.startswith("Not installed")]
    assert {name.split(" ")[0].rstrip(":") for name in absent} == models | {
        *("approval.request", "helpdesk.ticket", "mrp.production"),  # of verbs
        "quality.check",
        "quality.alert",
        "quality.alert.stage",
        "qc.inspection",
    }
    assert [s.sentence for s in report.steps if "do not exist" in s.sentence] == []
