"""Transfers that lack goods, as facts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exceptions.facts import Product, Transfer
from exceptions.models import Document
from exceptions.vocabulary import Outcome
from integrations.odoo.ground import Ground
from integrations.odoo.sources import transfers as source
from integrations.simulator.flows import stock
from integrations.simulator.flows import transfers as flow
from tests.integrations.linked import ADMIN, CUSTOMER, Linked, open_cases

HOME, ABROAD = "Netherlands", "Germany"  # the first warehouse stands in Rotterdam


def facts_of(linked: Linked, *ids: int) -> list[Transfer]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        domain = [*source.DOMAIN, ["picking_id", "in", list(ids)]]
        rows = odoo.search_read("stock.move", domain, source.FIELDS, order="id", limit=50)
        found = source.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, Transfer)]


def shelf(linked: Linked) -> int:
    return int(linked.world.tables["stock.warehouse"].rows[1]["lot_stock_id"])


def leave(linked: Linked, quantity: float, product: int = 1) -> None:
    """So much of a product lies on the shelf, and no more."""
    with linked.world.acting_as(ADMIN) as tx:
        (quant,) = stock.quants(tx, product, shelf(linked))
        tx.write("stock.quant", quant["id"], {"quantity": quantity, "reserved_quantity": 0.0})


def live_in(linked: Linked, country: str) -> None:
    (found,) = linked.world.tables["res.country"].where("name", country)
    linked.tell("res.partner", CUSTOMER, country_id=found)


def cost(linked: Linked, product: int = 1) -> Decimal:
    return Decimal(str(linked.world.tables["product.product"].rows[product]["standard_price"]))


def test_a_transfer_called_ready_says_what_it_lacks(linked: Linked) -> None:
    leave(linked, 5)
    blocked = linked.delivery(quantity=30)

    (facts,) = facts_of(linked, blocked)

    (line,) = facts.lines
    assert (facts.open, facts.outgoing, facts.source_state) == (True, True, "assigned")
    assert (line.demanded, line.reserved, line.unit) == (Decimal(30), Decimal(5), "Units")
    assert (facts.value, facts.currency) == (
        (25 * cost(linked)).quantize(Decimal("0.01")),
        "EUR",
    )
    assert facts.partner is not None
    assert facts.partner.id == CUSTOMER
    assert facts.planned_at == facts.promised_at == linked.at - timedelta(days=1)
    assert (facts.model, facts.record_id) == ("stock.picking", blocked)


def test_another_unit_is_told_in_its_own_words_and_costs_by_the_piece(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two dozen are wanted, and half a dozen is there: 18 pieces are short."""
    blocked = linked.delivery(quantity=2)
    (move,) = linked.world.tables["stock.move"].where("picking_id", blocked)
    monkeypatch.setitem(linked.world.computed, ("stock.move", "product_qty"), lambda _row: 24.0)
    linked.tell("stock.move", move, quantity=0.5, state="partially_available")

    (facts,) = facts_of(linked, blocked)

    assert facts.value == (18 * cost(linked)).quantize(Decimal("0.01"))


def test_without_a_cost_the_value_is_unknown(linked: Linked) -> None:
    leave(linked, 0)
    blocked = linked.delivery(quantity=3)
    linked.tell("product.product", 1, standard_price=0.0)

    (facts,) = facts_of(linked, blocked)

    assert facts.value is None


def test_a_step_that_waits_names_the_one_before(linked: Linked) -> None:
    leave(linked, 0)
    first, then = linked.delivery(), linked.delivery()
    moves = linked.world.tables["stock.move"]
    (before,), (after,) = moves.where("picking_id", first), moves.where("picking_id", then)
    linked.tell("stock.move", after, state="waiting", move_orig_ids=[before])

    (facts,) = facts_of(linked, then)
    assert [each.waits_for for each in facts.lines] == [linked.picking(first)["name"]]

    linked.tell("stock.move", before, state="done")
    (facts,) = facts_of(linked, then)
    assert [each.waits_for for each in facts.lines] == [None]


