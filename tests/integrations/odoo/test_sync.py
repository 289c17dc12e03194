"""Rounds: resumable anywhere, idempotent, flat in memory."""

import gc
from datetime import timedelta
from typing import Any

import pytest

from exceptions import intake
from exceptions.casework import Change
from exceptions.models import Case, CaseEvent, Document, OutboxMessage, Site
from exceptions.vocabulary import Outcome
from integrations import rounds
from integrations.odoo import mirrored, paging, sync
from integrations.odoo.paging import Page
from integrations.odoo.sources import SOURCES
from integrations.simulator import instants
from integrations.simulator.flows import purchasing, transfers
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, BUYER, SUPPLIER, Linked, mirror, open_cases

SIZE = 2
PAGES = 10  # at least as many as the busiest source of `busy` has


class KilledError(BaseException):
    """The process is gone: nothing catches this."""


def busy(linked: Linked) -> None:
    """Late and punctual receipts and deliveries, some written in the same second, and a count."""
    second = (linked.at - timedelta(minutes=20)).replace(microsecond=0)
    for n in range(5):
        linked.receipt(written=instants.text(second + timedelta(microseconds=n)))
    for n in range(4):
        linked.receipt(days=n, written=instants.text(second + timedelta(minutes=n)))
    for n in range(3):
        linked.delivery(days=n - 1)
    linked.miscount()


