"""Scrapping: what lies there, of that lot; what does not is not asked for."""

from typing import Any

from exceptions.vocabulary import OutboxState, Verb
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.doing import Doing, message_about
from tests.integrations.odoo.sources.test_goods_on_hold import PRODUCT, location, put
from tests.integrations.odoo.test_setting_apart import _lot

HOLD = "RTM/Stock/Quality Hold"


def scrapping(linked: Linked, **told: Any) -> tuple[Doing, dict[str, Any]]:
    """Three of ten on hold are to be scrapped; the quant."""
    place = location(linked, "Quality Hold")
    quant = put(linked, place, 10.0)
    linked.later(hours=4, seconds=1)
    told = {"product": PRODUCT, "lot": None, "quantity": "3.0", "location": place, **told}
    message = message_about(linked, "stock.quant", quant, Verb.SCRAP, **told)
    row = linked.world.tables["stock.quant"].rows[quant]
    return Doing(linked, message, ("stock.scrap", "action_validate"), lambda: 0), row


def test_a_scrap_order_with_the_key_takes_the_goods(linked: Linked) -> None:
    doing, row = scrapping(linked)

    assert doing.deliver() == OutboxState.CONFIRMED
    table = linked.world.tables["stock.scrap"]
    scrap = table.rows[table.last_id]
    assert (scrap["origin"], scrap["state"], scrap["scrap_qty"]) == (
        f"[ct:{doing.message.key}]",
        "done",
        3.0,
    )
    assert (row["quantity"], doing.message.after) == (7.0, {HOLD: 7.0, "scrap": scrap["name"]})


def test_more_than_lies_there_is_not_asked_for(linked: Linked) -> None:
    doing, row = scrapping(linked, quantity="10.5")

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    words = f"Nothing was done in Odoo. Only 10 of it lie in {HOLD}."
    assert (doing.message.error, row["quantity"]) == (words, 10.0)


def test_of_tracked_goods_the_lot_has_to_be_named(linked: Linked) -> None:
    lot = _lot(linked)
    doing, row = scrapping(linked)
    with linked.world.acting_as(ADMIN) as tx:
        tx.write("stock.quant", row["id"], {"lot_id": lot})

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    assert f"None of it lies in {HOLD} without a lot." in doing.message.error

    doing.again(lot=lot)
    assert (doing.deliver(), row["quantity"]) == (OutboxState.CONFIRMED, 7.0)


def test_a_window_in_place_of_a_yes_leaves_a_draft_that_is_used_again(linked: Linked) -> None:
    """The goods leave between our look and Odoo's; tried again, no second scrap order is made."""
    doing, row = scrapping(linked)
    scraps = linked.world.tables["stock.scrap"].rows
    known = len(scraps)

    def leave() -> None:
        linked.tell("stock.quant", row["id"], quantity=1.0)

    linked.seen.before("stock.scrap", "action_validate", leave)

    assert doing.deliver() == OutboxState.FAILED
    assert "Insufficient Quantity To Scrap. A draft of it stands there" in doing.message.error
    assert (len(scraps), row["quantity"]) == (known + 1, 1.0)

    linked.tell("stock.quant", row["id"], quantity=10.0)
    doing.message.state, doing.message.lease_until = OutboxState.PENDING, None
    doing.message.next_attempt_at = linked.at
    doing.message.save()
    assert doing.deliver() == OutboxState.CONFIRMED
    assert (len(scraps), row["quantity"]) == (known + 1, 7.0)
