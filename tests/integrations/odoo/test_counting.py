"""Counts: only the one that was seen is applied, and a new one is asked for when it is thrown
away."""

from typing import Any

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.flows import counting, stock
from tests.integrations.linked import ADMIN, BUYER, Linked
from tests.integrations.odoo.doing import MANAGER, Doing, belongs_to, message_about

APPLY = ("stock.quant", "action_apply_inventory")


def counted(linked: Linked, verb: str, **told: Any) -> tuple[Doing, dict[str, Any]]:
    """A count of ten too few, and what is done about it; the quant."""
    quant = linked.miscount()
    row = linked.world.tables["stock.quant"].rows[quant]
    if verb == Verb.APPLY_COUNT:
        told = {"counted": str(row["inventory_quantity"]), **told}
    message = message_about(linked, "stock.quant", quant, verb, **told)
    return Doing(linked, message, APPLY, lambda: 0), row


def test_the_books_take_over_the_count_and_the_move_bears_the_key(linked: Linked) -> None:
    belongs_to(linked, more=(MANAGER,))
    doing, row = counted(linked, Verb.APPLY_COUNT)
    there, seen = row["quantity"], row["inventory_quantity"]

    assert doing.deliver() == OutboxState.CONFIRMED
    move = linked.world.tables["stock.move"].rows[linked.world.tables["stock.move"].last_id]
    assert (there - row["quantity"], move["quantity"], row["quantity"]) == (10.0, 10.0, seen)
    said = f"{doing.message.case.reference} [ct:{doing.message.key}]"
    assert move["reference"] == said
    assert doing.message.after == {"booked": seen, "counted": None, "reference": said}


def test_what_is_booked_may_go_on_once_the_count_was_applied(linked: Linked) -> None:
    """It was applied, and its answer was lost; before it is looked for, goods leave."""
    belongs_to(linked, more=(MANAGER,))
    doing, row = counted(linked, Verb.APPLY_COUNT)
    seen = row["inventory_quantity"]
    doing.fault("lost_reply")
    assert doing.deliver() == OutboxState.AMBIGUOUS
    with linked.world.acting_as(ADMIN) as tx:
        stock.shift(tx, row["product_id"], row["location_id"], -4.0)

    assert doing.deliver(minutes=3) == OutboxState.CONFIRMED
    assert (doing.message.after or {})["booked"] == seen - 4.0


def test_another_count_than_the_one_that_was_seen_is_not_applied(linked: Linked) -> None:
    doing, row = counted(linked, Verb.APPLY_COUNT, counted="12.0")
    seen = row["inventory_quantity"]

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    words = f"{seen:g} are counted now, and not 12 as when this was decided."
    assert doing.message.error == f"Nothing was done in Odoo. {words}"


def test_a_count_that_was_thrown_away_is_not_applied(linked: Linked) -> None:
    doing, row = counted(linked, Verb.APPLY_COUNT)
    with linked.world.acting_as(ADMIN) as tx:
        counting.recount(tx, row["id"])

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    assert "The count is not there any more: it was thrown away." in doing.message.error


def test_goods_that_have_moved_since_they_were_counted_are_to_be_counted_again(
    linked: Linked,
) -> None:
    """Odoo opens a window and has done nothing."""
    doing, row = counted(linked, Verb.APPLY_COUNT)
    with linked.world.acting_as(ADMIN) as tx:
        stock.shift(tx, row["product_id"], row["location_id"], 2.0)
    there = row["quantity"]

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 1)
    words = "Goods have moved since they were counted. Have them counted again."
    assert doing.message.error == f"Nothing was done in Odoo. {words}"
    assert row["quantity"] == there


def test_before_19_applying_takes_a_manager_and_the_group_is_named(
    linked: Linked, version: int
) -> None:
    doing, _ = counted(linked, Verb.APPLY_COUNT)
    words = (
        "Odoo did not accept this: Only a stock manager can validate an inventory adjustment."
        " Before Odoo 19 this takes the group Inventory / Administrator"
        " (stock.group_stock_manager)."
    )

    doing.deliver()

    said = (doing.message.state, doing.message.error)
    assert said == ((OutboxState.FAILED, words) if version == 17 else (OutboxState.CONFIRMED, ""))


def test_a_count_that_is_thrown_away_is_due_again_on_that_day(linked: Linked) -> None:
    doing, row = counted(linked, Verb.RECOUNT)
    assert row["user_id"] == BUYER
    linked.later(days=1)  # sent a day late: due on the day of the decision all the same

    assert doing.deliver() == OutboxState.CONFIRMED
    assert doing.message.after == {"counted": None, "inventory_date": "2026-11-17"}
    assert (row["inventory_quantity_set"], row["inventory_date"], row["user_id"]) == (
        False,
        "2026-11-17",
        False,
    )