def kill_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies in the transaction of the n-th page: all before it are committed."""
    store, stored = intake.take_in, [0]

    def dying(*args: Any, **kwargs: Any) -> Any:
        stored[0] += 1
        if stored[0] == number:
            raise KilledError
        return store(*args, **kwargs)

    monkeypatch.setattr(intake, "take_in", dying)


@pytest.mark.parametrize("page", range(1, PAGES + 1))
def test_a_round_that_is_killed_at_any_page_goes_on_to_the_same_end(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    busy(linked)
    with monkeypatch.context() as dying:
        kill_at(page, dying)
        with pytest.raises(KilledError):
            linked.sync(size=SIZE)

    linked.sync(size=SIZE)

    whole = linking.connected(linked, "Never killed")
    rounds.sync_one(whole, linked.now)
    assert mirror(linked.row) == mirror(whole)
    live = Case.objects.filter(document__connection=linked.row.connection)
    assert live.count() == Case.objects.count() - live.count() == 7
    assert OutboxMessage.objects.count() == len(set(OutboxMessage.objects.values_list("key")))


def test_a_killed_round_does_not_begin_again_from_the_start(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(linked)
    with monkeypatch.context() as dying:
        kill_at(4, dying)
        with pytest.raises(KilledError):
            linked.sync(size=SIZE)
    cursor = linked.cursor("receipts")
    assert (cursor.under_way, cursor.rows_in_round) == (True, 6)
    linked.seen.forget()

    linked.sync(size=SIZE)

    assert cursor.written_at is not None
    first = linked.seen.of("stock.picking", "search_read")[0]
    assert ["write_date", ">=", instants.text(cursor.written_at)] in first.kwargs["domain"]


def test_memory_is_flat_however_many_pages_there_are(linked: Linked) -> None:
    """One page is stored while the next is read; no third is kept."""
    for _ in range(12):
        linked.receipt()
    alive: list[int] = []
    linked.seen.at_each = lambda: alive.append(sum(type(each) is Page for each in gc.get_objects()))

    linked.sync(size=SIZE)

    assert len(linked.seen.of("stock.picking", "search_read")) > 6
    assert max(alive) <= 3


def test_the_second_round_changes_nothing(linked: Linked) -> None:
    busy(linked)
    linked.sync()
    before = (mirror(linked.row), open_cases(), CaseEvent.objects.count())

    reads = linked.sync()

    assert [read.changes for read in reads.values()] == [{}] * len(SOURCES)
    assert (mirror(linked.row), open_cases(), CaseEvent.objects.count()) == before
    assert len(open_cases()) == 7


def test_the_first_round_reads_what_is_open_however_old_and_the_past_of_ninety_days(
    linked: Linked,
) -> None:
    old = instants.text(linked.at - timedelta(days=200))
    long_open = linked.receipt(days=-190, written=old)
    long_done = linked.receipt(days=-190, written=old)
    with linked.world.transaction(ADMIN, old) as tx:
        transfers.validate(tx, long_done)

    linked.sync()

    assert [record for _, record in mirror(linked.row)] == [long_open]


def test_the_first_promise_ever_seen_is_kept(linked: Linked) -> None:
    receipt = linked.receipt(days=2)
    linked.sync()
    first = linked.at + timedelta(days=2)
    with linked.world.acting_as(ADMIN) as tx:
        purchasing.redate(tx, linked.order_of(receipt), linked.wire(days=9))

    linked.sync()

    document = Document.objects.get()
    assert document.first_promised_at == first
    assert document.facts["promised_at"] == (linked.at + timedelta(days=9)).isoformat().replace(
        "+00:00", "Z"
    )


def test_a_late_receipt_that_is_given_a_new_date_in_odoo_clears_at_the_next_round(
    linked: Linked,
) -> None:
    late = linked.receipt()
    linked.sync()
    with linked.world.acting_as(ADMIN) as tx:
        transfers.plan(tx, late, linked.wire(days=4))
    linked.later(seconds=15)

    reads = linked.sync()

    assert reads["receipts"].changes == {Change.CLEARED: 1}
    assert linked.case("stock.picking", late).outcome == Outcome.SELF_HEALED


def test_a_receipt_becomes_late_by_time_alone(linked: Linked) -> None:
    coming = linked.receipt(days=1)
    linked.sync()
    assert open_cases() == []
    linked.later(days=1, seconds=1)

    seen, changes = intake.recheck_due(at=linked.at)

    assert (seen, changes) == (1, {Change.OPENED: 1})
    assert open_cases() == [("late_inbound", coming)]


def test_rounds_begin_by_odoo_s_clock_and_not_by_ours(linked: Linked) -> None:
    linked.sync()
    linked.at += timedelta(minutes=30)  # ours runs ahead; Odoo's stands
    late = linked.receipt()

    linked.sync()

    assert open_cases() == [("late_inbound", late)]
    begun = linked.cursor("receipts").round_started_at
    assert begun is not None
    assert begun < linked.at - timedelta(minutes=29)


# Several connections, several companies ----------------------------------------------------------


def test_two_odoos_with_the_same_record_numbers_stay_apart(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    mine = linked.receipt()
    with linking.linked(linked.at, 36 - version, monkeypatch, name="Other") as other:
        theirs = other.receipt(days=3)
        rounds.sync_all(linked.now)

        assert mine == theirs
        assert open_cases() == [("late_inbound", mine)]
        (ours,), (others,) = mirror(linked.row).items(), mirror(other.row).items()
        assert (ours[0], ours[1]["promised_at"] == others[1]["promised_at"]) == (others[0], False)
        assert {s.connection.name for s in Site.objects.filter(external_id=1)} == {
            "Plant",
            "Other",
        }


def test_what_is_switched_off_is_not_read(linked: Linked) -> None:
    linked.receipt()
    linked.row.connection.enabled = False
    linked.row.connection.save()

    assert (rounds.sync_all(linked.now), linked.seen.requests) == ([], [])


def test_two_companies_keep_their_names_currencies_and_sites(linked: Linked) -> None:
    with linked.world.acting_as(ADMIN) as tx:
        american = tx.create(
            "res.company", {"name": "Meridian Americas", "currency_id": 2, "active": True}
        )
        for model in ("stock.picking.type", "stock.location"):
            for each in tx.tables[model].where("warehouse_id", 2):
                tx.write(model, each, {"company_id": american})
        tx.write("stock.warehouse", 2, {"company_id": american})
        item = purchasing.Item(1, 1.0, 50.0)
        order = purchasing.order(tx, 2, SUPPLIER, BUYER, [item], linked.wire(days=-1))
        abroad = purchasing.confirm(tx, order)
    at_home = linked.receipt()

    linked.sync()

    told = {
        d.record_id: (d.facts["company"], d.facts["currency"], d.site.external_id)
        for d in Document.objects.all()
    }
    assert told == {
        at_home: ("Meridian Components", "EUR", 1),
        abroad: ("Meridian Americas", "USD", 2),
    }


# Records that are not there any more -------------------------------------------------------------


def test_a_transfer_deleted_between_page_and_goods_leaves_no_case(linked: Linked) -> None:
    late = linked.receipt()
    linked.seen.before("stock.move", "search_read", lambda: linked.delete("stock.picking", late))

    reads = linked.sync()

    assert (reads["receipts"].error, open_cases()) == ("", [])
    assert Document.objects.get().gone_at == linked.at


def test_only_a_deep_round_asks_whether_the_records_of_live_cases_are_still_there(
    linked: Linked,
) -> None:
    """Minute by minute: a deletion is found within a deep round, and not asked for in between."""
    late = linked.receipt()
    order = linked.order_of(linked.delivery())
    linked.sync()
    linked.later(seconds=15)
    linked.sync()
    linked.delete("stock.picking", late)

    open_after, asked = [], []
    for _ in range(5):
        linked.seen.forget()
        linked.later(minutes=1)
        linked.sync()
        open_after.append(len(open_cases()))
        asked.append(len([r for r in linked.seen.requests if r.kwargs.get("fields") == ["id"]]))

    assert (open_after, asked) == ([2, 2, 2, 2, 1], [0, 0, 0, 0, 1])
    assert open_cases() == [("delivery_delay", order)]


def test_live_cases_are_asked_for_in_batches(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirrored, "BATCH", 2)
    late = [linked.receipt() for _ in range(5)]
    linked.sync()
    for each in late[1::2]:
        linked.delete("stock.picking", each)
    linked.later(minutes=6)

    linked.sync()

    assert open_cases() == [("late_inbound", each) for each in late[::2]]


def test_documents_are_read_back_to_the_last_however_many_pages_they_fill(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = (linked.at - timedelta(minutes=20)).replace(microsecond=0)
    late = [
        linked.receipt(written=instants.text(second + timedelta(seconds=n // 3))) for n in range(7)
    ]
    monkeypatch.setattr(paging, "PAGE", SIZE)

    with linked.client() as odoo:
        sync.read_documents(linked.row, odoo, linking.source("receipts"), late, at=linked.at)

    assert open_cases() == [("late_inbound", each) for each in late]
    asked = linked.seen.of("stock.picking", "search_read")
    assert {r.kwargs["limit"] for r in asked} == {SIZE}


@pytest.mark.parametrize("model", ["purchase.order", "purchase.order.line", "res.partner"])
def test_what_hangs_on_a_receipt_is_missing(linked: Linked, model: str) -> None:
    """Deleted or hidden between two calls: the case opens with what is known, and says no more."""
    late = linked.receipt()
    there = dict(linked.world.tables[model].rows)
    linked.seen.before(model, "read", lambda: linked.world.tables[model].rows.clear())

    reads = linked.sync()
    known = Document.objects.get().facts
    linked.world.tables[model].rows.update(there)
    linked.tell("stock.picking", late, note="touched")
    linked.later(minutes=1)
    linked.sync()

    assert reads["receipts"].error == ""
    assert open_cases() == [("late_inbound", late)]
    missing = {
        "purchase.order": ("currency", None),
        "purchase.order.line": ("value", None),
        "res.partner": ("supplier", None),
    }
    name, nothing = missing[model]
    assert known[name] == nothing
    assert Document.objects.get().facts[name] is not None


def test_a_transfer_of_an_archived_operation_type_is_still_a_late_receipt(linked: Linked) -> None:
    late = linked.receipt()
    linked.tell("stock.picking.type", linked.picking(late)["picking_type_id"], active=False)

    linked.sync()

    assert open_cases() == [("late_inbound", late)]


def test_a_transfer_of_no_warehouse_is_nobody_s_case(linked: Linked) -> None:
    """Such as a dropship, which touches none of our sites."""
    late = linked.receipt()
    linked.tell("stock.picking.type", linked.picking(late)["picking_type_id"], warehouse_id=False)

    reads = linked.sync()

    assert (reads["receipts"].rows, reads["receipts"].error, open_cases()) == (1, "", [])
