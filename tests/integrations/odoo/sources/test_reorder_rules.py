"""Reordering rules beside stock and demand, as facts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions.facts import ReorderRule
from exceptions.models import Document
from integrations.odoo import stock_levels
from integrations.odoo.ground import Ground
from integrations.odoo.sources import reorder_rules as source
from integrations.simulator.flows import stock
from tests.integrations.linked import ADMIN, Linked, open_cases

MODEL = "stock.warehouse.orderpoint"


def facts_of(linked: Linked, *ids: int) -> list[ReorderRule]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        domain = [*source.DOMAIN, ["id", "in", list(ids)]]
        rows = odoo.search_read(MODEL, domain, source.FIELDS, order="id", limit=50)
        found = source.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, ReorderRule)]


@pytest.fixture
def rule(linked: Linked) -> int:
    """A rule with 40 pieces on hand, a minimum of 100, and no demand yet."""
    made = min(linked.world.tables[MODEL].rows)
    linked.tell(MODEL, made, product_min_qty=100.0, product_max_qty=200.0)
    put(linked, made, 40.0)
    return made


def row_of(linked: Linked, rule: int) -> dict[str, Any]:
    return linked.world.tables[MODEL].rows[rule]


def put(linked: Linked, rule: int, quantity: float, location: int | None = None) -> None:
    """So much of the rule's product lies in a location, and no more."""
    row = row_of(linked, rule)
    place = location or row["location_id"]
    with linked.world.acting_as(ADMIN) as tx:
        there = stock.quants(tx, row["product_id"], place)
        quant = there[0]["id"] if there else stock.create(tx, row["product_id"], place, 0.0)
        tx.write("stock.quant", quant, {"quantity": quantity})


def usage(linked: Linked, name: str) -> int:
    return next(iter(linked.world.tables["stock.location"].index("usage")[name]))


def move(linked: Linked, rule: int, quantity: float, *, start: int, end: int, **said: Any) -> int:
    """A move of the rule's product; done now, unless said otherwise."""
    row = row_of(linked, rule)
    values = {
        "product_id": row["product_id"],
        "product_uom": 1,
        "product_uom_qty": quantity,
        "quantity": quantity,
        "state": "done",
        "date": linked.wire(),
        "location_id": start,
        "location_dest_id": end,
        "company_id": 1,
        **said,
    }
    with linked.world.acting_as(ADMIN) as tx:
        return tx.create("stock.move", values)


def sell(linked: Linked, rule: int, quantity: float, **said: Any) -> int:
    start = row_of(linked, rule)["location_id"]
    return move(linked, rule, quantity, start=start, end=usage(linked, "customer"), **said)


def test_a_rule_says_what_is_there_and_what_is_wanted(linked: Linked, rule: int) -> None:
    sell(linked, rule, 140.0)
    sell(linked, rule, 220.0, date=linked.wire(days=-40))

    (facts,) = facts_of(linked, rule)

    product = linked.world.tables["product.product"].rows[row_of(linked, rule)["product_id"]]
    quantities = (facts.on_hand, facts.incoming, facts.minimum, facts.maximum)
    assert quantities == (Decimal(40), Decimal(0), Decimal(100), Decimal(200))
    assert (facts.usual_per_day, facts.recent_per_day) == (Decimal(4), Decimal(20))  # 360/90, 140/7
    assert (facts.unit, facts.currency) == ("Units", "EUR")
    assert facts.unit_cost == Decimal(str(product["standard_price"]))
    assert facts.active is True


def test_days_are_whole_and_the_last_is_today(linked: Linked, rule: int) -> None:
    """At noon of 17 November, the 7 days began on 11 November at midnight."""
    sell(linked, rule, 7.0, date="2026-11-11 00:00:00")
    sell(linked, rule, 70.0, date="2026-11-10 23:59:59")
    sell(linked, rule, 900.0, date="2026-08-20 00:00:00")
    sell(linked, rule, 9000.0, date="2026-08-19 23:59:59")

    (facts,) = facts_of(linked, rule)

    assert facts.recent_per_day == Decimal(1)
    assert facts.usual_per_day == Decimal("10.8556")  # 977 / 90
    start = stock_levels.since(timedelta(days=7), linked.at)
    assert start.isoformat() == "2026-11-11T00:00:00+00:00"


