"""The traps of real Odoo servers that were measured ("what bites"), each as a test. The eighth
stands in test_traps_of_transfers.py.
"""

from datetime import timedelta

import pytest

from exceptions.casework import Change
from exceptions.models import Case, Document
from exceptions.vocabulary import Outcome, State
from integrations.odoo.client import Odoo
from integrations.odoo.protocols import Json2, JsonRpc
from integrations.odoo.reconcile import reconcile
from integrations.simulator import instants
from integrations.simulator.flows import transfers
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, INTEGRATION, Linked, later_transfer, open_cases

SIZES = [2, 3, 4, 5]


def in_one_second(linked: Linked, number: int, **ago: float) -> list[int]:
    """Receipts that were written in the same second, microseconds apart."""
    second = (linked.at - timedelta(**ago)).replace(microsecond=0)
    stamps = [instants.text(second + timedelta(microseconds=7 * n + 1)) for n in range(number)]
    return [linked.receipt(written=stamp) for stamp in stamps]


# 1. write_date is the transaction's start, to the microsecond; RPC shows seconds -----------------


@pytest.mark.parametrize("size", SIZES)
def test_trap_1_rows_of_one_second_are_neither_lost_nor_doubled_over_page_borders(
    linked: Linked, size: int
) -> None:
    late = [
        *in_one_second(linked, 3, minutes=9),
        *in_one_second(linked, 4, minutes=8),
        *in_one_second(linked, 1, minutes=7),
        *in_one_second(linked, 2, minutes=6),
    ]

    linked.sync(size=size)

    assert open_cases() == [("late_inbound", record) for record in late]


@pytest.mark.parametrize("size", SIZES)
def test_trap_1_one_second_may_hold_more_rows_than_a_page(linked: Linked, size: int) -> None:
    late = [*in_one_second(linked, 2 * size + 1, minutes=8), *in_one_second(linked, 3, minutes=7)]

    linked.sync(size=size)

    assert open_cases() == [("late_inbound", record) for record in late]
    assert Case.objects.count() == len(late)


def test_trap_1_a_long_transaction_that_commits_behind_the_cursor_is_found(linked: Linked) -> None:
    linked.sync()
    started = instants.text(linked.at)
    linked.later(seconds=30)
    linked.sync()
    linked.later(seconds=15)

    late = linked.receipt(written=started)  # begun 45 seconds ago, committed only now
    linked.sync()
    seen_by_quick_round = open_cases()
    linked.later(minutes=5)
    linked.sync()  # a deep round is due

    assert seen_by_quick_round == []
    assert open_cases() == [("late_inbound", late)]


def test_trap_1_what_the_cursor_can_never_see_is_found_by_the_comparison(linked: Linked) -> None:
    linked.sync()
    late = linked.receipt(written=instants.text(linked.at - timedelta(hours=3)))
    linked.later(minutes=6)
    linked.sync()
    assert open_cases() == []

    with linked.client() as odoo:
        gaps = {g.source: g for g in reconcile(linked.row, odoo, now=linked.now)}

    assert (gaps["receipts"].compared, gaps["receipts"].missed) == (1, 1)
    assert open_cases() == [("late_inbound", late)]


def test_trap_1_the_record_behind_a_live_case_is_deleted(linked: Linked) -> None:
    late = linked.receipt()
    linked.sync()
    linked.delete("stock.picking", late)
    linked.later(minutes=5)

    reads = linked.sync()

    case = linked.case("stock.picking", late)
    assert (case.state, case.outcome) == (State.RESOLVED, Outcome.SELF_HEALED)
    assert case.document.gone_at == linked.at
    assert reads["receipts"].changes == {Change.CLEARED: 1}


def test_trap_1_the_only_transfer_of_an_order_is_deleted(linked: Linked) -> None:
    transfer = linked.delivery()
    order = linked.order_of(transfer)
    linked.sync()
    linked.delete("stock.picking", transfer)
    linked.later(minutes=5)

    linked.sync()

    assert linked.case("sale.order", order).outcome == Outcome.SELF_HEALED
    assert order in linked.world.tables["sale.order"].rows


def test_trap_1_one_of_two_transfers_of_an_order_is_deleted(linked: Linked) -> None:
    transfer = linked.delivery()
    order = linked.order_of(transfer)
    other = later_transfer(linked, transfer)
    linked.sync()
    assert open_cases() == [("delivery_delay", order)]
    linked.delete("stock.picking", transfer)

    with linked.client() as odoo:
        reconcile(linked.row, odoo, now=linked.now)

    assert linked.case("sale.order", order).outcome == Outcome.SELF_HEALED
    delivery = Document.objects.get(facts_type="Delivery")
    assert delivery.facts["transfers"] == [linked.picking(other)["name"]]


def test_trap_1_a_deleted_record_without_a_case_is_found_by_the_comparison(linked: Linked) -> None:
    coming = linked.receipt(days=9)
    linked.sync()
    linked.delete("stock.picking", coming)
    linked.sync()
    assert Document.objects.get().gone_at is None

    with linked.client() as odoo:
        gaps = {g.source: g for g in reconcile(linked.row, odoo, now=linked.now)}

    assert gaps["receipts"].deleted == 1
    assert (Document.objects.get().gone_at, Document.objects.get().recheck_at) == (linked.at, None)


# 2. Only stored fields in bulk -------------------------------------------------------------------


