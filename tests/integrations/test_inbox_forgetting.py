"""What was done long ago is removed from the inbox, and nothing else."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from pytest_django import Settings

from integrations import inbox, tasks
from integrations.models import DeliveryState, InboxDelivery
from tests.integrations.linked import Linked, knock

DONE, WAITING, SET_ASIDE = DeliveryState.DONE, DeliveryState.WAITING, DeliveryState.SET_ASIDE
SECOND = timedelta(seconds=1)


def deliveries(linked: Linked, state: str, number: int, *, ago: timedelta) -> None:
    """That many which came, and ended in that state, so long ago."""
    then = linked.at - ago
    InboxDelivery.objects.bulk_create(
        InboxDelivery(
            connection=linked.row.connection,
            key=f"{state} {n} of {ago}",
            received_at=then,
            body=b"{}",
            state=state,
            next_attempt_at=then,
            done_at=None if state == WAITING else then,
        )
        for n in range(number)
    )


def left() -> list[str]:
    return sorted(InboxDelivery.objects.values_list("state", flat=True))


def test_what_was_done_thirty_days_ago_is_forgotten(linked: Linked) -> None:
    month = timedelta(days=30)
    deliveries(linked, DONE, 2, ago=month + SECOND)
    deliveries(linked, DONE, 1, ago=month)

    assert inbox.forget_done(linked.now) == 2
    assert left() == [DONE]


def test_what_waits_or_was_set_aside_is_kept_however_old(linked: Linked) -> None:
    for state in DeliveryState.values:
        deliveries(linked, state, 1, ago=timedelta(days=900))

    inbox.forget_done(linked.now)

    assert left() == [SET_ASIDE, WAITING]


def test_the_settings_say_how_long(linked: Linked, settings: Settings) -> None:
    settings.TOWER_KEEP_DELIVERIES = 2
    deliveries(linked, DONE, 1, ago=timedelta(days=3))
    deliveries(linked, DONE, 1, ago=timedelta(days=1))

    assert (inbox.forget_done(linked.now), left()) == (1, [DONE])


def test_many_are_forgotten_in_batches(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "FORGET_AT_A_TIME", 2)
    deliveries(linked, DONE, 5, ago=timedelta(days=31))

    assert (inbox.forget_done(linked.now), left()) == (5, [])


def test_housekeeping_and_tick_forget(linked: Linked) -> None:
    told = []
    for forget in (tasks.forget_what_is_old, lambda: call_command("tick")):
        deliveries(linked, DONE, 1, ago=timedelta(days=31))
        forget()
        told.append(left())

    assert told == [[], []]


def test_news_that_comes_again_is_not_done_any_more(linked: Linked) -> None:
    """A body without a stamp waits anew, and takes its turn like any other when Odoo fails."""
    body = b'{"_model": "stock.picking", "_id": %d}' % linked.receipt()
    knock(linked, body)
    linked.later(seconds=6)
    linked.work_inbox()
    linked.later(days=40)
    knock(linked, body)
    linked.later(seconds=6)
    linked.odoo.faults.add("bad_gateway", model="stock.picking")
    linked.work_inbox()

    delivery = InboxDelivery.objects.get()
    assert (delivery.state, delivery.done_at) == (WAITING, None)
    assert delivery.next_attempt_at - linked.at == 2 * inbox.FIRST_WAIT
    assert inbox.forget_done(linked.now) == 0
