"""What the integrations page says, against a plain recount."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from exceptions.models import Connection, OutboxMessage
from exceptions.vocabulary import OutboxState
from integrations import health
from integrations.health import Standing
from integrations.models import DeliveryState, InboxDelivery, OdooAccess, OdooCall, SyncCursor
from tests.exceptions.queries.world import percentile
from tests.making import Tower


def reached(connection: Connection, **said: Any) -> OdooAccess:
    base = {
        "url": "https://odoo.test",
        "database": "test",
        "login": "tower",
        "sealed_key": "sealed",
        "hook_digest": f"digest {connection.pk}",
        "sealed_hook_secret": "sealed",
        "user_id": 7,
    }
    return OdooAccess.objects.create(connection=connection, **base | said)


def test_calls_are_counted_and_timed_by_method(tower: Tower, at: datetime) -> None:
    rng = random.Random(5)
    made = [
        OdooCall(
            connection=tower.connection,
            at=at - timedelta(minutes=rng.randrange(3000)),
            model=rng.choice(["stock.picking", "sale.order"]),
            method=rng.choice(["read", "write"]),
            seconds=rng.random(),
            outcome=rng.choice(["ok", "ok", "unreachable", "user_refused"]),
        )
        for _ in range(300)
    ]
    OdooCall.objects.bulk_create(made)

    recent = [call for call in made if call.at >= at - timedelta(hours=24)]
    told: dict[tuple[str, str], list[OdooCall]] = {}
    for call in recent:
        told.setdefault((call.model, call.method), []).append(call)
    found = {(row.model, row.method): row for row in health.calls([tower.connection], at=at)}
    assert {key: (row.n, row.failed, row.outcomes) for key, row in found.items()} == {
        key: (len(calls), len(failures(calls)), dict(Counter(failures(calls))))
        for key, calls in told.items()
    }
    assert {key: (row.p50, row.p95, row.p99) for key, row in found.items()} == {
        key: tuple(percentile([c.seconds for c in calls], p) for p in (0.5, 0.95, 0.99))
        for key, calls in told.items()
    }
    whole = health.connections(health.visible_connections(None), at=at)[0].speed
    assert whole is not None
    assert (whole.n, whole.failed) == (len(recent), len(failures(recent)))


def failures(calls: list[OdooCall]) -> list[str]:
    return [call.outcome for call in calls if call.outcome != "ok"]


def standing(at: datetime) -> Standing:
    return health.connections(health.visible_connections(None), at=at)[0].standing


def test_a_connection_stands_as_its_worst(tower: Tower, at: datetime) -> None:
    connection = tower.connection
    seen = [standing(at)]
    access = reached(connection, user_id=None)
    seen.append(standing(at))
    access.user_id = 7
    access.save()
    for minutes in (1, 5, 20):
        connection.read_at = at - timedelta(minutes=minutes)
        connection.save()
        seen.append(standing(at))
    SyncCursor.objects.create(connection=connection, source="receipts", error="No.", failed_at=at)
    seen.append(standing(at))
    connection.enabled = False
    connection.save()
    seen.append(standing(at))

    assert seen == [
        Standing.UNPROVED,
        Standing.UNPROVED,
        Standing.CONNECTED,
        Standing.LATE,
        Standing.STUCK,
        Standing.FAILING,
        Standing.OFF,
    ]


def delivery(tower: Tower, number: int, state: str, at: datetime, duplicates: int = 0) -> None:
    InboxDelivery.objects.create(
        connection=tower.connection,
        key=f"stock.picking:{number}",
        received_at=at,
        body=b"{}",
        state=state,
        next_attempt_at=at,
        duplicates=duplicates,
    )


def test_the_inbox_tells_what_waits_and_what_came(tower: Tower, at: datetime) -> None:
    hour, days = timedelta(hours=1), timedelta(days=3)
    delivery(tower, 1, DeliveryState.WAITING, at - hour)
    delivery(tower, 2, DeliveryState.WAITING, at - days)
    delivery(tower, 3, DeliveryState.DONE, at - hour, duplicates=2)
    delivery(tower, 4, DeliveryState.DONE, at - days, duplicates=5)
    delivery(tower, 5, DeliveryState.SET_ASIDE, at - days)
    found = health.inbox(health.visible_connections(None), at=at)

    assert (found.waiting, found.oldest, found.done, found.duplicates, found.set_aside) == (
        2,
        at - days,
        1,
        2,
        1,
    )
    assert [d.key for d in found.aside] == ["stock.picking:5"]


def test_the_outbox_shows_what_failed_first(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)
    ids = list(OutboxMessage.objects.order_by("id").values_list("id", flat=True))
    OutboxMessage.objects.filter(pk=ids[-1]).update(state=OutboxState.FAILED)
    visible = health.visible_connections(None)
    found = health.outbox(visible, None, at=at)

    assert (found.failed, found.waiting, found.not_shown) == (1, len(ids) - 1, 0)
    assert [m.pk for m in found.shown] == [ids[-1], *ids[:-1]]
    elsewhere = health.outbox(visible, frozenset({tower.other_site.pk}), at=at)
    assert (elsewhere.failed, elsewhere.waiting, elsewhere.shown) == (0, 0, [])


def test_one_sees_the_connections_of_ones_sites(tower: Tower) -> None:
    far = Connection.objects.create(name="Far away")
    here = health.visible_connections(frozenset({tower.site.pk, tower.other_site.pk}))
    assert list(here) == [tower.connection]
    assert list(health.visible_connections(None)) == [far, tower.connection]
