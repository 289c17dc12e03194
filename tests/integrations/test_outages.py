"""Odoo away for an hour, then slow, then refusing: nothing is lost, nothing piles up, and whoever
looks sees that it waits."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db.models import QuerySet

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Role, Target, Verb
from integrations import resting, rounds
from integrations.models import DeliveryState, InboxDelivery, OdooCall
from tests.integrations.linked import Linked, knock, open_cases
from tests.integrations.web.test_pages import signed_in

NOWHERE = "http://127.0.0.1:9"  # nothing listens there
AWAY = 60  # minutes
SLOW = 0.02  # seconds a call; two in life


@pytest.fixture(params=[19])
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def busy(linked: Linked) -> list[int]:
    """Three late receipts, whose playbooks wait to be sent, and a webhook about each."""
    late = [linked.receipt(value=40_000.0) for _ in range(3)]
    linked.sync()
    for record in late:
        knock(linked, b'{"_model": "stock.picking", "_id": %d}' % record)
    linked.later(seconds=6)
    return late


def minutes(linked: Linked, n: int) -> Iterator[int]:
    """All the tower does, once a minute."""
    for minute in range(n):
        linked.later(minutes=1)
        rounds.sync_all(linked.now)
        linked.work_inbox()
        linked.deliver()
        yield minute


def to_odoo() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(target=Target.SOURCE)


def in_order() -> bool:
    """Whether the messages of each record were proved in the order in which they were wanted."""
    proved: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    for message in to_odoo().order_by("pk"):
        assert message.read_back_at is not None
        proved[message.model, message.record_id].append(message.read_back_at)
    return all(times == sorted(times) for times in proved.values())


def once(linked: Linked) -> bool:
    """Whether each of what people can read there stands in Odoo, and once."""
    marked = to_odoo().filter(verb__in=[Verb.ACTIVITY, Verb.NOTE])
    return {len(linked.effects(message.key)) for message in marked} == {1}


def address(linked: Linked, url: str) -> None:
    linked.row.refresh_from_db()
    linked.row.url = url
    linked.row.save(update_fields=["url"])


@pytest.mark.slow
def test_an_hour_away_loses_nothing_and_piles_up_nothing(linked: Linked, busy: list[int]) -> None:
    wanted = to_odoo().count()
    asked_before = OdooCall.objects.count()
    address(linked, NOWHERE)
    for _ in minutes(linked, AWAY):
        pass

    # Its rests grow from half a minute to five: it is asked a dozen times and more, not sixty.
    linked.row.refresh_from_db()
    most = AWAY * 60 / resting.LONGEST_REST.total_seconds() + 6
    assert 5 < linked.row.silences <= most
    assert OdooCall.objects.count() - asked_before <= 2 * most
    assert to_odoo().filter(state=OutboxState.PENDING).count() == wanted
    assert InboxDelivery.objects.filter(state=DeliveryState.WAITING).count() == len(busy)
    html = signed_in(Role.AUDITOR).get("/integrations/").content.decode()
    assert "rests until" in html
    assert f"{linked.row.silences} times in a row" in html
    assert html.count("the oldest waits since") == 2  # of the inbox, and of the outbox

    address(linked, linked.url)
    for _ in minutes(linked, 25):
        pass

    assert set(to_odoo().values_list("state", flat=True)) == {OutboxState.CONFIRMED}
    assert (once(linked), in_order()) == (True, True)
    assert set(InboxDelivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}
    assert open_cases() == [("late_inbound", record) for record in busy]
    html = signed_in(Role.INTEGRATION_ADMIN).get("/integrations/").content.decode()
    assert "rests until" not in html


def test_a_slow_odoo_is_asked_no_more_often_than_a_quick_one(
    linked: Linked, busy: list[int]
) -> None:
    before = [call.pk for call in OdooCall.objects.all()]
    linked.odoo.faults.add("stall", seconds=SLOW)
    for _ in minutes(linked, 3):
        pass

    assert set(to_odoo().values_list("state", "attempts")) == {(OutboxState.CONFIRMED, 1)}
    assert (once(linked), in_order()) == (True, True)
    assert {d.attempts for d in InboxDelivery.objects.all()} == {1}
    slow = OdooCall.objects.exclude(pk__in=before)
    assert min(slow.values_list("seconds", flat=True)) >= SLOW


@pytest.mark.slow
def test_an_odoo_that_refuses_in_its_own_hurry_gets_all_in_the_end_and_in_order(
    linked: Linked, busy: list[int]
) -> None:
    linked.odoo.faults.add("serialization", fraction=0.6)
    for _ in minutes(linked, 25):
        pass
    tries = list(to_odoo().values_list("attempts", flat=True))
    linked.odoo.faults.clear()
    for _ in minutes(linked, 16):
        pass

    assert max(tries) > 1
    assert max(tries) <= 20  # waits grow to a quarter of an hour
    assert set(to_odoo().values_list("state", flat=True)) == {OutboxState.CONFIRMED}
    assert (once(linked), in_order()) == (True, True)
    assert set(InboxDelivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}
