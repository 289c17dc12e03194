"""Order lines as facts, and the cases that come and go with what arrives."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from exceptions import intake
from exceptions.facts import OrderLine, Partner, Person
from exceptions.models import Case, Document
from exceptions.vocabulary import Outcome
from integrations.odoo.ground import Ground
from integrations.odoo.sources import order_lines
from integrations.simulator.flows import purchasing, transfers
from integrations.simulator.flows.purchasing import Item
from tests.integrations.linked import ADMIN, BUYER, SUPPLIER, WAREHOUSE, Linked, open_cases

LINE = "purchase.order.line"
DOZENS, KG = 2, 3


def facts_of(linked: Linked, *ids: int) -> list[OrderLine]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        domain = [*order_lines.DOMAIN, ["id", "in", list(ids)]]
        rows = odoo.search_read(LINE, domain, order_lines.FIELDS, order="id", limit=100)
        found = order_lines.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, OrderLine)]


def partial_cases() -> list[int]:
    return [record for kind, record in open_cases() if kind == "partial_receipt"]


def in_unit(linked: Linked, line: int, unit: int) -> None:
    name = "product_uom_id" if linked.world.version >= 19 else "product_uom"
    values: dict[str, Any] = {name: unit}
    linked.tell(LINE, line, **values)


def test_a_line_says_what_came_and_what_is_coming_and_at_what_price(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6, price=12.5)

    (facts,) = facts_of(linked, line)

    tables = linked.world.tables
    order = tables["purchase.order"].rows[tables[LINE].rows[line]["order_id"]]
    supplier, buyer = tables["res.partner"].rows[SUPPLIER], tables["res.users"].rows[BUYER]
    quantities = [facts.ordered_quantity, facts.received_quantity, facts.expected_quantity]
    assert quantities == [Decimal(10), Decimal(6), Decimal(4)]
    assert (facts.unit, facts.unit_price, facts.currency) == ("Units", Decimal("12.5"), "EUR")
    assert facts.supplier == Partner(id=SUPPLIER, name=supplier["name"], tier=None)
    assert facts.responsible == Person(id=BUYER, name=buyer["name"])
    assert (facts.order_id, facts.order_reference) == (order["id"], order["name"])
    assert facts.promised_at is not None
    assert (linked.at - facts.promised_at).days == 2
    assert (facts.open, facts.written_at) == (True, linked.at)


@pytest.mark.parametrize(
    ("came", "is_open", "expected"), [(0.0, True, 0), (10.0, False, 0), (12.0, False, 0)]
)
def test_where_nothing_is_short_nothing_more_is_asked(
    linked: Linked, came: float, is_open: bool, expected: int
) -> None:
    line = linked.partial(ordered=10, came=10)
    linked.tell(LINE, line, qty_received=came)
    linked.seen.forget()

    (facts,) = facts_of(linked, line)

    assert (facts.open, facts.expected_quantity) == (is_open, Decimal(expected))
    assert linked.seen.of("stock.move", "search_read") == []


def test_a_discount_makes_the_price(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6, price=100)
    linked.tell(LINE, line, discount=25.0, price_subtotal=750.0)

    (facts,) = facts_of(linked, line)

    assert facts.unit_price == 75


@pytest.mark.parametrize(("unit", "expected"), [(DOZENS, "0.333333"), (KG, None)])
def test_what_comes_is_told_in_the_line_s_unit_or_not_at_all(
    linked: Linked, unit: int, expected: str | None
) -> None:
    """The moves are in pieces: 4 of them are a third of a dozen, and no kilograms."""
    line = linked.partial(ordered=10, came=6)
    in_unit(linked, line, unit)

    (facts,) = facts_of(linked, line)

    assert facts.expected_quantity == (None if expected is None else Decimal(expected))
    assert facts.unit == {DOZENS: "Dozens", KG: "kg"}[unit]


def test_what_goes_back_to_the_supplier_is_not_coming(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6)
    with linked.world.acting_as(ADMIN) as tx:
        suppliers = tx.tables["stock.location"].where("usage", "supplier")[0]
        kind = tx.row("stock.warehouse", WAREHOUSE)["out_type_id"]
        links: dict[str, Any] = {"purchase_line_id": line, "location_dest_id": suppliers}
        transfers.create(tx, kind, [transfers.Line(1, 2.0, links)], linked.wire(days=1), {})

    (facts,) = facts_of(linked, line)

    assert facts.expected_quantity == 4


@pytest.mark.parametrize("said", [{"display_type": "line_note"}, {"qty_received_method": "manual"}])
def test_notes_and_services_are_no_goods(linked: Linked, said: dict[str, str]) -> None:
    line = linked.partial()
    linked.tell(LINE, line, **said)

    assert facts_of(linked, line) == []


def test_an_archived_product_is_still_named(linked: Linked) -> None:
    line = linked.partial()
    linked.tell("product.product", 1, active=False)

    (facts,) = facts_of(linked, line)

    assert facts.product is not None
    assert facts.product.id == 1


def test_a_page_is_enriched_in_a_few_calls_however_long_it_is(linked: Linked) -> None:
    ids = [linked.partial() for _ in range(6)]
    linked.seen.forget()

    assert len(facts_of(linked, *ids)) == 6

    asked = [r.model for r in linked.seen.requests if not r.model.startswith("res.")]
    assert asked.count("purchase.order") == asked.count("stock.move") == 1
    assert asked.count(LINE) == 2  # the page, and the units of its short lines


# Cases -------------------------------------------------------------------------------------------


def test_a_late_rest_is_a_case_and_its_arrival_heals_it(linked: Linked) -> None:
    line = linked.partial(days=-2)
    linked.sync()
    assert partial_cases() == [line]

    linked.later(minutes=1)
    rest = linked.backorder_of(line)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, rest)
    linked.sync()

    assert partial_cases() == []
    assert linked.case(LINE, line).outcome == Outcome.SELF_HEALED


def test_a_rest_that_is_promised_for_later_waits_for_its_instant(linked: Linked) -> None:
    line = linked.partial(days=1)
    linked.sync()
    document = Document.objects.get(model=LINE, record_id=line)
    assert partial_cases() == []
    assert document.recheck_at is not None

    linked.later(days=2, seconds=1)
    escalate_due(linked)

    assert document.recheck_at < linked.at
    assert partial_cases() == [line]


def escalate_due(linked: Linked) -> None:
    """What only time changes, without a word from Odoo."""
    intake.recheck_due(at=linked.at)


def test_a_cancelled_backorder_is_seen_though_odoo_calls_the_order_full(linked: Linked) -> None:
    """Cancelling it stamps the transfer and its moves, and not the line."""
    line = linked.partial(days=9)
    linked.sync()
    before = linked.world.tables[LINE].rows[line]["write_date"]
    assert partial_cases() == []

    linked.later(minutes=1)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.cancel(tx, linked.backorder_of(line))
    linked.sync()

    row = linked.world.tables[LINE].rows[line]
    order = linked.world.tables["purchase.order"].rows[row["order_id"]]
    assert (row["write_date"], order["receipt_status"]) == (before, "full")
    (case,) = Case.objects.filter(kind="partial_receipt")
    assert (case.document.record_id, case.title.endswith("closed short")) == (line, True)


def test_an_order_changed_to_what_came_is_no_exception_any_more(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6)
    linked.sync()

    linked.later(minutes=1)
    linked.tell(LINE, line, product_qty=6.0)
    linked.sync()

    assert partial_cases() == []


def test_a_line_that_is_not_short_makes_no_document(linked: Linked) -> None:
    linked.partial(ordered=10, came=10)
    with linked.world.acting_as(ADMIN) as tx:
        items = [Item(2, 5.0, 10.0)]
        order = purchasing.order(tx, WAREHOUSE, SUPPLIER, BUYER, items, linked.wire(days=-3))
        purchasing.confirm(tx, order)

    reads = linked.sync()

    assert (reads["order_lines"].rows, reads["order_lines"].error) == (2, "")
    assert not Document.objects.filter(model=LINE).exists()


def test_reading_by_way_of_the_moves_says_the_same(linked: Linked) -> None:
    line = linked.partial()
    (own,) = facts_of(linked, line)
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        source = order_lines.MOVES_SOURCE
        rows = odoo.search_read("stock.move", source.domain, source.fields, order="id", limit=100)
        found = source.facts(odoo, ground, rows)

    assert [replace(f, read_at=own.read_at) for f in found] == [own]
    assert {source.document_id(row) for row in rows} == {line}
