"""A past of the integrations: what came, was called, and was found missing, by chance."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from exceptions.models import Connection, OutboxMessage, Site
from exceptions.vocabulary import OutboxState
from integrations.models import (
    DeliveryState,
    EventSource,
    Expected,
    Gap,
    GapKind,
    InboxDelivery,
    OdooAccess,
    OdooCall,
    Refusal,
    Repair,
    ScheduledAction,
    TurnedAway,
)
from tests.integrations.test_health import reached
from tests.making import Tower


@dataclass(frozen=True, slots=True)
class Lived:
    """All rows that were made; `far` serves a site of its own."""

    at: datetime
    far: Connection
    far_site: Site
    deliveries: list[InboxDelivery]
    calls: list[OdooCall]
    gaps: list[Gap]
    refusals: list[Refusal]
    actions: list[ScheduledAction]
    accesses: list[OdooAccess]


def lived(tower: Tower, *, seed: int = 7) -> Lived:
    """Forty days of two connections until now, whole seconds."""
    at, rng = timezone.now().replace(microsecond=0), random.Random(seed)
    far = Connection.objects.create(name="Far", read_at=at - timedelta(hours=3))
    far_site = Site.objects.create(
        connection=far, external_id=9, code="FAR", name="Far", time_zone="Asia/Tokyo"
    )
    Connection.objects.filter(pk=tower.connection.pk).update(read_at=at - timedelta(minutes=4))
    both = (tower.connection, far)
    tower.late_case(at=at)
    last = OutboxMessage.objects.order_by("-id")[:1].values_list("pk", flat=True)
    OutboxMessage.objects.filter(pk__in=list(last)).update(state=OutboxState.FAILED)
    return Lived(
        at,
        far,
        far_site,
        InboxDelivery.objects.bulk_create(_delivery(rng, both, n, at) for n in range(400)),
        OdooCall.objects.bulk_create(_call(rng, both, at) for _n in range(300)),
        Gap.objects.bulk_create(_gap(rng, both, n, at) for n in range(150)),
        _refusals(rng, tower, at),
        ScheduledAction.objects.bulk_create(_action(rng, both, n, at) for n in range(20)),
        [
            reached(tower.connection, key_expires_at=at + timedelta(days=12)),
            reached(far, key_expires_at=at - timedelta(days=1)),
        ],
    )


def _ago(rng: random.Random, at: datetime, days: int) -> datetime:
    return at - timedelta(seconds=rng.randrange(days * 86_400))


def _delivery(
    rng: random.Random, both: tuple[Connection, ...], n: int, at: datetime
) -> InboxDelivery:
    received = _ago(rng, at, 40)
    state = rng.choice([*[DeliveryState.DONE] * 6, DeliveryState.WAITING, DeliveryState.SET_ASIDE])
    return InboxDelivery(
        connection=rng.choice(both),
        key=f"stock.picking:{n}",
        received_at=received,
        body=b"{}",
        state=state,
        next_attempt_at=received,
        done_at=received if state == DeliveryState.DONE else None,
        attempts=rng.choice([0, 1, 1, 1, 2, 5]),
        duplicates=rng.choice([0, 0, 0, 1, 4]),
    )


def _call(rng: random.Random, both: tuple[Connection, ...], at: datetime) -> OdooCall:
    return OdooCall(
        connection=rng.choice(both),
        at=_ago(rng, at, 12),
        model=rng.choice(["stock.picking", "sale.order"]),
        method=rng.choice(["search_read", "write", "read"]),
        seconds=rng.random() * 2,
        outcome=rng.choice(["ok", "ok", "ok", "unreachable", "user_refused"]),
    )


def _gap(rng: random.Random, both: tuple[Connection, ...], n: int, at: datetime) -> Gap:
    found = _ago(rng, at, 40)
    said: dict[str, Any] = {}
    if rng.random() < 0.8:
        closed = min(found + timedelta(hours=rng.randrange(90)), at)
        said = {"repaired_at": closed, "repaired_how": Repair.READ_AGAIN}
    return Gap(
        connection=rng.choice(both),
        source="receipts",
        model="stock.picking",
        record_id=n,
        what=rng.choice([GapKind.MISSED, GapKind.DIVERGED, GapKind.DELETED]),
        expected_by=Expected.WEBHOOK,
        since=found - timedelta(minutes=rng.randrange(1, 900)),
        found_at=found,
        seen_at=found,
        **said,
    )


def _refusals(rng: random.Random, tower: Tower, at: datetime) -> list[Refusal]:
    source = EventSource.objects.create(
        name="Parcels",
        adapter="generic",
        connection=tower.connection,
        site=tower.site,
        per_minute=60,
        path_digest="digest",
        sealed_path="sealed",
        made_at=at,
    )
    return Refusal.objects.bulk_create(
        Refusal(
            source=source,
            day=(at - timedelta(days=days)).date(),
            reason=reason,
            count=rng.randrange(1, 9),
            last_at=at,
        )
        for days in range(40)
        for reason in (TurnedAway.SIGNATURE, TurnedAway.TOO_MANY)
    )


def _action(
    rng: random.Random, both: tuple[Connection, ...], n: int, at: datetime
) -> ScheduledAction:
    return ScheduledAction(
        connection=rng.choice(both),
        cron_id=n,
        name=f"Action {n}",
        state=rng.choice(["fine", "fine", "late", "failing", "switched_off", "never_on"]),
        since=at,
        seen_at=at,
    )
