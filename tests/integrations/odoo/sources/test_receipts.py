"""Incoming transfers as facts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exceptions.facts import Partner, Person, Product, Receipt
from integrations.odoo import paging
from integrations.odoo.ground import Ground
from integrations.odoo.sources import receipts
from integrations.simulator.flows import purchasing, transfers
from tests.integrations.linked import ADMIN, BUYER, SUPPLIER, Linked


def facts_of(linked: Linked, *ids: int) -> list[Receipt]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        rows = odoo.search_read(
            "stock.picking",
            [*receipts.DOMAIN, ["id", "in", list(ids)]],
            receipts.FIELDS,
            order="id",
            limit=10,
        )
        found = receipts.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, Receipt)]


def test_an_open_receipt_says_who_brings_what_for_how_much(linked: Linked) -> None:
    late = linked.receipt(lines=2, value=12.5)

    (facts,) = facts_of(linked, late)

    table = linked.world.tables
    supplier = table["res.partner"].rows[SUPPLIER]
    order = table["purchase.order"].rows[linked.order_of(late)]
    assert (facts.open, facts.reference, facts.order_reference) == (
        True,
        linked.picking(late)["name"],
        order["name"],
    )
    assert (facts.value, facts.currency, facts.quantity) == (Decimal("25.00"), "EUR", Decimal(2))
    assert facts.supplier == Partner(id=SUPPLIER, name=supplier["name"], tier=None)
    assert facts.responsible == Person(id=BUYER, name=table["res.users"].rows[BUYER]["name"])
    assert [type(p) for p in facts.products] == [Product, Product]
    assert facts.promised_at == facts.planned_at
    assert facts.written_at == linked.at


def test_only_what_is_still_to_come_has_a_value(linked: Linked) -> None:
    late = linked.receipt(lines=2, value=10.0)
    with linked.world.acting_as(ADMIN) as tx:
        first = transfers.open_moves(tx, late)[0]["id"]
        rest = transfers.validate(tx, late, {first: 0.0})
    assert rest is not None

    done, open_ = facts_of(linked, late, rest)

    assert (done.open, done.value, done.done_at is None) == (False, None, False)
    assert (open_.open, open_.value) == (True, Decimal("10.00"))


def test_the_person_on_the_transfer_comes_before_the_buyer(linked: Linked) -> None:
    late = linked.receipt()
    linked.tell("stock.picking", late, user_id=ADMIN)

    (facts,) = facts_of(linked, late)

    assert facts.responsible == Person(id=ADMIN, name="Odoo Administrator")


def test_a_receipt_without_an_order_keeps_what_it_has(linked: Linked) -> None:
    with linked.world.acting_as(ADMIN) as tx:
        kind = tx.row("stock.warehouse", 1)["in_type_id"]
        line = transfers.Line(1, 3.0, {})
        loose = transfers.create(tx, kind, [line], linked.wire(days=-1), {"origin": "By hand"})

    (facts,) = facts_of(linked, loose)

    assert (facts.supplier, facts.value, facts.currency, facts.order_id) == (None,) * 4
    assert (facts.order_reference, facts.promised_at) == ("By hand", None)
    assert facts.planned_at is not None


def test_a_promise_is_the_order_line_s_date_the_plan_is_the_warehouse_s(linked: Linked) -> None:
    late = linked.receipt(days=-2)
    with linked.world.acting_as(ADMIN) as tx:
        purchasing.redate(tx, linked.order_of(late), linked.wire(days=3))
        transfers.plan(tx, late, linked.wire(days=1))

    (facts,) = facts_of(linked, late)

    assert facts.promised_at is not None
    assert facts.planned_at is not None
    assert ((facts.promised_at - linked.at).days, (facts.planned_at - linked.at).days) == (3, 1)


def test_the_priority_star_says_nothing_new(linked: Linked) -> None:
    """The tower sets it itself: it must not make the facts look changed."""
    late = linked.receipt()
    (before,) = facts_of(linked, late)
    linked.tell("stock.picking", late, priority="1")
    (after,) = facts_of(linked, late)

    assert (before.urgent, after.urgent) == (False, True)
    assert replace(after, urgent=False, written_at=before.written_at) == before


def test_a_page_is_enriched_in_a_few_calls_however_long_it_is(linked: Linked) -> None:
    ids = [linked.receipt() for _ in range(8)]
    linked.seen.forget()

    assert len(facts_of(linked, *ids)) == 8

    enriching = [r for r in linked.seen.requests if r.model != "stock.picking"]
    by_page = [r for r in enriching if r.method != "fields_get"]  # which is asked once a run
    assert len([r for r in by_page if not is_ground(r.model)]) == 3


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_page_says_the_same_however_its_moves_are_paged(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    ids = [linked.receipt(lines=n) for n in (3, 1, 2)]
    whole = facts_of(linked, *ids)
    monkeypatch.setattr(paging, "MANY", size)

    assert facts_of(linked, *ids) == whole
    assert [f.quantity for f in whole] == [3, 1, 2]


def is_ground(model: str) -> bool:
    """Read once a run, not once a page."""
    return model in {
        "stock.warehouse",
        "stock.picking.type",
        "res.partner",
        "res.partner.category",
    }