def test_demand_is_what_left_for_customers_and_production(linked: Linked, rule: int) -> None:
    here, away = row_of(linked, rule)["location_id"], usage(linked, "customer")
    with linked.world.acting_as(ADMIN) as tx:
        making = {"name": "Making", "usage": "production", "complete_name": "Making"}
        production = tx.create("stock.location", {**making, "active": True})
    move(linked, rule, 14.0, start=here, end=production)
    move(linked, rule, 1000.0, start=away, end=here)  # came back
    move(linked, rule, 1000.0, start=here, end=here + 1)  # to another shelf
    move(linked, rule, 1000.0, start=here, end=usage(linked, "inventory"))  # counted away
    sell(linked, rule, 1000.0, state="assigned")
    sell(linked, rule, 1000.0, state="cancel")

    (facts,) = facts_of(linked, rule)

    assert facts.recent_per_day == Decimal(2)


def test_demand_at_another_site_is_none_of_ours(linked: Linked, rule: int) -> None:
    here = linked.world.tables["stock.warehouse"].rows
    mine = row_of(linked, rule)["warehouse_id"]
    other = next(w["lot_stock_id"] for i, w in here.items() if i != mine)
    move(linked, rule, 700.0, start=other, end=usage(linked, "customer"))
    put(linked, rule, 500.0, other)

    (facts,) = facts_of(linked, rule)

    assert (facts.recent_per_day, facts.on_hand) == (Decimal(0), Decimal(40))


