"""Life goes on: deterministic, within its bands, and always with sound books."""

from datetime import datetime, timedelta

import pytest

from integrations.simulator import World, instants
from integrations.simulator.company import watch
from integrations.simulator.company.live import BANDS
from tests.integrations.simulator.speaking import NOW
from tests.integrations.simulator.test_world import assert_sound


def standing(world: World) -> dict[str, int]:
    return {k: len(v) for k, v in watch.open_exceptions(world, world.clock.now()).items()}


def opened_and_healed(world: World, minutes: int) -> tuple[int, int]:
    """Exceptions that came and went, looked at once a minute."""
    opened = healed = 0
    before = ids(world)
    for _ in range(minutes):
        world.advance(world.clock.now() + timedelta(minutes=1))
        after = ids(world)
        opened += len(after - before)
        healed += len(before - after)
        before = after
    return opened, healed


def ids(world: World) -> set[tuple[str, int]]:
    found = watch.open_exceptions(world, world.clock.now())
    return {(kind, each) for kind, every in found.items() for each in every}


def test_the_same_steps_make_the_same_life() -> None:
    first, second = World.build(NOW), World.build(NOW)
    for world in (first, second):
        world.advance(NOW + timedelta(minutes=40))
    assert second.tables["stock.picking"].rows == first.tables["stock.picking"].rows
    assert first.clock.now() >= NOW + timedelta(minutes=40)


@pytest.mark.parametrize("version", [17, 19])
def test_exceptions_come_and_go_about_once_a_minute_or_more(version: int) -> None:
    world = World.build(NOW, version=version)
    opened, healed = opened_and_healed(world, 60)
    assert 45 <= opened <= 130
    assert 45 <= healed <= 130


@pytest.mark.slow
def test_a_shift_stays_believable() -> None:
    world = World.build(NOW)
    for hour in range(1, 7):
        world.advance(NOW + timedelta(hours=hour))
        for kind, amount in standing(world).items():
            assert BANDS[kind].low - 4 <= amount <= BANDS[kind].high + 4, (hour, kind)
    assert_sound(world)


def test_old_exceptions_stay_for_a_while() -> None:
    world = World.build(NOW)
    pickings = world.tables["stock.picking"].rows
    late = sorted(world.late_receipts(NOW), key=lambda each: str(pickings[each]["date_deadline"]))
    oldest = set(late[:4])
    world.advance(NOW + timedelta(minutes=20))
    assert len(oldest & set(world.late_receipts(world.clock.now()))) >= 2


def test_a_long_pause_is_caught_up_with() -> None:
    world = World.build(NOW)
    later = NOW + timedelta(days=3)
    due = len(world.late_receipts(later))
    world.life.settle(later)
    assert due > BANDS["receipt"].high
    assert len(world.late_receipts(later)) == BANDS["receipt"].middle
    assert standing_at(world, later)["delivery"] == BANDS["delivery"].middle
    assert_sound(world)


def standing_at(world: World, at: datetime) -> dict[str, int]:
    return {k: len(v) for k, v in watch.open_exceptions(world, at).items()}


def test_a_world_on_the_wall_clock_is_not_moved_by_hand() -> None:
    world = World.bare(NOW, clock=instants.RealClock())
    with pytest.raises(TypeError) as refused:
        world.advance(NOW)
    assert str(refused.value) == "a world on the real clock cannot be advanced by hand"
