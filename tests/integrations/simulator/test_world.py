"""The demo company: deterministic, believable, and with the promised exceptions open."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from integrations.simulator import World, instants, reading
from integrations.simulator.company import watch
from tests.integrations.simulator.speaking import NOW


@pytest.fixture(scope="module", params=[17, 19])
def world(request: pytest.FixtureRequest) -> World:
    return World.build(NOW, version=request.param)


def rows(world: World, model: str) -> list[dict[str, Any]]:
    return list(world.tables[model].rows.values())


def ages(world: World, model: str, ids: list[int], column: str) -> list[timedelta]:
    table = world.tables[model].rows
    return sorted(NOW - instants.moment(table[each][column]) for each in ids)


def test_the_same_seed_makes_the_same_world() -> None:
    first, second, other = (World.build(NOW, seed=seed) for seed in (7, 7, 8))
    for model, table in first.tables.items():
        assert second.tables[model].rows == table.rows, model
    assert other.tables["stock.picking"].rows != first.tables["stock.picking"].rows


def test_three_sites_with_three_picking_types_each(world: World) -> None:
    codes = [row["code"] for row in rows(world, "stock.warehouse")]
    kinds = Counter((k["warehouse_id"], k["code"]) for k in rows(world, "stock.picking.type"))
    zones = [
        r["tz"]
        for r in rows(world, "res.partner")
        if r["name"].startswith("Meridian") and "tz" in r
    ]
    assert codes == ["RTM", "CHI", "PNQ"]
    assert kinds == {(w, c): 1 for w in (1, 2, 3) for c in ("incoming", "outgoing", "internal")}
    assert zones == ["Europe/Amsterdam", "America/Chicago", "Asia/Kolkata"]


def test_the_size_of_the_company(world: World) -> None:
    business = [r for r in rows(world, "res.partner") if r.get("category_id")]
    assert len(rows(world, "product.product")) == 200
    assert 50 <= len(business) <= 70
    assert 3000 <= len(rows(world, "stock.picking")) <= 6000
    assert len({r["default_code"] for r in rows(world, "product.product")}) == 200


def test_what_is_open_lies_in_the_promised_ranges(world: World) -> None:
    risky = world.late_deliveries(NOW) + world.deliveries_at_risk(NOW)
    assert 15 <= len(world.late_receipts(NOW)) <= 25
    assert 10 <= len(risky) <= 18
    assert 8 <= len(world.discrepancies()) <= 15
    standing = watch.open_exceptions(world, NOW)
    assert standing["receipt"] == world.late_receipts(NOW)
    assert standing["count"] == world.discrepancies()
    assert standing["delivery"] == sorted(risky)


def test_every_kind_is_open_at_every_site(world: World) -> None:
    pickings, locations = world.tables["stock.picking"].rows, world.tables["stock.location"].rows
    kinds, quants = world.tables["stock.picking.type"].rows, world.tables["stock.quant"].rows
    for ids in (world.late_receipts(NOW), world.late_deliveries(NOW)):
        assert {kinds[pickings[each]["picking_type_id"]]["warehouse_id"] for each in ids} == {
            1,
            2,
            3,
        }
    shelves = [quants[each]["location_id"] for each in world.discrepancies()]
    assert {locations[each]["warehouse_id"] for each in shelves} == {1, 2, 3}


def test_ages_run_from_an_hour_to_nine_days(world: World) -> None:
    for model, ids, column in (
        ("stock.picking", world.late_receipts(NOW), "date_deadline"),
        ("stock.picking", world.late_deliveries(NOW), "date_deadline"),
        ("stock.quant", world.discrepancies(), "write_date"),
    ):
        found = ages(world, model, ids, column)
        assert timedelta(minutes=30) <= found[0] <= timedelta(hours=3)
        assert timedelta(days=8) <= found[-1] <= timedelta(days=9, hours=1)


def test_values_are_spread(world: World) -> None:
    pickings = world.tables["stock.picking"].rows
    orders = world.tables["purchase.order"].rows
    totals = sorted(
        orders[pickings[each]["purchase_id"]]["amount_total"] for each in world.late_receipts(NOW)
    )
    assert 300 <= totals[0] <= 1000
    assert 40000 <= totals[-1] <= 65000
    worth = sorted(variance(world, each) for each in world.discrepancies())
    assert 300 <= worth[0] <= 1000
    assert 20000 <= worth[-1] <= 60000


def variance(world: World, quant: int) -> float:
    row = world.tables["stock.quant"].rows[quant]
    cost = world.tables["product.product"].rows[row["product_id"]]["standard_price"]
    return abs(float(row["inventory_diff_quantity"] * cost))


def test_harmless_lookalikes_are_there(world: World) -> None:
    pickings = rows(world, "stock.picking")
    still = [p for p in pickings if p["state"] in watch.OPEN]
    returns = [p for p in still if p.get("return_id")]
    samples = [p for p in still if p.get("origin") == "Sample"]
    agreeing = [
        q
        for q in rows(world, "stock.quant")
        if q.get("inventory_quantity_set") and not q.get("inventory_diff_quantity")
    ]
    overdue_cancelled = [p for p in pickings if p["state"] == "cancel"]
    assert (len(returns), len(samples), len(agreeing)) == (2, 1, 1)
    assert len(overdue_cancelled) >= 4
    assert not {p["id"] for p in [*returns, *samples]} & set(
        world.late_receipts(NOW) + world.late_deliveries(NOW)
    )


def test_the_other_kinds_have_something_to_find(world: World) -> None:
    overbilled = reading.search(world, "purchase.order.line", [["qty_to_invoice", "<", 0]])
    hungry = reading.search(world, "stock.warehouse.orderpoint", [["qty_to_order", ">", 0]])
    hold = [["location_id.name", "=", "Quality Hold"], ["quantity", ">", 0]]
    orders = {world.tables["purchase.order.line"].rows[each]["order_id"] for each in overbilled}
    assert len(orders) == 3
    assert 5 <= len(hungry) <= 7  # five of the paperwork, and what was run down besides
    assert 1 <= len(reading.search(world, "stock.quant", hold)) <= 3
    assert len(rows(world, "stock.scrap")) == 4
    assert len(rows(world, "account.move")) == 62
    standing = watch.open_exceptions(world, NOW)
    assert len(standing["bill"]) == 3 + 3 + 2 * 2  # of two alike, each
    assert 8 <= len(standing["short"]) <= 20


def test_nothing_was_written_after_now(world: World) -> None:
    latest = {m: max((r["write_date"] for r in rows(world, m)), default="") for m in world.tables}
    assert [m for m, at in latest.items() if at > instants.text(NOW)] == []


def assert_sound(world: World) -> None:
    """What must hold in any company at any time."""
    lines = rows(world, "purchase.order.line")
    assert [r["id"] for r in lines if r.get("qty_received", 0) > r["product_qty"] + 1e-6] == []
    sold = rows(world, "sale.order.line")
    assert [r["id"] for r in sold if r.get("qty_delivered", 0) > r["product_uom_qty"] + 1e-6] == []
    quants = rows(world, "stock.quant")
    assert [q["id"] for q in quants if q.get("reserved_quantity", 0) < 0] == []
    pickings = rows(world, "stock.picking")
    done = [p for p in pickings if p["state"] == "done"]
    assert [p["id"] for p in done if not p.get("date_done")] == []
    assert len({p["name"] for p in pickings}) == len(pickings)
    states = {m["id"]: m["state"] for m in rows(world, "stock.move")}
    moves = world.tables["stock.move"]
    torn = [
        p["id"]
        for p in done
        if not {states[each] for each in moves.where("picking_id", p["id"])} <= {"done", "cancel"}
    ]
    assert torn == []
    assert wrong_statuses(world) == []


def wrong_statuses(world: World) -> list[int]:
    pickings = world.tables["stock.picking"]
    wrong = []
    for order in rows(world, "purchase.order"):
        states = {
            pickings.rows[each]["state"] for each in pickings.where("purchase_id", order["id"])
        }
        alive = states - {"cancel"}
        expected: str | bool = False
        if alive:
            expected = "full" if alive == {"done"} else "partial" if "done" in alive else "pending"
        if order.get("receipt_status", False) != expected:
            wrong.append(order["id"])
    return wrong


def test_the_books_agree(world: World) -> None:
    assert_sound(world)


def test_bulk_transfers_are_added() -> None:
    world = World.bare(NOW)
    world.add_bulk_transfers(500)
    pickings = rows(world, "stock.picking")
    assert len(pickings) == 500
    assert {p["state"] for p in pickings} == {"assigned", "confirmed", "done"}
    assert all(p["origin"].startswith("BULK") for p in pickings)
