"""The simulated company's whole life: cases are what its own tables say, now and an hour later."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from exceptions import intake
from integrations.odoo.sources import SOURCES
from integrations.simulator import World, instants
from integrations.simulator.company import watch
from tests.integrations import linked as linking
from tests.integrations.linked import open_cases


@pytest.mark.slow
def test_cases_are_what_the_world_says_now_and_an_hour_later(
    db: None, at: datetime, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with linking.serving(World.build(at, version=version), at, monkeypatch) as linked:
        linked.sync()
        assert open_cases() == by_the_world(linked.world, linked.at)

        for _ in range(4):
            linked.world.advance(linked.at + timedelta(minutes=20))
            linked.later(minutes=20)
            linked.sync()
            intake.recheck_due(at=linked.at, limit=1000)
            assert open_cases() == by_the_world(linked.world, linked.at)

        reads = linked.sync()
        assert [read.changes for read in reads.values()] == [{}] * len(SOURCES)


def by_the_world(world: World, at: datetime) -> list[tuple[str, int]]:
    """What the rules say, computed from the world's own tables and never over HTTP."""
    pickings = world.tables["stock.picking"].rows
    now = instants.text(at)
    receipts = [
        ("late_inbound", i)
        for i in world.late_receipts(at)
        if pickings[i]["scheduled_date"] < now  # a later plan is an answer to the promise
    ]
    orders = {pickings[i]["sale_id"] for i in [*world.late_deliveries(at), *planned_late(world)]}
    quants = world.tables["stock.quant"].where("inventory_quantity_set", True)
    counts = [("inventory_discrepancy", i) for i in quants if matters(world, i)]
    return sorted(
        [
            *receipts,
            *(("delivery_delay", o) for o in orders),
            *counts,
            *(("blocked_transfer", i) for i in blocked(world, at)),
            *(("quality_hold", i) for i in undecided(world, at)),
            *(("urgent_replenishment", i) for i in urgent(world, at)),
            *(("pod_dispute", i) for i in disputed(world)),
            *(("customs_hold", i) for i in undeclared(world)),
            *(("partial_receipt", i) for i in watch.short_lines(world.tables, at)),
            *(("invoice_mismatch", i) for i in watch.wrong_bills(world.tables)),
        ]
    )


def undeclared(world: World) -> list[int]:
    """Open transfers to a customer in another country, with a product that has no HS code."""
    kinds = world.tables["stock.picking.type"].rows
    houses = world.tables["stock.warehouse"].rows
    country = {i: row.get("country_id") for i, row in world.tables["res.partner"].rows.items()}
    products, moves = world.tables["product.product"].rows, world.tables["stock.move"]
    found = []
    for i, row in world.tables["stock.picking"].rows.items():
        kind = kinds[row["picking_type_id"]]
        to = country.get(row.get("partner_id") or 0)
        home = country.get(houses[kind["warehouse_id"]]["partner_id"])
        leaves = kind["code"] == "outgoing" and to and home and to != home
        if leaves and row["state"] in {"confirmed", "waiting", "assigned"}:
            open_moves = [moves.rows[m] for m in moves.where("picking_id", i)]
            goods = {m["product_id"] for m in open_moves if m["state"] not in {"done", "cancel"}}
            found += [i] if any(not products[p].get("hs_code") for p in goods) else []
    return found


def disputed(world: World) -> set[int]:
    """Deliveries that were made for a sale, of which a return is open."""
    pickings = world.tables["stock.picking"].rows
    return {
        row["return_id"]
        for row in pickings.values()
        if row.get("return_id")
        and row["state"] in {"confirmed", "waiting", "assigned"}
        and pickings[row["return_id"]]["state"] == "done"
        and pickings[row["return_id"]].get("sale_id")
    }


def blocked(world: World, at: datetime) -> list[int]:
    """Open transfers within a day of their plan of which a move is short."""
    soon, moves = instants.text(at + timedelta(days=1)), world.tables["stock.move"]
    kinds = world.tables["stock.picking.type"].rows
    return [
        i
        for i, row in world.tables["stock.picking"].rows.items()
        if row["state"] in {"confirmed", "waiting", "assigned"}
        and kinds[row["picking_type_id"]]["code"] != "incoming"
        and row["scheduled_date"][:19] <= soon[:19]
        and any(
            moves.rows[m].get("quantity", 0) < moves.rows[m]["product_uom_qty"]
            for m in moves.where("picking_id", i)
            if moves.rows[m]["state"] not in {"done", "cancel"}
        )
    ]


def undecided(world: World, at: datetime) -> list[int]:
    """What has lain in a quality hold for more than four hours."""
    before = instants.text(at - timedelta(hours=4))
    holds = world.tables["stock.location"].where("name", "Quality Hold")
    quants = world.tables["stock.quant"].rows
    return [
        i
        for i, row in quants.items()
        if row["location_id"] in holds and row["quantity"] > 0 and row["create_date"][:19] < before
    ]


def urgent(world: World, at: datetime) -> list[int]:
    return [i for i, rule in world.tables["stock.warehouse.orderpoint"].rows.items()
            if is_urgent(world, rule, at)]  # fmt: skip


def is_urgent(world: World, rule: dict[str, Any], at: datetime) -> bool:
    """Below the minimum, and nothing left or under a week of cover with half as much demand again.
    Every site of the company has but shelves below its one stock location, and one step."""
    places = world.tables["stock.location"].rows
    mine = {i for i, p in places.items() if p.get("warehouse_id") == rule["warehouse_id"]}
    of_product = [
        m for m in world.tables["stock.move"].rows.values() if m["product_id"] == rule["product_id"]
    ]
    on_hand = sum(
        q["quantity"]
        for q in world.tables["stock.quant"].rows.values()
        if q["product_id"] == rule["product_id"] and q["location_id"] in mine
    )
    incoming = sum(
        m["product_uom_qty"]
        for m in of_product
        if m["state"] in {"waiting", "confirmed", "assigned", "partially_available"}
        and m["location_dest_id"] in mine
        and m["location_id"] not in mine
    )
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)

    def left(days: int) -> float:
        start = instants.text(midnight - timedelta(days=days - 1))
        return sum(
            float(m["quantity"])
            for m in of_product
            if m["state"] == "done"
            and m["location_id"] in mine
            and places[m["location_dest_id"]]["usage"] == "customer"
            and m["date"] >= start
        )

    if on_hand + incoming >= rule["product_min_qty"]:
        return False
    usual, recent = round(left(90) / 90, 4), round(left(7) / 7, 4)
    if on_hand <= 0:
        return usual > 0 or recent > 0
    return usual > 0 and on_hand / usual < 7 and recent >= usual * 1.5


def planned_late(world: World) -> list[int]:
    """Open deliveries planned more than an hour after their promise."""
    return [
        i
        for i, row in world.tables["stock.picking"].rows.items()
        if row.get("sale_id")
        and not row.get("return_id")
        and row["state"] in {"confirmed", "waiting", "assigned"}
        and row.get("date_deadline")
        and instants.moment(row["scheduled_date"])
        > instants.moment(row["date_deadline"]) + timedelta(minutes=60)
    ]


def matters(world: World, quant: int) -> bool:
    """By value (100) or share (5 %), as the default policy says; of what is booked now, for Odoo
    keeps the difference as it was when the count was entered."""
    row = world.tables["stock.quant"].rows[quant]
    off = abs(row["inventory_quantity"] - row["quantity"])
    cost = world.tables["product.product"].rows[row["product_id"]]["standard_price"]
    return bool(off and (off * cost >= 100 or off / row["quantity"] >= 0.05))
