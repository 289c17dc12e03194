"""How the adapters are doing: connections, readings, calls, inbox and outbox. Reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.db import connection as database
from django.db.models import Count, Min, Q, QuerySet, Sum

from exceptions.models import Connection, OutboxMessage
from exceptions.vocabulary import UNFINISHED, OutboxState
from integrations.models import (
    TROUBLED,
    DeliveryState,
    InboxDelivery,
    OdooAccess,
    OdooCall,
    ScheduledAction,
    SyncCursor,
)

RECENT = timedelta(hours=24)
LATE = timedelta(minutes=2)
STUCK = timedelta(minutes=15)
SHOWN = 50  # rows of a list; its count says how many there are
WAITING_SHOWN = 10  # of what waits, which needs nobody

Sites = frozenset[int] | None  # None: every site


class Standing(StrEnum):
    """How a connection stands; the worst that is true."""

    OFF = "off"
    UNPROVED = "unproved"  # no probe has got in yet
    FAILING = "failing"
    STUCK = "stuck"
    LATE = "late"
    CONNECTED = "connected"


@dataclass(frozen=True, slots=True)
class Speed:
    """Calls of one method, or (without a model) of a connection. Percentiles are in seconds."""

    connection_id: int
    model: str | None
    method: str | None
    n: int
    failed: int
    p50: float
    p95: float
    p99: float
    outcomes: dict[str, int] = field(default_factory=dict)  # failures by outcome


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """`lag` is the time since all of it was last read through; None when it never was."""

    connection: Connection
    access: OdooAccess | None
    standing: Standing
    lag: timedelta | None
    key_ends_in: timedelta | None
    speed: Speed | None
    cursors: list[SyncCursor]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Deliveries: what waits now, and what came of the last 24 hours."""

    waiting: int
    oldest: datetime | None
    done: int
    duplicates: int
    set_aside: int
    aside: list[InboxDelivery]


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages that are not confirmed yet, and what was in the last 24 hours."""

    waiting: int
    oldest: datetime | None
    ambiguous: int
    failed: int
    confirmed: int
    shown: list[OutboxMessage]

    @property
    def not_shown(self) -> int:
        return self.waiting + self.ambiguous + self.failed - len(self.shown)


@dataclass(frozen=True, slots=True)
class Actions:
    """What an Odoo does by itself: how many scheduled actions it has, and those that somebody
    should look at. With a `note` they could not be read lately, and it says why.
    """

    connection: Connection
    note: str
    read_at: datetime | None
    n: int
    troubled: list[ScheduledAction]


def visible_connections(sites: Sites) -> QuerySet[Connection]:
    """The connections that serve one of the sites."""
    found = Connection.objects.order_by("name")
    return found if sites is None else found.filter(sites__in=sites).distinct()


def connections(visible: QuerySet[Connection], *, at: datetime) -> list[ConnectionHealth]:
    found = list(visible.select_related("odoo").prefetch_related("cursors"))
    speeds = {s.connection_id: s for s in speed(found, at=at) if s.model is None}
    return [_health(connection, speeds.get(connection.pk), at) for connection in found]


def _health(connection: Connection, speed: Speed | None, at: datetime) -> ConnectionHealth:
    access = getattr(connection, "odoo", None)
    cursors = sorted(connection.cursors.all(), key=lambda cursor: cursor.source)
    lag = at - connection.read_at if connection.read_at else None
    ends = access.key_expires_at - at if access and access.key_expires_at else None
    standing = _standing(connection, access, cursors, lag)
    return ConnectionHealth(connection, access, standing, lag, ends, speed, cursors)


def _standing(
    connection: Connection,
    access: OdooAccess | None,
    cursors: Sequence[SyncCursor],
    lag: timedelta | None,
) -> Standing:
    if not connection.enabled:
        return Standing.OFF
    if access is None or access.user_id is None:
        return Standing.UNPROVED
    if any(cursor.error for cursor in cursors):
        return Standing.FAILING
    if lag is None or lag <= LATE:
        return Standing.CONNECTED if lag is not None else Standing.LATE
    return Standing.STUCK if lag > STUCK else Standing.LATE


def calls(found: Sequence[Connection], *, at: datetime) -> list[Speed]:
    """The last 24 hours by connection and method, most failures first."""
    return [row for row in speed(found, at=at) if row.model is not None]


@cache
def _call_health() -> str:
    return (Path(__file__).parent / "sql" / "call_health.sql").read_text()


def speed(found: Sequence[Connection], *, at: datetime) -> list[Speed]:
    """As `calls`, with one row more for each connection as a whole."""
    ids = [connection.pk for connection in found]
    with database.cursor() as cursor:
        cursor.execute(_call_health(), {"connections": ids, "since": at - RECENT, "at": at})
        rows = cursor.fetchall()
    outcomes = _outcomes(ids, at)
    return [Speed(*(*row, outcomes[row[:3]])) for row in rows]


def _outcomes(
    ids: list[int], at: datetime
) -> dict[tuple[int, str | None, str | None], dict[str, int]]:
    """How failed calls ended, by method, and (None, None) by connection."""
    recent = OdooCall.objects.filter(connection__in=ids, at__gte=at - RECENT, at__lte=at)
    failed = recent.exclude(outcome="ok").values_list("connection_id", "model", "method", "outcome")
    told: dict[tuple[int, str | None, str | None], dict[str, int]] = defaultdict(dict)
    for connection_id, model, method, outcome, n in failed.annotate(n=Count("pk")).order_by("-n"):
        told[connection_id, model, method][outcome] = n
        whole = told[connection_id, None, None]
        whole[outcome] = whole.get(outcome, 0) + n
    return told


def inbox(visible: QuerySet[Connection], *, at: datetime) -> Inbox:
    """Each question by its own index: the cost does not grow with what lies behind."""
    deliveries = InboxDelivery.objects.filter(connection__in=visible)
    waiting = deliveries.filter(state=DeliveryState.WAITING)
    recent = deliveries.filter(received_at__gte=at - RECENT)
    aside = deliveries.filter(state=DeliveryState.SET_ASIDE)
    return Inbox(
        **waiting.aggregate(waiting=Count("pk"), oldest=Min("received_at")),
        **recent.aggregate(
            done=Count("pk", filter=Q(state=DeliveryState.DONE)),
            duplicates=Sum("duplicates", default=0),
        ),
        set_aside=aside.count(),
        aside=list(aside.select_related("connection").order_by("-received_at", "-id")[:SHOWN]),
    )


def actions(visible: QuerySet[Connection]) -> list[Actions]:
    """Odoo's own scheduled actions, of every connection where they were asked for."""
    asked = visible.filter(odoo__actions_read_at__isnull=False).select_related("odoo")
    found: dict[int, list[ScheduledAction]] = defaultdict(list)
    for action in ScheduledAction.objects.filter(connection__in=asked).order_by("since", "name"):
        found[action.connection_id].append(action)
    return [
        Actions(
            connection,
            connection.odoo.actions_note,
            connection.odoo.actions_read_at,
            len(found[connection.pk]),
            [action for action in found[connection.pk] if action.state in TROUBLED],
        )
        for connection in asked
    ]


