"""A discovery against a simulated Odoo of each version: what it finds, and that it only looks."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from exceptions.models import Case, Document
from exceptions.vocabulary import KindCode
from integrations.discovery import scan
from integrations.discovery.findings import Found
from integrations.models import Discovery
from integrations.simulator import World, instants
from integrations.simulator.flows import billing, counting, purchasing, transfers
from integrations.simulator.flows.purchasing import Item
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, BUYER, SUPPLIER, WAREHOUSE, Linked
from tests.integrations.odoo.sources.test_goods_on_hold import PRODUCT
from tests.integrations.odoo.test_scrapping import scrapping

READS = {
    "search_read", "read", "search", "search_count", "fields_get", "context_get", "read_group",
    "formatted_read_group", "web_read_group",
}  # fmt: skip


def discovered(linked: Linked, kind: KindCode) -> Found:
    """Of the one discovery that was asked for now."""
    asked = scan.ask(linked.row.connection, None, at=linked.at)
    assert scan.discover_due(linked.now) == 1
    asked.refresh_from_db()
    assert asked.error == ""
    report = scan.report_of(asked)
    found = report.of(kind) if report else None
    assert found is not None
    return found


def arrived(linked: Linked, *, promised: float, came: float = 0.0, value: float = 900.0) -> int:
    """A receipt that was done now, promised so many days from now."""
    receipt = linked.receipt(days=promised, value=value)
    with linked.world.transaction(ADMIN) as tx:
        transfers.validate(tx, receipt)
    return receipt


def test_receipts_that_came_late_and_those_that_are_late(linked: Linked) -> None:
    arrived(linked, promised=-2, value=900)
    arrived(linked, promised=-1, value=100)
    arrived(linked, promised=3)
    linked.receipt(days=-4, value=50)

    found = discovered(linked, KindCode.LATE_INBOUND)

    assert (found.past, found.open, found.of, found.untold) == (2, 1, 3, 0)
    assert found.values == {"EUR": Decimal("1050.00")}
    sizes = [(int(t.threshold), t.n) for t in found.tried]
    assert sizes == [(0, 3), (60, 3), (240, 3), (1_440, 3), (2_880, 2), (4_320, 1)]


def test_nothing_is_written_anywhere(linked: Linked) -> None:
    arrived(linked, promised=-2)
    linked.receipt(days=-4)
    before = Document.objects.count(), Case.objects.count()
    linked.seen.forget()

    discovered(linked, KindCode.LATE_INBOUND)

    assert {request.method for request in linked.seen.requests} <= READS
    assert (Document.objects.count(), Case.objects.count()) == before


def test_a_backorder_that_was_cancelled_was_a_partial_receipt(linked: Linked) -> None:
    line = linked.partial(days=2, ordered=10, came=6, price=100)
    with linked.world.transaction(ADMIN) as tx:
        transfers.cancel(tx, linked.backorder_of(line))

    found = discovered(linked, KindCode.PARTIAL_RECEIPT)

    assert (found.past, found.of, found.values) == (1, 1, {"EUR": Decimal("400.00")})
    assert [(int(t.threshold), t.n) for t in found.tried] == [(5, 1), (10, 1), (20, 1), (50, 0)]


def test_a_backorder_that_came_in_time_was_none(linked: Linked) -> None:
    line = linked.partial(days=2)
    with linked.world.transaction(ADMIN) as tx:
        transfers.validate(tx, linked.backorder_of(line))

    assert (found := discovered(linked, KindCode.PARTIAL_RECEIPT)).n == 0
    assert found.of == 1


def test_counts_that_were_applied(linked: Linked) -> None:
    quant = linked.miscount(by=-10)
    with linked.world.transaction(ADMIN) as tx:
        product = tx.row("stock.quant", quant)["product_id"]
        cost = Decimal(str(tx.row("product.product", product)["standard_price"]))
        counting.apply(tx, quant)

    found = discovered(linked, KindCode.INVENTORY_DISCREPANCY)

    assert (found.past, found.of) == (1, 1)
    assert found.values == {"EUR": (10 * cost).quantize(Decimal("0.01"))}
    assert [share.n for share in found.sites] == [1]


def test_paid_bills_that_were_too_dear(linked: Linked) -> None:
    with linked.world.transaction(ADMIN) as tx:
        order = purchasing.order(
            tx, WAREHOUSE, SUPPLIER, BUYER, [Item(1, 10.0, 100.0)], linked.wire(days=1)
        )
        transfers.validate(tx, purchasing.confirm(tx, order))
        bill = billing.bill(tx, order, dearer=1.5)
        billing.pay(tx, bill)

    found = discovered(linked, KindCode.INVOICE_MISMATCH)

    assert (found.past, found.open, found.of) == (1, 0, 1)
    assert found.values == {"EUR": Decimal("500.00")}


def test_deliveries_that_went_late_and_came_back(linked: Linked) -> None:
    delivery = linked.delivery(days=-1, value=4_000)
    with linked.world.transaction(ADMIN) as tx:
        transfers.reserve(tx, delivery)
        transfers.validate(tx, delivery)
        returned = transfers.give_back(tx, delivery)
        transfers.validate(tx, returned)

    late = discovered(linked, KindCode.DELIVERY_DELAY)
    back = discovered(linked, KindCode.POD_DISPUTE)

    assert (late.past, late.of, late.values) == (1, 1, {"EUR": Decimal("4000.00")})
    assert (back.past, back.of, back.values) == (1, 1, {"EUR": Decimal("4000.00")})
    assert late.who == back.who


def test_what_was_scrapped(linked: Linked) -> None:
    doing, _row = scrapping(linked)  # three pieces
    doing.deliver()
    cost = linked.world.tables["product.product"].rows[PRODUCT]["standard_price"]

    found = discovered(linked, KindCode.QUALITY_HOLD)

    assert (found.past, found.open) == (1, 1)  # three are gone, seven still lie on hold
    assert found.values == {"EUR": Decimal(str(cost)) * (3 + 7)}


def test_a_model_that_is_not_installed_is_named(linked: Linked) -> None:
    found = discovered(linked, KindCode.QUALITY_HOLD)

    assert "quality.check" in found.absent
    assert found.trouble == ""


def test_one_waits_at_a_time(linked: Linked) -> None:
    first = scan.ask(linked.row.connection, None, at=linked.at)

    assert scan.ask(linked.row.connection, None, at=linked.at) == first
    assert Discovery.objects.count() == 1


def test_an_odoo_that_cannot_be_reached_is_said_and_ends_it(linked: Linked) -> None:
    linked.row.url = "http://127.0.0.1:9"
    linked.row.save()
    asked = scan.ask(linked.row.connection, None, at=linked.at)

    scan.discover_due(linked.now)

    asked.refresh_from_db()
    assert asked.finished_at == linked.at
    assert "127.0.0.1" in asked.error
    assert scan.report_of(asked) is None


def test_what_a_dead_worker_left_is_begun_anew(linked: Linked) -> None:
    asked = scan.ask(linked.row.connection, None, at=linked.at)
    Discovery.objects.update(started_at=linked.at, stepped_at=linked.at)

    assert scan.discover_due(linked.now) == 0
    linked.later(minutes=31)
    assert scan.discover_due(linked.now) == 1
    asked.refresh_from_db()
    assert asked.finished_at == linked.at


@pytest.mark.slow
def test_a_whole_company_is_told_as_its_own_tables_tell_it(
    db: None, at: datetime, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with linking.serving(World.build(at, version=version), at, monkeypatch) as linked:
        asked = scan.ask(linked.row.connection, None, at=linked.at)
        scan.discover_due(linked.now)
        asked.refresh_from_db()
        report = scan.report_of(asked)
        assert report is not None
        told = {found.kind: found.past for found in report.kinds}

        past = by_the_world(linked.world, at)
        assert {kind: told[kind] for kind in past} == past
        assert all(n > 0 for n in past.values())
        standing = report.of(KindCode.LATE_INBOUND)
        late = [i for i in linked.world.late_receipts(at) if planned_before(linked.world, i, at)]
        assert standing is not None
        assert standing.open == len(late)


def planned_before(world: World, receipt: int, at: datetime) -> bool:
    return bool(world.tables["stock.picking"].rows[receipt]["scheduled_date"] < instants.text(at))


def by_the_world(world: World, at: datetime) -> dict[KindCode, int]:
    """Counted in the simulator's own tables, and never over HTTP."""
    since, now = instants.text(at - timedelta(days=90)), instants.text(at)
    kinds = world.tables["stock.picking.type"].rows
    pickings = world.tables["stock.picking"].rows
    done = [
        (kinds[p["picking_type_id"]]["code"], p)
        for p in pickings.values()
        if p["state"] == "done" and since <= p["date_done"] <= now
    ]
    late = [
        (code, p)
        for code, p in done
        if p.get("date_deadline") and p["date_done"] > p["date_deadline"] and not p.get("return_id")
    ]
    codes = Counter(code for code, _ in late)
    orders = {p["sale_id"] for code, p in late if code == "outgoing" and p.get("sale_id")}
    back = [
        p
        for p in pickings.values()
        if p.get("return_id")
        and pickings[p["return_id"]].get("sale_id")
        and p["state"] == "done"
        and kinds[p["picking_type_id"]]["code"] == "incoming"
        and since <= p["create_date"] <= now
    ]
    return {
        KindCode.LATE_INBOUND: codes["incoming"],
        KindCode.DELIVERY_DELAY: len(orders),
        KindCode.POD_DISPUTE: len(back),
    }
