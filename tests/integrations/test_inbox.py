"""The inbox: hints are stored whatever they are, and read back from Odoo."""

import json
from datetime import timedelta
from typing import Any

import pytest

from exceptions.models import Case, Document
from exceptions.vocabulary import Outcome
from integrations import inbox
from integrations.models import DeliveryState, InboxDelivery
from integrations.simulator.flows import counting, transfers
from tests import recordings
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, INTEGRATION, Linked, knock, open_cases

DUE = inbox.READ_BACK_AFTER.total_seconds() + 1
DONE, WAITING, SET_ASIDE = DeliveryState.DONE, DeliveryState.WAITING, DeliveryState.SET_ASIDE
SLEEPY = {"model": "stock.picking", "method": "search_read"}


def hint(model: str, record: int, **said: Any) -> bytes:
    """A body as an automation rule posts it."""
    said = {"write_date": "2026-11-17 12:00:00.123456", **said}
    return json.dumps({"_action": "Tower(#1)", "_model": model, "_id": record, **said}).encode()


def work(linked: Linked, **later: float) -> int:
    linked.later(**(later or {"seconds": DUE}))
    return linked.work_inbox()


def outcome(delivery: InboxDelivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.outcome


# What Odoo really sends --------------------------------------------------------------------------


def samples() -> list[bytes]:
    """Bodies that 17 and 19 posted, byte for byte."""
    if not recordings.FOLDER.is_dir():
        return []
    return [s["body"].encode() for s in recordings.dump(19, "_webhook_samples")]


@recordings.needed
def test_every_recorded_body_is_a_hint_about_the_transfer_it_names() -> None:
    for body in samples():
        told = json.loads(body)
        found = inbox.read_hint(body)
        assert found is not None
        assert (found.model, found.record_id) == (told["_model"], told["_id"])
        stamp = told.get("write_date")
        rule = told["_action"].rpartition("#")[2].rstrip(")")
        key = f"{told['_model']}:{told['_id']}:{stamp}:{rule}" if stamp else None
        assert inbox.key_of(body) == key or inbox.key_of(body).startswith("sha256:")


@recordings.needed
def test_recorded_bodies_are_stored_worked_through_and_counted(linked: Linked) -> None:
    late = linked.receipt()  # the recorded hooks are about transfer 1, among others
    for body in samples():
        knock(linked, body)
    twice = [knock(linked, body) for body in samples()]

    assert work(linked) == InboxDelivery.objects.count() == len({d.pk for d in twice})
    assert sum(d.duplicates for d in InboxDelivery.objects.all()) == 2 * len(samples()) - len(
        {d.pk for d in twice}
    )
    assert set(InboxDelivery.objects.values_list("state", flat=True)) == {DONE}
    assert open_cases() == [("late_inbound", late)]


def test_both_versions_hooks_reach_the_tower_and_open_a_case(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = linking.hook_up(linked, monkeypatch)
    late = linked.receipt()

    assert work(linked) > 0
    assert (set(statuses), open_cases()) == ({202}, [("late_inbound", late)])


# The same news twice -----------------------------------------------------------------------------


def test_a_duplicate_is_counted_and_not_worked_through_again(linked: Linked) -> None:
    linked.receipt()
    first, second = (knock(linked, hint("stock.picking", 1)) for _ in range(2))
    work(linked)
    third = knock(linked, hint("stock.picking", 1))

    assert first.pk == second.pk == third.pk
    assert (third.duplicates, third.state, work(linked)) == (2, DONE, 0)


def test_a_body_without_a_stamp_is_news_again_once_it_has_been_worked_through(
    linked: Linked,
) -> None:
    """Flagged, unflagged, flagged: the third body equals the first, and says something else."""
    late = linked.receipt()
    body = hint("stock.picking", late, write_date=False)
    knock(linked, body)
    work(linked)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.plan(tx, late, linked.wire(days=3))
    knock(linked, body)

    assert (InboxDelivery.objects.get().duplicates, work(linked)) == (1, 1)
    assert open_cases() == []


def test_news_of_several_rules_about_one_write_is_one_delivery(linked: Linked) -> None:
    knock(linked, hint("stock.picking", 1, state="assigned"))
    delivery = knock(linked, hint("stock.picking", 1, priority="1"))

    assert (InboxDelivery.objects.count(), delivery.duplicates) == (1, 1)


# Garbage -----------------------------------------------------------------------------------------

GARBAGE = {
    "nothing": b"",
    "not JSON": b"<html>hello</html>",
    "a list": b'[{"_model": "stock.picking", "_id": 1}]',
    "a number": b"7",
    "null": b"null",
    "no model": b'{"_id": 1}',
    "no id": b'{"_model": "stock.picking"}',
    "an id that is text": b'{"_model": "stock.picking", "_id": "1"}',
    "an id below one": b'{"_model": "stock.picking", "_id": -4}',
    "an id beyond any table": b'{"_model": "stock.picking", "_id": 99999999999999999999999}',
    "a model that is a number": b'{"_model": 5, "_id": 1}',
    "a model that is no name": b'{"_model": "stock.picking; DROP TABLE", "_id": 1}',
    "a model with a NUL": b'{"_model": "stock.pick\\u0000ing", "_id": 1}',
    "a stamp with a NUL": b'{"_model": "stock.picking", "_id": 1, "write_date": "\\u0000"}',
    "half a surrogate": b'{"_model": "\\ud800", "_id": 1}',
    "NUL bytes": b"\x00" * 100,
    "invalid UTF-8": b'{"_model": "\xff\xfe", "_id": 1}',
    "deep nesting": b'{"_model": "stock.picking", "_id": 1, "x": ' + b"[" * 100_000,
    "a long stamp": b'{"_model": "stock.picking", "_id": 1, "write_date": "%s"}' % (b"1" * 900),
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_stored_and_set_aside_with_a_reason(linked: Linked, body: bytes) -> None:
    delivery = knock(linked, body)
    linked.seen.forget()

    assert work(linked) == 1
    assert outcome(delivery) == (SET_ASIDE, "This is not what Odoo's webhooks send.")
    assert (bytes(delivery.body), linked.seen.requests) == (body, [])
    assert work(linked, hours=1) == 0


def test_a_model_that_no_source_reads_is_done_with(linked: Linked) -> None:
    delivery = knock(linked, hint("res.partner", 4))
    linked.seen.forget()
    work(linked)

    assert outcome(delivery) == (DONE, "No source reads res.partner")
    assert linked.seen.requests == []


# Hints are not data ------------------------------------------------------------------------------


def test_a_hook_about_a_write_that_was_rolled_back_changes_nothing(linked: Linked) -> None:
    """17 and 18 send before they know whether they commit."""
    coming = linked.receipt(days=3)
    linked.sync()
    lie = hint("stock.picking", coming, scheduled_date="2026-01-01 00:00:00", state="cancel")
    delivery = knock(linked, lie)

    work(linked)

    assert outcome(delivery) == (DONE, "Read back: nothing new")
    assert (open_cases(), Document.objects.get().facts["open"]) == ([], True)


def test_deliveries_out_of_order_end_at_what_odoo_says_now(linked: Linked) -> None:
    late = linked.receipt()
    linked.sync()
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, late)
    knock(linked, hint("stock.picking", late, write_date="2026-11-17 12:00:03", state="done"))
    work(linked)
    knock(linked, hint("stock.picking", late, write_date="2026-11-17 12:00:01", state="assigned"))

    work(linked)

    assert linked.case("stock.picking", late).outcome == Outcome.SELF_HEALED
    assert Case.objects.count() == 1


def test_an_older_reading_never_overwrites_a_newer_one(linked: Linked) -> None:
    """A worker that was slow brings old news after a round has brought new ones."""
    late = linked.receipt()
    linked.later(seconds=30)
    linked.sync()
    newer = Document.objects.get().facts
    linked.at -= timedelta(seconds=20)
    knock(linked, hint("stock.picking", late))

    linked.at += timedelta(seconds=6)
    linked.work_inbox()

    assert Document.objects.get().facts == newer


def test_our_own_write_is_an_echo(linked: Linked) -> None:
    delivery = knock(linked, hint("stock.picking", 1, write_uid=INTEGRATION))
    work(linked)

    assert outcome(delivery) == (DONE, "Our own write; nothing to read.")


@pytest.mark.parametrize("model", ["stock.picking", "stock.quant"])
def test_a_deleted_record_clears_its_case(linked: Linked, model: str) -> None:
    record = linked.receipt() if model == "stock.picking" else linked.miscount()
    linked.sync()
    linked.delete(model, record)
    knock(linked, hint(model, record, write_date=False))

    work(linked)

    assert linked.case(model, record).outcome == Outcome.SELF_HEALED
    assert Document.objects.get().gone_at == linked.at


def test_the_order_of_a_deleted_transfer_is_known_from_the_hint(linked: Linked) -> None:
    """Odoo can no longer be asked to which order it belonged."""
    transfer = linked.delivery()
    order = linked.order_of(transfer)
    linked.sync()
    linked.delete("stock.picking", transfer)
    knock(linked, hint("stock.picking", transfer, sale_id=order, write_date=False))

    work(linked)

    assert linked.case("sale.order", order).outcome == Outcome.SELF_HEALED


def test_a_deletion_is_news_though_it_bears_the_stamp_of_the_last_change(linked: Linked) -> None:
    record = linked.receipt()
    knock(linked, hint("stock.picking", record))
    work(linked)
    linked.delete("stock.picking", record)
    gone = knock(linked, hint("stock.picking", record, _action="Tower, gone(#2)"))

    assert (gone.duplicates, work(linked)) == (0, 1)
    assert linked.case("stock.picking", record).outcome == Outcome.SELF_HEALED


def test_the_transfer_of_a_deleted_move_is_known_from_the_hint(linked: Linked) -> None:
    """Of two moves that lack goods one is deleted: the transfer is read again, and lacks one."""
    transfer = linked.delivery(days=0.5, quantity=10_000.0)
    linked.sync()
    (move,) = linked.world.tables["stock.move"].where("picking_id", transfer)
    assert ("blocked_transfer", transfer) in open_cases()
    linked.delete("stock.move", move)
    knock(linked, hint("stock.move", move, picking_id=transfer, write_date=False))

    work(linked)

    assert ("blocked_transfer", transfer) not in open_cases()


def test_a_hook_of_any_step_reads_the_whole_order(linked: Linked) -> None:
    transfer = linked.delivery()
    order = linked.order_of(transfer)
    knock(linked, hint("stock.picking", transfer, sale_id=order))
    work(linked)

    assert open_cases() == [("delivery_delay", order)]


def test_a_hook_of_the_order_itself_reads_its_transfers(linked: Linked) -> None:
    order = linked.order_of(linked.delivery())
    knock(linked, hint("sale.order", order))
    work(linked)

    assert open_cases() == [("delivery_delay", order)]


def test_a_count_is_read_back(linked: Linked) -> None:
    quant = linked.miscount()
    knock(linked, hint("stock.quant", quant))
    work(linked)
    assert open_cases() == [("inventory_discrepancy", quant)]

    with linked.world.acting_as(ADMIN) as tx:
        counting.recount(tx, quant)
    knock(linked, hint("stock.quant", quant, write_date="2026-11-17 12:00:07"))
    work(linked)

    assert open_cases() == []


def test_a_line_of_an_order_is_read_back(linked: Linked) -> None:
    """Another source reads of the moves which lines have changed: it is not asked of the line."""
    line = linked.partial()
    delivery = knock(linked, hint("purchase.order.line", line))
    work(linked)

    assert outcome(delivery)[0] == DONE
    assert ("partial_receipt", line) in open_cases()


def test_many_hints_about_few_records_are_few_calls(linked: Linked) -> None:
    receipts = [linked.receipt() for _ in range(5)]
    for second in range(10):
        for record in receipts:
            knock(linked, hint("stock.picking", record, write_date=f"2026-11-17 12:00:{second:02}"))
    linked.seen.forget()

    assert work(linked) == 50
    assert len(linked.seen.requests) < 25  # not even one for two hints
    assert len(open_cases()) == 5