def outbox(visible: QuerySet[Connection], sites: Sites, *, at: datetime) -> Outbox:
    """Messages about cases of the sites."""
    messages = OutboxMessage.objects.filter(connection__in=visible)
    if sites is not None:
        messages = messages.filter(case__site__in=sites)
    unfinished = messages.filter(state__in=UNFINISHED)
    failed = messages.filter(state=OutboxState.FAILED)
    recent = messages.filter(state=OutboxState.CONFIRMED, read_back_at__gte=at - RECENT)
    doubtful = Q(state=OutboxState.AMBIGUOUS)
    return Outbox(
        **unfinished.aggregate(
            waiting=Count("pk", filter=~doubtful),
            oldest=Min("created_at", filter=~doubtful),
            ambiguous=Count("pk", filter=doubtful),
        ),
        failed=failed.count(),
        confirmed=recent.count(),
        shown=_worst_first(failed, unfinished),
    )


def _worst_first(
    failed: QuerySet[OutboxMessage], unfinished: QuerySet[OutboxMessage]
) -> list[OutboxMessage]:
    """Failed, then ambiguous, then what waits, the oldest of which is next."""
    doubtful = unfinished.filter(state=OutboxState.AMBIGUOUS).order_by("-created_at", "-id")
    waiting = unfinished.exclude(state=OutboxState.AMBIGUOUS).order_by("created_at", "id")
    found: list[OutboxMessage] = []
    for messages, most in (
        (failed.order_by("-created_at", "-id"), SHOWN),
        (doubtful, SHOWN),
        (waiting, WAITING_SHOWN),
    ):
        found += messages.select_related("connection", "case__document", "decision")[:most]
    return found
