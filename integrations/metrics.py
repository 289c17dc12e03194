"""What Prometheus asks for, counted in the tables when it asks: they are the queues.

Every process answers the same, as none keeps counters of its own; restarts lose nothing. What is
"of the last day" is a gauge and no counter: rows are forgotten after a while, counters never fall.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db import connection as database
from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Coalesce, Greatest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from exceptions.models import Case, Clock, OutboxMessage
from exceptions.queries import unowned
from exceptions.vocabulary import OPEN_STATES, UNFINISHED, ClockState, OutboxState
from integrations import canaries, health, sent_looks
from integrations.health import RECENT, ConnectionHealth, Standing
from integrations.models import DeliveryState, Gap, InboxDelivery, OdooAccess

Row = tuple[Iterable[object], float]


def text(*, at: datetime) -> bytes:
    """All of it, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Tables(at))
    return generate_latest(registry)


class Tables(Collector):
    """Reads the tables once, as of `at`."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: asked for when it is registered, and the tables need not be read for that."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _inbox(self._at)
        yield from _outbox(self._at)
        yield from _connections(self._at)
        yield from _sent(self._at)
        yield from _canaries(self._at)
        yield from _cases(self._at)


def _gauge(name: str, says: str, labels: tuple[str, ...], rows: Iterable[Row]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"tower_{name}", says, labels=labels)
    for values, number in rows:
        family.add_metric([str(value) for value in values], number)
    return family


def _inbox(at: datetime) -> Iterator[GaugeMetricFamily]:
    """By the index of each state, and that of what came lately."""
    left = Q(state__in=[DeliveryState.WAITING, DeliveryState.SET_ASIDE])
    deliveries = InboxDelivery.objects.annotate(by=Coalesce("source__name", "connection__name"))
    rows = list(
        deliveries.filter(left)
        .values_list("by", "state")
        .annotate(n=Count("pk"), oldest=Min("received_at"))
        .order_by("by", "state")
    )
    yield _gauge(
        "inbox_deliveries",
        "Deliveries that wait, or were set aside",
        ("source", "state"),
        (((name, state), n) for name, state, n, _ in rows),
    )
    yield _gauge(
        "inbox_oldest_seconds",
        "Age of the oldest of them",
        ("source", "state"),
        (((name, state), (at - oldest).total_seconds()) for name, state, _, oldest in rows),
    )
    recent = deliveries.filter(received_at__gte=at - RECENT).values_list("by")
    came = list(recent.annotate(n=Count("pk"), twice=Sum("duplicates")).order_by("by"))
    yield _gauge(
        "inbox_day_deliveries",
        "Deliveries that came in the last 24 hours",
        ("source",),
        (((name,), n) for name, n, _ in came),
    )
    yield _gauge(
        "inbox_day_duplicates",
        "Of these, how often one came again",
        ("source",),
        (((name,), twice) for name, _, twice in came),
    )


def _outbox(at: datetime) -> Iterator[GaugeMetricFamily]:
    labels = ("target", "verb", "state")
    left = OutboxMessage.objects.filter(state__in=[*UNFINISHED, OutboxState.FAILED])
    again = Sum(Greatest(F("attempts") - 1, 0))
    rows = list(
        left.values_list(*labels)
        .annotate(n=Count("pk"), oldest=Min("created_at"), again=again)
        .order_by(*labels)
    )
    yield _gauge(
        "outbox_messages",
        "Messages that are not done; failed ones wait for a person",
        labels,
        ((row[:3], row[3]) for row in rows),
    )
    yield _gauge(
        "outbox_oldest_seconds",
        "Age of the oldest of them",
        labels,
        ((row[:3], (at - row[4]).total_seconds()) for row in rows),
    )
    yield _gauge(
        "outbox_retries",
        "How often they were tried again",
        labels,
        ((row[:3], row[5]) for row in rows),
    )
    yield _gauge(
        "outbox_day_delivery_seconds",
        "From the intent to its proof, of what was proved in the last 24 hours",
        ("target", "verb", "quantile"),
        _delivery_times(at),
    )


@cache
def _delivery_sql() -> str:
    return (Path(__file__).parent / "sql" / "delivery_times.sql").read_text()


def _delivery_times(at: datetime) -> Iterator[Row]:
    with database.cursor() as cursor:
        cursor.execute(_delivery_sql(), {"since": at - RECENT, "at": at})
        for target, verb, *seconds in cursor.fetchall():
            yield from _quantiles((target, verb), seconds)


def _quantiles(labels: tuple[object, ...], seconds: Iterable[float]) -> Iterator[Row]:
    for name, value in zip(("0.5", "0.95", "0.99"), seconds, strict=True):
        yield (*labels, name), value


def _connections(at: datetime) -> Iterator[GaugeMetricFamily]:
    found = health.connections(health.visible_connections(None), at=at)
    names = {one.connection.pk: one.connection.name for one in found}
    yield _gauge(
        "connection_up",
        "1 while the source is read without trouble",
        ("connection",),
        (((n,), float(one.standing == Standing.CONNECTED)) for n, one in _named(found)),
    )
    yield _gauge(
        "sync_lag_seconds",
        "Since all of the source was last read through; absent when it never was",
        ("connection",),
        (((n,), one.lag.total_seconds()) for n, one in _named(found) if one.lag is not None),
    )
    yield _gauge(
        "api_key_expires_seconds",
        "Until the key of the source ends, where it says so",
        ("connection",),
        (((n,), end.total_seconds()) for n, one in _named(found) if (end := one.key_ends_in)),
    )
    calls = health.calls([one.connection for one in found], at=at)
    of = ("connection", "model", "method")
    yield _gauge(
        "day_calls",
        "Calls of the source in the last 24 hours",
        of,
        (((names[c.connection_id], c.model, c.method), c.n) for c in calls),
    )
    yield _gauge(
        "day_failed_calls",
        "Of these, those that failed, by how",
        (*of, "error"),
        (
            ((names[c.connection_id], c.model, c.method, error), n)
            for c in calls
            for error, n in c.outcomes.items()
        ),
    )
    yield _gauge(
        "day_call_seconds",
        "How long they took",
        (*of, "quantile"),
        (
            row
            for c in calls
            for row in _quantiles(
                (names[c.connection_id], c.model, c.method), (c.p50, c.p95, c.p99)
            )
        ),
    )
    yield from _gaps(at)


def _named(found: Iterable[ConnectionHealth]) -> Iterator[tuple[str, ConnectionHealth]]:
    return ((one.connection.name, one) for one in found)


def _gaps(at: datetime) -> Iterator[GaugeMetricFamily]:
    labels = ("connection__name", "what")
    left = Gap.objects.filter(repaired_at=None).values_list(*labels)
    rows = list(left.annotate(n=Count("pk"), oldest=Min("since")).order_by(*labels))
    yield _gauge(
        "gaps",
        "Records that differ from the source, and are not repaired",
        ("connection", "what"),
        ((row[:2], row[2]) for row in rows),
    )
    yield _gauge(
        "gaps_oldest_seconds",
        "Age of the oldest of them",
        ("connection", "what"),
        ((row[:2], (at - row[3]).total_seconds()) for row in rows),
    )


def _sent(at: datetime) -> Iterator[GaugeMetricFamily]:
    every = sent_looks.visible(health.visible_connections(None), None, at=at)
    labels = ("connection__name", "look__found")
    rows = every.order_by().values_list(*labels).annotate(n=Count("pk")).order_by(*labels)
    yield _gauge(
        "sent_messages",
        "Messages proved in the last 30 days, by what the last look in the source found of them",
        ("connection", "found"),
        (((name, found or sent_looks.NOT_YET), n) for name, found, n in rows),
    )


def _canaries(at: datetime) -> Iterator[GaugeMetricFamily]:
    """Of the last walk that ended, where a canary is switched on."""
    accesses = OdooAccess.objects.filter(canary__enabled=True).select_related("connection")
    ended = [
        (access.connection.name, run)
        for access in accesses.order_by("connection__name")
        if (run := canaries.latest(access.connection))
    ]
    yield _gauge(
        "canary_passed",
        "1 where the last canary came through the whole way",
        ("connection",),
        (((name,), float(run.passed)) for name, run in ended),
    )
    yield _gauge(
        "canary_seconds",
        "How long it took from Odoo to the tower and back; absent where it did not come through",
        ("connection",),
        (((name,), run.seconds) for name, run in ended if run.passed and run.seconds is not None),
    )
    yield _gauge(
        "canary_age_seconds",
        "Since it was sent: rises where none is sent any more",
        ("connection",),
        (((name,), (at - run.started_at).total_seconds()) for name, run in ended),
    )


def _cases(at: datetime) -> Iterator[GaugeMetricFamily]:
    opened = Case.objects.filter(state__in=OPEN_STATES).values_list("kind", "tier")
    yield _gauge(
        "open_cases",
        "Cases that are neither resolved nor closed",
        ("kind", "tier"),
        ((row[:2], row[2]) for row in opened.annotate(n=Count("pk")).order_by("kind", "tier")),
    )
    yield _gauge(
        "unowned_cases",
        "Open cases that nobody owns who may work on them: any is an alarm",
        (),
        [((), unowned.count())],
    )
    over = Clock.objects.filter(state=ClockState.BREACHED, stopped_at=None).values_list("kind")
    yield _gauge(
        "overdue_clocks",
        "Clocks that ran out, and what they wait for has not come yet",
        ("clock",),
        ((row[:1], row[1]) for row in over.annotate(n=Count("pk")).order_by("kind")),
    )
    late = Clock.objects.filter(state=ClockState.RUNNING, due_at__lt=at).values_list("kind")
    yield _gauge(
        "unswept_clocks",
        "Clocks that ran out and were not noticed: rises when the worker does not tick",
        ("clock",),
        ((row[:1], row[1]) for row in late.annotate(n=Count("pk")).order_by("kind")),
    )
    waits = late.aggregate(first=Min("due_at"))["first"]
    yield _gauge(
        "sweep_lag_seconds",
        "Since the first of them ran out; 0 while the worker ticks",
        (),
        [((), (at - waits if waits else timedelta()).total_seconds())],
    )
