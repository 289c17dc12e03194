"""What a message made is cancelled by its key, as long as nothing has come of it."""

from typing import Any

import pytest

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.flows import purchasing
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo import test_verbs_of_odoo as scenes
from tests.integrations.odoo.doing import Doing, message_about, ours

PLACES = {
    Verb.TRANSFER: (scenes.transfer, "stock.picking", "origin"),
    Verb.PURCHASE: (scenes.purchase, "purchase.order", "origin"),
    Verb.RETURN: (scenes.send_back, "stock.picking", "origin"),
    Verb.CREDIT_NOTE: (scenes.credit_note, "account.move", "ref"),
}


def take_back(linked: Linked, made: Doing) -> Doing:
    told: dict[str, Any] = {"made_by": made.message.key, "what": made.message.verb}
    record = made.message.model, made.message.record_id
    message = message_about(linked, *record, Verb.TAKE_BACK, **told)
    return Doing(linked, message, ("", ""), lambda: 0)


@pytest.mark.parametrize("verb", PLACES)
def test_what_was_made_is_cancelled(linked: Linked, verb: Verb) -> None:
    scene, model, mark = PLACES[verb]
    made = scene(linked)
    assert made.deliver() == OutboxState.CONFIRMED
    (row,) = ours(linked, model, made.message, mark)
    doing = take_back(linked, made)
    name = row["ref" if mark == "ref" else "name"]
    assert doing.foretold() == ({name: row["state"]}, {name: "cancel"})

    assert (doing.deliver(), row["state"]) == (OutboxState.CONFIRMED, "cancel")
    assert doing.message.after == {name: "cancel"}


def test_an_order_that_people_have_confirmed_is_left_to_them(linked: Linked) -> None:
    made = scenes.purchase(linked)
    assert made.deliver() == OutboxState.CONFIRMED
    (order,) = ours(linked, "purchase.order", made.message)
    with linked.world.acting_as(ADMIN) as tx:
        purchasing.confirm(tx, order["id"])
    doing = take_back(linked, made)

    assert (doing.deliver(), order["state"]) == (OutboxState.FAILED, "purchase")
    assert f"{order['name']} has gone on meanwhile." in doing.message.error
