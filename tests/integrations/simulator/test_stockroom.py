"""The stockroom's troubles come and go, each with the consequences that Odoo would show."""

from datetime import timedelta

import pytest

from integrations.simulator import World
from integrations.simulator.company.stockroom import BANDS, RULES
from integrations.simulator.transactions import Transaction
from tests.integrations.simulator.speaking import NOW
from tests.integrations.simulator.test_world import assert_sound


@pytest.fixture(params=[17, 19])
def world(request: pytest.FixtureRequest) -> World:
    return World.build(NOW, version=request.param)


def acting(world: World) -> Transaction:
    return Transaction(world.tables, world.now())


def test_some_of_each_stand_at_the_beginning(world: World) -> None:
    standing = {kind: len(found) for kind, found in world.life.stockroom.standing().items()}

    assert standing == {"transfer": 4, "rule": 2, "hold": 3}
    assert_sound(world)


def test_a_refill_that_waits_is_short_and_goes_once_the_rest_is_found(world: World) -> None:
    room, moves = world.life.stockroom, world.tables["stock.move"]
    refill = room.block(acting(world), NOW)
    (move,) = moves.where("picking_id", refill)
    assert moves.rows[move]["quantity"] < moves.rows[move]["product_uom_qty"]
    assert refill in room.standing()["transfer"]

    room._refill(acting(world), NOW, refill)

    assert world.tables["stock.picking"].rows[refill]["state"] == "done"
    assert moves.rows[move]["quantity"] == moves.rows[move]["product_uom_qty"]
    assert_sound(world)


def test_a_run_leaves_little_and_a_purchase_fills_up(world: World) -> None:
    room = world.life.stockroom
    rule = room.standing()["rule"][0]
    read = world.computed[RULES, "qty_on_hand"]
    low = read(world.tables[RULES].rows[rule])
    assert low < world.tables[RULES].rows[rule]["product_min_qty"] / 2

    room._fill_up(acting(world), NOW, rule)

    row = world.tables[RULES].rows[rule]
    assert read(row) == low + 2 * row["product_max_qty"]
    assert rule not in room.standing()["rule"]
    assert_sound(world)


def test_what_is_decided_leaves_the_hold_without_a_trace(world: World) -> None:
    room, quants = world.life.stockroom, world.tables["stock.quant"]
    for quant in room.standing()["hold"]:
        room._decide(acting(world), NOW, quant)
        assert quant not in quants.rows

    assert room.standing()["hold"] == []


def test_troubles_stay_within_their_bands(world: World) -> None:
    for hour in range(1, 5):
        world.advance(NOW + timedelta(hours=hour))
        for kind, found in world.life.stockroom.standing().items():
            assert len(found) <= BANDS[kind][1], (hour, kind)
    assert_sound(world)