def test_trap_2_only_stored_fields_are_asked_for_always_with_order_and_limit(
    linked: Linked,
) -> None:
    linked.receipt()
    linked.delivery()
    linked.miscount()
    linked.sync()

    models = linked.world.models
    computed = {
        (request.model, name)
        for request in linked.seen.requests
        if request.method in {"search_read", "read"}
        for name in request.kwargs.get("fields") or request.args[-1]
        if not models[request.model].fields[name].store and not cheap(request.model, name)
    }
    unbounded = [
        r
        for r in linked.seen.requests
        if r.method == "search_read" and not (r.kwargs.get("order") and r.kwargs.get("limit"))
    ]
    assert (computed, unbounded) == (set(), [])


def cheap(model: str, name: str) -> bool:
    """Not stored on the record, but a company's or a template's column behind it, read for few."""
    behind = {("product.product", "standard_price"), ("product.product", "uom_id")}
    return (model, name) in behind or name == "id"


def test_trap_2_arguments_have_names(linked: Linked) -> None:
    """A list as a body is ignored by JSON-2, and the call returns the whole table."""
    late = linked.receipt()
    linked.sync()
    linked.deliver()

    positional = [r for r in linked.seen.requests if [a for a in r.args if not is_ids(a)]]
    assert positional == []
    assert linked.effects(f"C-{linked.case('stock.picking', late).pk}:r0:activity") != []


def is_ids(argument: object) -> bool:
    return isinstance(argument, list) and all(isinstance(each, int) for each in argument)


# 3. Status codes lie -----------------------------------------------------------------------------


def test_trap_3_lost_serialization_is_tried_again_although_it_looks_like_a_mistake(
    linked: Linked,
) -> None:
    late = linked.receipt()
    linked.odoo.faults.add("serialization", times=2, model="stock.picking", method="search_read")

    reads = linked.sync()

    assert reads["receipts"].error == ""
    assert open_cases() == [("late_inbound", late)]


def test_trap_3_a_record_deleted_meanwhile_is_an_empty_list_not_an_error(linked: Linked) -> None:
    transfer = linked.delivery()
    order = linked.order_of(transfer)
    linked.seen.before("sale.order", "read", lambda: linked.delete("sale.order", order))

    reads = linked.sync()

    assert (reads["deliveries"].error, open_cases()) == ("", [])


# 4. Webhooks out: see also test_inbox.py ---------------------------------------------------------


def test_trap_4_our_own_echo_is_dropped(linked: Linked) -> None:
    linked.later(seconds=10)
    body = (
        b'{"_model": "stock.picking", "_id": 1, "write_date": "2026-11-17 12:00:01.5",'
        b' "write_uid": %d}' % INTEGRATION
    )
    delivery = linking.knock(linked, body)

    linked.later(seconds=10)
    linked.seen.forget()
    linked.work_inbox()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.outcome) == ("done", "Our own write; nothing to read.")
    assert linked.seen.requests == []


def test_trap_4_a_hook_comes_before_the_commit_on_17_and_is_read_back_after_it(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading back at once would show what was there before."""
    late = linked.receipt()
    linked.sync()
    linking.hook_up(linked, monkeypatch)

    with linked.world.acting_as(ADMIN) as tx:
        transfers.plan(tx, late, linked.wire(days=3))
    linked.work_inbox()
    too_soon = open_cases()
    linked.later(seconds=6)
    linked.work_inbox()

    assert too_soon == [("late_inbound", late)]
    assert open_cases() == []


# 5. Two credentials ------------------------------------------------------------------------------


def test_trap_5_an_administrator_without_application_groups_reads_no_transfer(
    linked: Linked,
) -> None:
    report = linking.look(linked, login="admin", key="sim-admin-key")

    refused = [name for name, outcome, _ in report.rows() if outcome == "missing"]
    assert any(name.startswith("stock.picking: read") for name in refused)


# 6. Activities e-mail their assignee -------------------------------------------------------------


def test_trap_6_activities_are_made_without_an_e_mail(linked: Linked) -> None:
    linked.receipt()
    linked.sync()
    linked.deliver()

    (scheduled,) = linked.seen.of("stock.picking", "activity_schedule")
    assert scheduled.context == {"mail_activity_quick_update": True}


# 7. button_validate may answer 200 with a wizard and have done nothing ---------------------------


def test_trap_7_no_verb_leans_on_what_a_button_answers(linked: Linked) -> None:
    """What is sent is proved by reading it back; no verb presses a button of Odoo's."""
    linked.receipt(value=60_000.0)
    linked.miscount(by=-20)
    linked.sync()
    linked.deliver()

    reading = {"search", "search_read", "read", "read_group", "formatted_read_group", "fields_get"}
    acting = {r.method for r in linked.seen.requests} - reading
    assert acting == {"activity_schedule", "create", "write"}


# 9 and 10. One connection, the right protocol, long patience -------------------------------------


def test_trap_9_one_connection_and_more_patience_than_odoo_has(linked: Linked) -> None:
    with linked.client() as odoo:
        transport = odoo._line._transport
        pool = transport._pool.pool
        assert pool is not None
        assert (pool.maxsize, float(transport._timeout.read_timeout or 0) > 60) == (1, True)


def test_trap_10_json_2_from_19_on_and_the_old_protocol_before(
    linked: Linked, version: int
) -> None:
    with linked.client() as odoo:
        assert isinstance(odoo, Odoo)
        assert type(odoo.protocol) is (Json2 if version == 19 else JsonRpc)
