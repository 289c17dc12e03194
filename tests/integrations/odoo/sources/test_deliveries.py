"""Sales orders with their open transfers as facts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exceptions.facts import Delivery
from integrations.odoo import paging
from integrations.odoo.ground import Ground
from integrations.odoo.sources import deliveries
from integrations.simulator.flows import selling, transfers
from tests.integrations.linked import ADMIN, BUYER, CUSTOMER, Linked


def facts_of(linked: Linked, *orders: int) -> list[Delivery]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        rows = odoo.search_read(
            "stock.picking",
            [*deliveries.DOMAIN, ["sale_id", "in", list(orders)]],
            deliveries.FIELDS,
            order="id",
            limit=10,
        )
        found = deliveries.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, Delivery)]


def test_an_order_says_who_waits_for_how_much(linked: Linked) -> None:
    transfer = linked.delivery(value=250.0, quantity=2.0)
    order = linked.order_of(transfer)

    (facts,) = facts_of(linked, order)

    rows = linked.world.tables["sale.order"].rows
    assert (facts.model, facts.record_id, facts.reference) == (
        "sale.order",
        order,
        rows[order]["name"],
    )
    assert (facts.value, facts.currency, facts.transfers) == (
        Decimal("500.00"),
        "EUR",
        (linked.picking(transfer)["name"],),
    )
    assert facts.customer is not None
    assert (facts.customer.id, facts.customer.tier in {"A", "B", "C"}) == (CUSTOMER, True)
    assert facts.responsible is not None
    assert facts.responsible.id == BUYER
    assert facts.promised_at == facts.commitment_at == linked.at - timedelta(days=1)


def test_of_a_partly_delivered_order_the_open_share_counts(linked: Linked) -> None:
    transfer = linked.delivery(value=100.0, quantity=4.0)
    order = linked.order_of(transfer)
    with linked.world.acting_as(ADMIN) as tx:
        (move,) = transfers.open_moves(tx, transfer)
        transfers.validate(tx, transfer, {move["id"]: 1.0})

    (facts,) = facts_of(linked, order)

    assert (facts.open, facts.value, len(facts.transfers)) == (True, Decimal("300.00"), 1)


def test_a_delivered_order_is_closed_and_says_when(linked: Linked) -> None:
    transfer = linked.delivery()
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, transfer)

    (facts,) = facts_of(linked, linked.order_of(transfer))

    assert (facts.open, facts.done_at, facts.transfers) == (False, linked.at, ())


def test_the_earliest_promise_and_the_latest_plan_of_all_steps_count(linked: Linked) -> None:
    first = linked.delivery(days=2)
    order = linked.order_of(first)
    with linked.world.acting_as(ADMIN) as tx:
        kind = tx.row("stock.warehouse", 1)["out_type_id"]
        values = {"sale_id": order, "date_deadline": linked.wire(days=1)}
        line = transfers.Line(1, 1.0, {})
        transfers.create(tx, kind, [line], linked.wire(days=7), values)

    (facts,) = facts_of(linked, order)

    assert facts.promised_at == linked.at + timedelta(days=1)
    assert facts.planned_at == linked.at + timedelta(days=7)
    assert len(facts.transfers) == 2


def test_a_new_commitment_to_the_customer_is_the_new_promise(linked: Linked) -> None:
    order = linked.order_of(linked.delivery())
    with linked.world.acting_as(ADMIN) as tx:
        selling.redate(tx, order, linked.wire(days=6))

    (facts,) = facts_of(linked, order)

    assert facts.promised_at == facts.commitment_at == linked.at + timedelta(days=6)


def test_several_orders_of_a_page_come_in_a_few_calls(linked: Linked) -> None:
    orders = [linked.order_of(linked.delivery()) for _ in range(6)]
    linked.seen.forget()

    assert sorted(f.record_id for f in facts_of(linked, *orders)) == sorted(orders)
    assert [r.method for r in linked.seen.of("sale.order", "read", "search_read")] == ["read"]
    assert len(linked.seen.of("sale.order.line", "search_read")) == 1
    # The page itself, the open steps, the tracking numbers.
    assert len(linked.seen.of("stock.picking", "search_read")) == 3


@pytest.mark.parametrize("size", [1, 2, 3])
def test_orders_say_the_same_however_their_transfers_and_lines_are_paged(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    orders = [linked.order_of(linked.delivery(value=100.0 * n)) for n in (1, 2, 3)]
    with linked.world.acting_as(ADMIN) as tx:
        kind = tx.row("stock.warehouse", 1)["out_type_id"]
        line = transfers.Line(1, 1.0, {})
        transfers.create(tx, kind, [line], linked.wire(days=7), {"sale_id": orders[0]})
        extra = {"product_uom_qty": 2.0, "price_subtotal": 50.0, "qty_delivered": 1.0}
        (first,) = tx.tables["sale.order.line"].where("order_id", orders[0])
        tx.create("sale.order.line", {**tx.row("sale.order.line", first), **extra})
    whole = facts_of(linked, *orders)
    monkeypatch.setattr(paging, "MANY", size)

    assert facts_of(linked, *orders) == whole
    assert [f.value for f in whole] == [Decimal(125), Decimal(200), Decimal(300)]
    assert [len(f.transfers) for f in whole] == [2, 1, 1]