def test_more_in_another_unit_is_counted_in_the_product_s_own(
    linked: Linked, rule: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5 of 4 dozen left (one more than was asked): 60 pieces."""
    monkeypatch.setitem(
        linked.world.computed, ("stock.move", "product_qty"), lambda r: 12 * r["product_uom_qty"]
    )
    sell(linked, rule, 5.0, product_uom_qty=4.0)

    (facts,) = facts_of(linked, rule)

    assert facts.recent_per_day == Decimal("8.5714")  # 60 / 7


def test_stock_below_the_location_counts_and_beside_it_does_not(linked: Linked, rule: int) -> None:
    here = row_of(linked, rule)["location_id"]
    put(linked, rule, 7.0, here + 1)  # Shelf A, below it
    with linked.world.acting_as(ADMIN) as tx:
        beside = {"name": "Output", "usage": "internal", "complete_name": "RTM/Output"}
        around = tx.row("stock.location", here)["location_id"]
        warehouse = row_of(linked, rule)["warehouse_id"]
        values = {**beside, "location_id": around, "warehouse_id": warehouse, "active": True}
        output = tx.create("stock.location", values)
    put(linked, rule, 500.0, output)

    (facts,) = facts_of(linked, rule)

    assert facts.on_hand == 47


def test_what_is_coming_is_counted_once_whatever_the_steps(linked: Linked, rule: int) -> None:
    row, vendor = row_of(linked, rule), usage(linked, "supplier")
    here, warehouse = row["location_id"], row["warehouse_id"]
    with linked.world.acting_as(ADMIN) as tx:
        around = tx.row("stock.location", here)["location_id"]
        place = {"name": "Input", "usage": "internal", "complete_name": "RTM/Input"}
        values = {**place, "location_id": around, "warehouse_id": warehouse, "active": True}
        gate = tx.create("stock.location", values)
        tx.write("stock.warehouse", warehouse, {"wh_input_stock_loc_id": gate})
    move(linked, rule, 10.0, start=vendor, end=here, state="assigned")
    second = move(linked, rule, 20.0, start=gate, end=here, state="waiting")
    move(linked, rule, 20.0, start=vendor, end=gate, state="assigned", move_dest_ids=[second])
    move(linked, rule, 5.0, start=vendor, end=gate, state="assigned")  # its next step is to come
    move(linked, rule, 300.0, start=here, end=here + 1, state="assigned")  # inside already
    move(linked, rule, 300.0, start=vendor, end=here, state="draft")
    move(linked, rule, 300.0, start=vendor, end=here)  # done

    (facts,) = facts_of(linked, rule)

    assert facts.incoming == 35


@pytest.mark.parametrize(
    ("values", "active"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"snoozed_until": "2026-11-18"}, False),
        ({"snoozed_until": "2026-11-17"}, True),  # Odoo shows it again on that day
    ],
)
def test_archived_and_snoozed_rules_are_not_active(
    linked: Linked, rule: int, values: dict[str, Any], active: bool
) -> None:
    linked.tell(MODEL, rule, **values)

    (facts,) = facts_of(linked, rule)

    assert facts.active is active


def test_of_a_new_product_nobody_knows_the_usual_demand(linked: Linked, rule: int) -> None:
    linked.tell("product.product", row_of(linked, rule)["product_id"], create_date="2026-11-01")
    with linked.world.acting_as(ADMIN) as tx:
        born = {"create_date": linked.wire(days=-80)}
        tx.write("product.product", row_of(linked, rule)["product_id"], born)
    sell(linked, rule, 70.0)

    (facts,) = facts_of(linked, rule)

    assert (facts.usual_per_day, facts.recent_per_day) == (None, Decimal(10))


def test_only_newer_versions_tell_the_day_to_order(linked: Linked, rule: int, version: int) -> None:
    (facts,) = facts_of(linked, rule)

    assert facts.order_by == (date(2026, 11, 17) if version == 19 else None)


def test_demand_that_jumps_opens_a_case_and_goods_that_come_end_it(
    linked: Linked, rule: int
) -> None:
    sell(linked, rule, 200.0, date=linked.wire(days=-30))
    linked.sync()
    assert open_cases() == []  # 40 on hand last 18 days

    sell(linked, rule, 520.0)  # 8 a day usually, and 74 of late
    linked.later(minutes=6)
    linked.sync()
    assert open_cases() == [("urgent_replenishment", rule)]
    case = linked.case(MODEL, rule)
    assert case.facts["recent_per_day"] == "74.2857"

    vendor, here = usage(linked, "supplier"), row_of(linked, rule)["location_id"]
    move(linked, rule, 60.0, start=vendor, end=here, state="assigned")
    linked.later(minutes=6)
    linked.sync()
    assert open_cases() == []


def test_rules_above_their_minimum_are_not_kept(linked: Linked, rule: int) -> None:
    linked.sync()
    kept = set(Document.objects.filter(model=MODEL).values_list("record_id", flat=True))

    below = {
        each
        for each, row in linked.world.tables[MODEL].rows.items()
        if on_hand(linked, row) < row["product_min_qty"]
    }
    assert kept == below
    assert rule in kept


def on_hand(linked: Linked, row: dict[str, Any]) -> float:
    quants = linked.world.tables["stock.quant"]
    return sum(
        float(quants.rows[q]["quantity"])
        for q in quants.where("product_id", row["product_id"])
        if quants.rows[q]["location_id"] == row["location_id"]
    )


def test_between_deep_rounds_nothing_is_asked(linked: Linked, rule: int) -> None:
    linked.sync()
    linked.seen.forget()
    linked.later(minutes=1)
    linked.sync()

    assert linked.seen.of(MODEL, "search_read", "read") == []


def test_stock_and_demand_take_five_calls_however_many_rules(linked: Linked, rule: int) -> None:
    linked.seen.forget()

    assert len(facts_of(linked, *linked.world.tables[MODEL].rows)) == 24

    grouped = [r for r in linked.seen.requests if "group" in r.method]
    assert [r.model for r in grouped] == ["stock.quant"] + ["stock.move"] * 4


def test_what_concerns_a_rule_becomes_a_to_do(linked: Linked, rule: int) -> None:
    put(linked, rule, 0.0)
    sell(linked, rule, 90.0)
    linked.sync()
    case = linked.case(MODEL, rule)
    linked.deliver()

    effects = linked.effects(f"C-{case.pk}:r0:activity")
    assert [model for model, _ in effects] == ["project.task"]
