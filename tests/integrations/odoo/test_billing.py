"""Bills: held and let go of, and credited by a draft."""

from typing import Any

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.records import Row
from tests.integrations.linked import Linked
from tests.integrations.odoo.doing import INVOICE, Doing, belongs_to, message_about, ours


def about_bill(linked: Linked, verb: str, **told: Any) -> tuple[Doing, Row]:
    bill = linked.billed(linked.partial(), share=1.5)
    message = message_about(linked, "account.move", bill, verb, **told)
    method = ("account.move", "action_toggle_block_payment")
    return Doing(linked, message, method, lambda: 0), linked.world.tables["account.move"].rows[bill]


def is_held(row: Row) -> bool:
    return bool(row.get("to_check")) or row["payment_state"] == "blocked"


def test_a_bill_is_held_by_what_the_version_has(linked: Linked, version: int) -> None:
    doing, bill = about_bill(linked, Verb.HOLD_BILL)

    assert (doing.deliver(), is_held(bill)) == (OutboxState.CONFIRMED, True)
    assert doing.message.after == (
        {"to_check": True} if version == 17 else {"payment_state": "blocked"}
    )


def test_one_that_is_held_already_is_not_toggled(linked: Linked) -> None:
    """Somebody blocks it between our look and the decision's turn."""
    doing, bill = about_bill(linked, Verb.HOLD_BILL)
    held = {"to_check": True} if linked.world.version == 17 else {"payment_state": "blocked"}
    linked.tell("account.move", bill["id"], **held)

    assert (doing.deliver(), doing.tries()) == (OutboxState.CONFIRMED, 0)
    assert is_held(bill)


def test_it_can_be_let_go_of_again(linked: Linked) -> None:
    doing, bill = about_bill(linked, Verb.HOLD_BILL)
    assert doing.deliver() == OutboxState.CONFIRMED

    doing.again(held=False)
    assert (doing.deliver(), is_held(bill)) == (OutboxState.CONFIRMED, False)


def test_the_credit_note_is_a_draft_of_all_that_was_billed(linked: Linked) -> None:
    belongs_to(linked, more=(INVOICE,))
    doing, bill = about_bill(linked, Verb.CREDIT_NOTE, reason="Too much billed", amount=None)

    assert doing.deliver() == OutboxState.CONFIRMED
    (note,) = ours(linked, "account.move", doing.message, "ref")
    assert (note["state"], note["move_type"], note["reversed_entry_id"]) == (
        "draft",
        "in_refund",
        bill["id"],
    )
    said = f"Reversal of: {bill['name']}, Too much billed [ct:{doing.message.key}]"
    assert doing.message.after == {
        "state": "draft",
        "amount": bill["amount_total"],
        "reference": said,
    }


def test_a_draft_is_not_credited_in_odoos_words(linked: Linked, version: int) -> None:
    belongs_to(linked, more=(INVOICE,))
    doing, bill = about_bill(linked, Verb.CREDIT_NOTE, reason="Too much billed")
    linked.tell("account.move", bill["id"], state="draft")
    words = {
        17: "You can only reverse posted moves.",
        19: "To reverse a journal entry, it has to be posted first.",
    }

    assert doing.deliver() == OutboxState.FAILED
    assert doing.message.error == f"Odoo did not accept this: {words[version]}"


def test_without_the_right_to_it_somebody_is_asked_for_the_credit_note(linked: Linked) -> None:
    doing, _ = about_bill(linked, Verb.CREDIT_NOTE, reason="Too much billed")

    assert doing.deliver() == OutboxState.CONFIRMED
    ((_model, activity),) = linked.effects(doing.message.key)
    said = linked.world.tables["mail.activity"].rows[activity]["note"]
    assert "Draft a credit note for this bill. Too much billed" in said
    assert "Accounting / Invoicing" in said  # the group that gives the right


def test_a_part_of_a_bill_is_not_credited_as_if_it_were_the_whole(linked: Linked) -> None:
    belongs_to(linked, more=(INVOICE,))
    doing, _ = about_bill(linked, Verb.CREDIT_NOTE, reason="Too much billed", amount="12.50")

    assert doing.deliver() == OutboxState.FAILED
    assert doing.message.error.startswith("Nothing was done in Odoo. Odoo credits whole bills.")
    assert ours(linked, "account.move", doing.message, "ref") == []