def test_what_is_done_or_cancelled_is_closed_and_lacks_nothing(linked: Linked) -> None:
    done, cancelled = linked.delivery(), linked.delivery()
    with linked.world.acting_as(ADMIN) as tx:
        flow.validate(tx, done)
        flow.cancel(tx, cancelled)

    assert [(f.open, f.lines) for f in facts_of(linked, done, cancelled)] == [(False, ())] * 2


@pytest.mark.parametrize(
    ("country", "told"), [(HOME, (HOME, False)), (ABROAD, (ABROAD, True)), ("", (None, None))]
)
def test_a_delivery_says_whether_it_crosses_a_border(
    linked: Linked, country: str, told: tuple[str | None, bool | None]
) -> None:
    if country:
        live_in(linked, country)
    else:
        linked.tell("res.partner", CUSTOMER, country_id=False)
    linked.tell("product.product", 1, hs_code="")

    (facts,) = facts_of(linked, linked.delivery())

    missing = [p.id for p in facts.without_hs_code]
    assert ((facts.country, facts.crosses_border), missing) == (told, [1] if told[1] else [])


def test_without_the_module_for_customs_no_code_is_missing(linked: Linked) -> None:
    live_in(linked, ABROAD)
    sent = linked.delivery()
    del linked.world.models["product.product"].fields["hs_code"]

    (facts,) = facts_of(linked, sent)

    assert (facts.crosses_border, facts.without_hs_code) == (True, ())


def test_only_what_lacks_goods_or_codes_is_kept(linked: Linked) -> None:
    live_in(linked, HOME)
    declared = linked.delivery()
    linked.receipt()
    linked.sync()
    assert not Document.objects.filter(facts_type="Transfer").exists()

    linked.later(minutes=1)
    with linked.world.acting_as(ADMIN) as tx:
        flow.validate(tx, declared)
    live_in(linked, ABROAD)
    linked.tell("product.product", 1, hs_code="")
    undeclared = linked.delivery()
    linked.sync()

    (document,) = Document.objects.filter(facts_type="Transfer")
    product = linked.world.tables["product.product"].rows[1]["name"]
    assert document.record_id == undeclared
    assert document.facts["without_hs_code"][0]["name"].endswith(product)
    assert "blocked_transfer" not in dict(open_cases())


def test_a_blocked_transfer_has_a_case_until_it_is_reserved(linked: Linked) -> None:
    leave(linked, 5)
    blocked = linked.delivery(quantity=30, days=0.9)
    linked.sync()
    assert open_cases() == [("blocked_transfer", blocked)]
    leave(linked, 30)
    with linked.world.acting_as(ADMIN) as tx:
        flow.unreserve(tx, blocked)
        flow.reserve(tx, blocked)

    linked.later(minutes=1)
    linked.sync()

    assert open_cases() == []
    assert linked.case("stock.picking", blocked).outcome == Outcome.SELF_HEALED


def test_a_deleted_transfer_ends_its_case(linked: Linked) -> None:
    leave(linked, 0)
    blocked = linked.delivery(days=0.9)
    linked.sync()
    assert open_cases() == [("blocked_transfer", blocked)]

    linked.delete("stock.picking", blocked)
    linked.later(minutes=6)
    linked.sync()

    assert open_cases() == []


def test_a_page_is_enriched_in_a_few_calls_however_long_it_is(linked: Linked) -> None:
    live_in(linked, HOME)
    leave(linked, 0)
    ids = [linked.delivery() for _ in range(8)]
    linked.seen.forget()

    assert len(facts_of(linked, *ids)) == 8

    asked = [(r.model, r.method) for r in linked.seen.requests]
    # The page, what is on the transfers, costs, and where the partners and sites are.
    assert asked.count(("stock.move", "search_read")) == 2
    assert asked.count(("stock.picking", "read")) == 1
    assert asked.count(("product.product", "search_read")) == 1
    assert len(asked) <= 15


def test_a_product_is_told_by_its_name(linked: Linked) -> None:
    leave(linked, 0)
    (facts,) = facts_of(linked, linked.delivery())

    name = linked.world.label("product.product", 1)
    assert [each.product for each in facts.lines] == [Product(id=1, name=str(name))]
