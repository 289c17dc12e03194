"""The inbox while Odoo is slow, away or broken, or a worker is dead: nothing is lost."""

import json
from typing import Any

import pytest

from exceptions.vocabulary import Outcome
from integrations import inbox, vault
from integrations.models import DeliveryState, InboxDelivery
from integrations.simulator import instants
from integrations.simulator.flows import purchasing
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, Linked, knock, open_cases

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


# Odoo is slow, away, or broken -------------------------------------------------------------------


def test_nothing_is_read_before_odoo_can_have_committed(linked: Linked) -> None:
    knock(linked, hint("stock.picking", linked.receipt()))

    assert (work(linked, seconds=4), work(linked, seconds=2)) == (0, 1)


def test_deliveries_that_come_while_odoo_is_down_are_not_lost(linked: Linked) -> None:
    late = [linked.receipt() for _ in range(3)]
    deliveries = [knock(linked, hint("stock.picking", record)) for record in late]
    good, linked.row.url = linked.row.url, "http://127.0.0.1:9"
    linked.row.save()

    for _ in range(inbox.MOST_FAILURES + 1):
        work(linked, minutes=11)
    states = {outcome(delivery) for delivery in deliveries}
    linked.row.url = good
    linked.row.save()
    work(linked, minutes=11)

    ((state, words),) = states
    assert (state, words.startswith("The server 127.0.0.1 cannot be reached")) == (WAITING, True)
    assert open_cases() == [("late_inbound", record) for record in late]
    assert {outcome(delivery)[0] for delivery in deliveries} == {DONE}


def test_a_connection_that_does_not_answer_ends_its_run(linked: Linked) -> None:
    for number in range(6):
        knock(linked, hint("stock.picking", number + 1))
    linked.row.url = "http://127.0.0.1:9"
    linked.row.save()
    linked.later(seconds=DUE)

    assert inbox.work_due(linked.now, batch=2) == 2


def test_a_refused_key_and_one_that_cannot_be_opened_are_waited_for(linked: Linked) -> None:
    delivery = knock(linked, hint("stock.picking", linked.receipt()))
    linked.row.sealed_key = vault.seal("revoked")
    linked.row.save()
    work(linked)
    refused = outcome(delivery)
    linked.row.sealed_key = "sealed with a key that is gone"
    linked.row.save()
    work(linked, minutes=11)

    assert refused[0] == WAITING
    assert "did not accept the login or the API key" in refused[1]
    assert "TOWER_ENCRYPTION_KEYS" in outcome(delivery)[1]


def test_a_slow_odoo_during_work_only_takes_longer(linked: Linked) -> None:
    late = linked.receipt()
    knock(linked, hint("stock.picking", late))
    linked.odoo.faults.add("stall", seconds=0.3, times=2, **SLEEPY)

    work(linked)

    assert open_cases() == [("late_inbound", late)]


def test_what_odoo_refuses_again_and_again_is_set_aside_with_its_words(linked: Linked) -> None:
    delivery = knock(linked, hint("stock.picking", linked.receipt()))
    linked.odoo.faults.add("user_error", message="Closed for stocktaking.", **SLEEPY)

    attempts = 0
    while outcome(delivery)[0] == WAITING:
        attempts += work(linked, minutes=11)

    assert attempts == inbox.MOST_FAILURES
    assert outcome(delivery) == (
        SET_ASIDE,
        "Odoo did not accept this: Closed for stocktaking.",
    )


def test_an_outage_counts_for_nothing_when_odoo_refuses_after_it(linked: Linked) -> None:
    delivery = knock(linked, hint("stock.picking", linked.receipt()))
    linked.odoo.faults.add("bad_gateway", **SLEEPY)
    for _ in range(inbox.MOST_FAILURES):
        work(linked, hours=1)
    linked.odoo.faults.clear()
    linked.odoo.faults.add("user_error", **SLEEPY)

    work(linked, hours=1)

    assert outcome(delivery)[0] == WAITING
    assert (delivery.attempts, delivery.failures) == (inbox.MOST_FAILURES + 1, 1)


def test_one_poisonous_delivery_does_not_spoil_the_others_of_its_batch(linked: Linked) -> None:
    """Its record has a date in a form that nobody foresaw."""
    bad, good = linked.receipt(), linked.receipt()
    linked.tell("stock.picking", bad, date_deadline="when it suits")
    poison, fine = (knock(linked, hint("stock.picking", record)) for record in (bad, good))

    work(linked)
    together = (outcome(poison)[0], outcome(fine)[0])
    work(linked, minutes=11)

    assert together == (WAITING, WAITING)
    assert (outcome(poison)[0], outcome(fine)[0]) == (WAITING, DONE)
    assert "by a mistake of its own" in outcome(poison)[1]
    assert open_cases() == [("late_inbound", good)]


# Leases ------------------------------------------------------------------------------------------


def test_two_workers_never_hold_the_same_delivery(linked: Linked) -> None:
    for number in range(5):
        knock(linked, hint("stock.picking", number + 1))
    linked.later(seconds=DUE)

    first = inbox.claim(linked.row, at=linked.at, limit=3)
    second = inbox.claim(linked.row, at=linked.at, limit=3)

    assert [len(first), len(second)] == [3, 2]
    assert {d.pk for d in first} & {d.pk for d in second} == set()


def test_what_a_dead_worker_held_comes_again_after_its_lease(linked: Linked) -> None:
    late = linked.receipt()
    knock(linked, hint("stock.picking", late))
    linked.later(seconds=DUE)
    inbox.claim(linked.row, at=linked.at, limit=10)  # and then it dies

    assert (work(linked, minutes=4), open_cases()) == (0, [])
    assert (work(linked, minutes=2), open_cases()) == (1, [("late_inbound", late)])


def test_a_connection_that_is_switched_off_keeps_its_deliveries(linked: Linked) -> None:
    late = linked.receipt()
    linked.row.connection.enabled = False
    linked.row.connection.save()
    knock(linked, hint("stock.picking", late))
    assert work(linked) == 0

    linked.row.connection.enabled = True
    linked.row.connection.save()
    assert (work(linked), open_cases()) == (1, [("late_inbound", late)])


def test_a_new_date_by_hook_clears_the_case_without_a_round(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = linked.receipt()
    linked.sync()
    linking.hook_up(linked, monkeypatch)
    linked.later(seconds=1)
    with linked.world.transaction(ADMIN, instants.text(linked.at)) as tx:
        purchasing.redate(tx, linked.order_of(late), linked.wire(days=8))

    work(linked)

    assert linked.case("stock.picking", late).outcome == Outcome.SELF_HEALED
