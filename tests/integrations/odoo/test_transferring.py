"""Transfers between sites: confirmed, reserved as far as there is stock, carried out by people."""

from exceptions.vocabulary import OutboxState, Verb
from integrations.simulator.flows import transfers
from integrations.simulator.records import Row
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.doing import Doing, message_about

PRODUCT = 1


def transferring(linked: Linked, *, source: int = 1, target: int = 2) -> Doing:
    told = {"product": PRODUCT, "quantity": "5.0", "from_site": source, "to_site": target}
    message = message_about(linked, "stock.picking", linked.receipt(), Verb.TRANSFER, **told)
    return Doing(linked, message, ("stock.picking", "action_confirm"), lambda: 0)


def made(linked: Linked, doing: Doing) -> Row:
    table = linked.world.tables["stock.picking"]
    (each,) = table.where("origin", f"[ct:{doing.message.key}]")
    return table.rows[each]


def test_it_leads_from_stock_to_stock_and_is_reserved(linked: Linked) -> None:
    doing = transferring(linked)

    assert doing.deliver() == OutboxState.CONFIRMED
    transfer, sites = made(linked, doing), linked.world.tables["stock.warehouse"].rows
    assert (transfer["location_id"], transfer["location_dest_id"], transfer["state"]) == (
        sites[1]["lot_stock_id"],
        sites[2]["lot_stock_id"],
        "assigned",
    )
    places = linked.world.tables["stock.location"].rows
    assert doing.message.after == {
        "product": linked.world.label("product.product", PRODUCT),
        "quantity": 5.0,
        "from": places[transfer["location_id"]]["complete_name"],
        "to": places[transfer["location_dest_id"]]["complete_name"],
        "transfer": transfer["name"],
    }


def test_one_that_was_made_and_cancelled_meanwhile_is_not_made_again(linked: Linked) -> None:
    doing = transferring(linked)
    linked.odoo.faults.add("lost_reply", model="stock.picking", method="create", times=1)
    assert doing.deliver() == OutboxState.AMBIGUOUS
    transfer = made(linked, doing)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.cancel(tx, transfer["id"])

    assert doing.deliver(minutes=3) == OutboxState.FAILED
    words = f"The transfer {transfer['name']}, which was to move them, was cancelled."
    assert words in doing.message.error
    assert made(linked, doing)["state"] == "cancel"


def test_a_draft_whose_answer_was_lost_is_confirmed_and_no_second_one_made(linked: Linked) -> None:
    doing = transferring(linked)
    linked.odoo.faults.add("lost_reply", model="stock.picking", method="create", times=1)
    assert doing.deliver() == OutboxState.AMBIGUOUS
    assert made(linked, doing)["state"] == "draft"

    assert doing.deliver(minutes=3) == OutboxState.CONFIRMED
    assert made(linked, doing)["state"] == "assigned"


def test_from_a_site_to_itself_there_is_nothing_to_move(linked: Linked) -> None:
    doing = transferring(linked, target=1)

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    assert doing.message.error == "Nothing was done in Odoo. Choose two different sites."


def test_a_site_of_another_company_is_no_target(linked: Linked) -> None:
    doing = transferring(linked)
    linked.tell("stock.warehouse", 2, company_id=77)

    assert (doing.deliver(), doing.tries()) == (OutboxState.FAILED, 0)
    assert "The two sites belong to different companies" in doing.message.error
