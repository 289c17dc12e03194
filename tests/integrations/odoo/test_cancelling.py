"""Cancelling transfers."""

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.flows import transfers
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.doing import Doing, message_about

METHOD = ("stock.picking", "action_cancel")


def test_what_is_done_is_not_cancelled_in_odoos_words(linked: Linked) -> None:
    transfer = linked.receipt()
    message = message_about(linked, "stock.picking", transfer, Verb.CANCEL)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, transfer)
    doing = Doing(linked, message, METHOD, lambda: 0)

    assert doing.deliver() == OutboxState.FAILED
    words = "You cannot cancel a stock move that has been set to 'Done'."
    assert doing.message.error.startswith(f"Odoo did not accept this: {words}")
    assert linked.picking(transfer)["state"] == "done"


def test_a_transfer_that_was_deleted_is_said_to_be_gone(linked: Linked) -> None:
    transfer = linked.receipt()
    message = message_about(linked, "stock.picking", transfer, Verb.CANCEL)
    linked.delete("stock.picking", transfer)
    doing = Doing(linked, message, METHOD, lambda: 0)

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    assert doing.message.error.startswith("The record is not in Odoo any more")
