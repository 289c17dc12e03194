"""Counts that are entered and not applied, as facts."""

from decimal import Decimal

from exceptions.facts import Count
from exceptions.models import Document
from exceptions.vocabulary import Outcome
from integrations.odoo.ground import Ground
from integrations.odoo.sources import counts
from integrations.simulator.flows import counting
from tests.integrations.linked import ADMIN, BUYER, Linked, open_cases


def facts_of(linked: Linked, quant: int) -> list[Count]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        domain = [*counts.DOMAIN, ["id", "=", quant]]
        rows = odoo.search_read("stock.quant", domain, counts.FIELDS, order="id", limit=1)
        found = counts.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, Count)]


def test_a_count_says_what_was_found_where_and_what_it_is_worth(linked: Linked) -> None:
    quant = linked.miscount(by=-10)

    (facts,) = facts_of(linked, quant)

    row = linked.world.tables["stock.quant"].rows[quant]
    product = linked.world.tables["product.product"].rows[row["product_id"]]
    assert (facts.counted, facts.location) == (True, "RTM/Stock")
    assert facts.booked_quantity - facts.counted_quantity == Decimal(10)
    assert facts.unit_cost == Decimal(str(product["standard_price"]))
    assert facts.currency == "EUR"
    assert facts.responsible is not None
    assert facts.responsible.id == BUYER


def test_a_cost_of_nothing_is_unknown(linked: Linked) -> None:
    quant = linked.miscount()
    product = linked.world.tables["stock.quant"].rows[quant]["product_id"]
    linked.tell("product.product", product, standard_price=0.0)

    (facts,) = facts_of(linked, quant)

    assert facts.unit_cost is None


def test_stock_that_was_never_counted_is_not_kept(linked: Linked) -> None:
    linked.tell("stock.quant", linked.quants()[3], reserved_quantity=1.0)

    reads = linked.sync()

    assert reads["counts"].rows > 0
    assert not Document.objects.filter(model="stock.quant").exists()


def test_an_applied_count_ends_its_case(linked: Linked) -> None:
    quant = linked.miscount()
    linked.sync()
    assert open_cases() == [("inventory_discrepancy", quant)]
    with linked.world.acting_as(ADMIN) as tx:
        counting.apply(tx, quant)

    linked.sync()

    assert linked.case("stock.quant", quant).outcome == Outcome.SELF_HEALED
    assert Document.objects.get(model="stock.quant").facts["counted"] is False


def test_a_row_whose_product_the_user_may_not_see_does_not_stop_the_others(linked: Linked) -> None:
    quant = linked.miscount()
    with linked.world.acting_as(ADMIN) as tx:
        hidden = linked.quants()[1]
        counting.count(tx, hidden, 1.0, BUYER)
        tx.write("stock.quant", hidden, {"product_id": False})

    reads = linked.sync()

    assert (reads["counts"].error, open_cases()) == ("", [("inventory_discrepancy", quant)])
