"""tick: one round of all due work, twice in a row without a double, and honest about failures."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from exceptions.models import Case, OutboxMessage, User
from exceptions.vocabulary import OutboxState, State
from integrations.simulator import instants
from integrations.simulator.flows import transfers
from tests.integrations.linked import ADMIN, Linked, knock, open_cases, staff_everywhere


def tick(linked: Linked, *flags: str) -> dict[str, str]:
    """What it printed, by the first column; the exit code under `exit`."""
    printed, code = StringIO(), 0
    try:
        call_command("tick", *flags, stdout=printed)
    except SystemExit as ended:
        code = int(str(ended.code))
    rows = [line.split("  ", 1) for line in printed.getvalue().splitlines()]
    return {name.strip(): " ".join(rest.split()) for name, rest in rows} | {"exit": str(code)}


def test_one_tick_reads_opens_sends_and_proves(linked: Linked) -> None:
    late = linked.receipt()
    order = linked.order_of(linked.delivery())
    quant = linked.miscount()

    told = tick(linked)

    assert open_cases() == [
        ("delivery_delay", order),
        ("inventory_discrepancy", quant),
        ("late_inbound", late),
    ]
    assert told["Plant: receipts"] == "1 1 opened"
    assert (told["outbox"], told["exit"]) == (f"{OutboxMessage.objects.count()} attempted", "0")
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.CONFIRMED}


def test_a_second_tick_doubles_nothing(linked: Linked) -> None:
    linked.receipt()
    linked.miscount()
    tick(linked)
    keys = list(OutboxMessage.objects.values_list("key", flat=True))
    effects = [linked.effects(key) for key in keys]

    told = tick(linked)

    assert (Case.objects.count(), told["outbox"]) == (2, "0 attempted")
    assert [linked.effects(key) for key in keys] == effects
    assert [len(each) for each in effects] == [1] * len(keys)


def test_it_does_what_time_has_brought_due(linked: Linked) -> None:
    coming = linked.receipt(days=1)
    tick(linked)
    linked.later(days=1, seconds=1)

    told = tick(linked)

    assert told["re-check"] == "1 1 opened"
    assert open_cases() == [("late_inbound", coming)]
    linked.later(days=9)
    assert tick(linked)["clocks"] == "2 swept"
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, coming)
    tick(linked)
    linked.later(days=30)
    assert tick(linked)["closing"] == "1 closed after the quiet period"


def test_it_finds_owners_for_cases_that_had_none(linked: Linked) -> None:
    User.objects.update(is_active=False)
    linked.receipt()
    tick(linked)
    assert Case.objects.get().state == State.CLASSIFIED
    User.objects.update(is_active=True)
    staff_everywhere()

    assert tick(linked)["owners"] == "1 found"
    assert Case.objects.get().state == State.ASSIGNED


def test_it_works_through_the_inbox(linked: Linked) -> None:
    late = linked.receipt()
    knock(linked, b'{"_model": "stock.picking", "_id": %d}' % late)
    linked.later(seconds=6)

    assert tick(linked)["inbox"] == "1 deliveries worked through"
    assert open_cases() == [("late_inbound", late)]


def test_what_could_not_be_read_is_printed_and_the_exit_code_is_one(linked: Linked) -> None:
    late = linked.receipt()
    linked.odoo.faults.add("user_error", model="stock.quant", message="Stock is locked.")

    told = tick(linked)

    assert told["Plant: counts"] == "0 Odoo did not accept this: Stock is locked."
    assert told["exit"] == "1"
    assert open_cases() == [("late_inbound", late)]


def test_it_compares_both_sides_when_asked(linked: Linked) -> None:
    tick(linked)
    behind = instants.text(linked.at - timedelta(hours=5))
    late = linked.receipt(written=behind)
    linked.later(minutes=1)
    assert tick(linked)["exit"] == "0"
    assert open_cases() == []

    told = tick(linked, "--reconcile")

    assert open_cases() == [("late_inbound", late)]
    assert told["exit"] == "0"


@pytest.mark.django_db
def test_a_tower_without_connections_has_nothing_to_do() -> None:
    printed = StringIO()
    call_command("tick", stdout=printed)

    assert printed.getvalue().splitlines()[0] == "inbox      0  deliveries worked through"
