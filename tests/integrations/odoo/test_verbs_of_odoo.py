"""What all verbs have in common that change something in Odoo: each foretells what comes true, is
done once however often it is sent, and says whose rights are missing."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from exceptions.vocabulary import ELSEWHERE, OutboxState, Verb
from integrations.odoo import push
from integrations.simulator import rights
from integrations.simulator.flows import transfers
from tests.integrations.linked import ADMIN, SUPPLIER, Linked
from tests.integrations.odoo.doing import INVOICE, MANAGER, Doing, belongs_to, message_about, ours
from tests.integrations.odoo.sources.test_goods_on_hold import PRODUCT, location, put
from tests.integrations.odoo.test_would import READS
from tests.integrations.sending import LEASE, LOOK, KilledError


def cancel(linked: Linked) -> Doing:
    transfer = linked.receipt()
    message = message_about(linked, "stock.picking", transfer, Verb.CANCEL)
    effect = lambda: int(linked.picking(transfer)["state"] == "cancel")  # noqa: E731
    return Doing(linked, message, ("stock.picking", "action_cancel"), effect)


def recount(linked: Linked) -> Doing:
    quant = linked.miscount()
    message = message_about(linked, "stock.quant", quant, Verb.RECOUNT)
    row = linked.world.tables["stock.quant"].rows[quant]
    method = ("stock.quant", "action_clear_inventory_quantity")
    return Doing(linked, message, method, lambda: int(not row.get("inventory_quantity_set")))


def apply_count(linked: Linked) -> Doing:
    belongs_to(linked, more=(MANAGER,))
    quant = linked.miscount()
    counted = linked.world.tables["stock.quant"].rows[quant]["inventory_quantity"]
    message = message_about(
        linked, "stock.quant", quant, Verb.APPLY_COUNT, counted=f"{counted:.1f}"
    )
    moves = linked.world.tables["stock.move"]
    before = len(moves.where("is_inventory", True))
    made = lambda: len(moves.where("is_inventory", True)) - before  # noqa: E731
    return Doing(linked, message, ("stock.quant", "action_apply_inventory"), made)


def scrap(linked: Linked) -> Doing:
    place = location(linked, "Quality Hold")
    quant = put(linked, place, 10.0)
    linked.later(hours=4, seconds=1)
    told: dict[str, Any] = {"product": PRODUCT, "lot": None, "quantity": "3.0", "location": place}
    linked.sync()
    message = message_about(linked, "stock.quant", quant, Verb.SCRAP, **told)
    row = linked.world.tables["stock.quant"].rows[quant]
    gone = lambda: round((10.0 - row["quantity"]) / 3.0)  # noqa: E731
    return Doing(linked, message, ("stock.scrap", "action_validate"), gone)


def release(linked: Linked) -> Doing:
    quant = put(linked, location(linked, "Quality Hold"), 10.0)
    linked.later(hours=4, seconds=1)
    message = message_about(linked, "stock.quant", quant, Verb.RELEASE)
    made = lambda: len(ours(linked, "stock.picking", message))  # noqa: E731
    return Doing(linked, message, ("stock.picking", "button_validate"), made)


def transfer(linked: Linked) -> Doing:
    told = {"product": PRODUCT, "quantity": "5.0", "from_site": 1, "to_site": 2}
    message = message_about(linked, "stock.picking", linked.receipt(), Verb.TRANSFER, **told)

    def confirmed() -> int:
        return sum(row["state"] != "draft" for row in ours(linked, "stock.picking", message))

    return Doing(linked, message, ("stock.picking", "action_confirm"), confirmed)


def purchase(linked: Linked) -> Doing:
    line = linked.partial()
    told = {"partner": SUPPLIER, "product": PRODUCT, "quantity": "20.0", "price": "9.25"}
    when = {"date": "2026-11-25T10:30:00+01:00"}
    message = message_about(linked, "purchase.order.line", line, Verb.PURCHASE, **told, **when)
    made = lambda: len(ours(linked, "purchase.order", message))  # noqa: E731
    return Doing(linked, message, ("purchase.order", "create"), made, rights.PURCHASE)


def split(linked: Linked) -> Doing:
    """The shelf has fewer than are wanted; 17 cannot split and has a person asked."""
    order = linked.delivery(days=-1, quantity=5000.0)
    message = message_about(linked, "stock.picking", order, Verb.SPLIT)
    if linked.world.version < 18:
        method = ("stock.picking", "activity_schedule")
        return Doing(linked, message, method, lambda: len(linked.effects(message.key)))
    of_it = linked.world.tables["stock.picking"]
    method = ("stock.picking", "action_split_transfer")
    return Doing(linked, message, method, lambda: len(of_it.where("backorder_id", order)))


def send_back(linked: Linked) -> Doing:
    transfer = linked.receipt()
    linked.sync()
    message = message_about(linked, "stock.picking", transfer, Verb.RETURN)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, transfer)
    made = lambda: len(ours(linked, "stock.picking", message))  # noqa: E731
    method = "create_returns" if linked.world.version < 18 else "action_create_returns"
    return Doing(linked, message, ("stock.return.picking", method), made)


def hold_bill(linked: Linked) -> Doing:
    bill = linked.billed(linked.partial(), share=1.5)
    message = message_about(linked, "account.move", bill, Verb.HOLD_BILL)
    row = linked.world.tables["account.move"].rows[bill]
    old = linked.world.version < 18
    method = ("account.move", "write" if old else "action_toggle_block_payment")
    held = lambda: int(row.get("to_check") or row["payment_state"] == "blocked")  # noqa: E731
    return Doing(linked, message, method, held, rights.PURCHASE, asks=True)


def credit_note(linked: Linked) -> Doing:
    belongs_to(linked, more=(INVOICE,))
    bill = linked.billed(linked.partial(), share=1.5)
    told = {"reason": "Too much billed", "amount": None}
    message = message_about(linked, "account.move", bill, Verb.CREDIT_NOTE, **told)
    made = lambda: len(ours(linked, "account.move", message, "ref"))  # noqa: E731
    method = ("account.move.reversal", "refund_moves")
    return Doing(linked, message, method, made, rights.INVOICE, asks=True)


def take_back(linked: Linked) -> Doing:
    made = purchase(linked)
    assert made.deliver() == OutboxState.CONFIRMED
    told = {"made_by": made.message.key, "what": Verb.PURCHASE}
    line = made.message.record_id
    message = message_about(linked, "purchase.order.line", line, Verb.TAKE_BACK, **told)
    gone = lambda: 1 - made.effect()  # noqa: E731
    return Doing(linked, message, ("purchase.order", "button_cancel"), gone, rights.PURCHASE)


SCENES: Sequence[Callable[[Linked], Doing]] = (
    cancel,
    recount,
    apply_count,
    scrap,
    release,
    transfer,
    purchase,
    split,
    send_back,
    hold_bill,
    credit_note,
    take_back,
)
every = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)


@every
def test_what_is_foretold_comes_true_and_foretelling_writes_nothing(
    linked: Linked, scene: Callable[[Linked], Doing]
) -> None:
    doing = scene(linked)
    before, would = doing.foretold()
    assert {request.method for request in linked.seen.requests} <= READS

    assert doing.deliver() == OutboxState.CONFIRMED
    assert (doing.message.before, doing.effect()) == (before, 1)
    assert doing.message.after is not None
    would = {} if would is None else would  # a person is asked
    assert not (before and would) or doing.now() == would
    assert {name: doing.message.after[name] for name in would} == would


@every
def test_sent_by_one_who_died_or_answered_into_the_void_it_is_done_once(
    linked: Linked, scene: Callable[[Linked], Doing], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost and is looked for; then the sender dies before it has read it back."""
    doing = scene(linked)
    doing.fault("lost_reply")
    assert doing.deliver() == OutboxState.AMBIGUOUS

    linked.later(seconds=LOOK.total_seconds())
    with monkeypatch.context() as dying:
        dying.setattr(type(doing.pusher), "find", _dies)
        with pytest.raises(KilledError):
            linked.deliver()

    assert doing.deliver(seconds=LEASE.total_seconds()) == OutboxState.CONFIRMED
    assert (doing.tries(), doing.effect()) == (1, 1)


def _dies(*_args: object) -> None:
    raise KilledError


@every
def test_odoo_says_no_in_its_own_words_and_whose_right_is_missing(
    linked: Linked, scene: Callable[[Linked], Doing]
) -> None:
    doing = scene(linked)
    doing.fault("user_error", message="The period is locked.")

    assert doing.deliver() == OutboxState.FAILED
    assert doing.message.error.startswith("Odoo did not accept this: The period is locked.")
    assert doing.effect() == 0

    belongs_to(linked, fewer=(doing.group, MANAGER))
    doing.again()
    if doing.asks:
        assert doing.foretold()[1] is None
        assert doing.deliver() == OutboxState.CONFIRMED
        assert (len(linked.effects(doing.message.key)), doing.effect()) == (1, 0)
        return
    assert doing.deliver() == OutboxState.FAILED
    assert "The integration user has no right to do this in Odoo" in doing.message.error
    assert rights.TITLES[doing.group] in doing.message.error
    assert doing.effect() == 0


def test_every_verb_of_odoo_has_a_pusher() -> None:
    missing = set(Verb) - set(push.PUSHERS) - set(ELSEWHERE)
    assert missing == set()
