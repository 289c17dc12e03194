"""Figures of the integrations, over the connections that serve the sites of a scope. Reads only.

Kinds, tiers, teams and owners are of cases, and tell nothing apart here. A delivery, a gap or a
call has no site, so that days are days in UTC. What is old is forgotten: a range that begins
before what is kept is counted from `kept_from` on. The cost follows what is kept of the range, by
index; what waits, is dead or is open now has partial indexes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from exceptions.models import Connection, OutboxMessage, Site
from exceptions.queries.scope import Scope
from exceptions.vocabulary import UNFINISHED, OutboxState
from integrations.models import (
    TROUBLED,
    DeliveryState,
    Gap,
    InboxDelivery,
    Refusal,
    ScheduledAction,
)
from integrations.rounds import KEEP_CALLS

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What came in the range. `repeats` came on top of `repeated`; `retries` were tries after the
    first, of `retried`.
    """

    n: int
    set_aside: int
    repeated: int
    repeats: int
    retried: int
    retries: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many of a day (UTC) were `what`."""

    day: date
    what: str
    n: int


@dataclass(frozen=True, slots=True)
class Pile:
    """Deliveries of the inbox and messages of the outbox, now."""

    inbox: int
    outbox: int


@dataclass(frozen=True, slots=True)
class Ages:
    """Seconds; None where there is none."""

    n: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one verb, or (verb "") of all; percentiles in seconds, None without a call."""

    verb: str
    n: int
    failed: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Source:
    """A connection that is in use, now: seconds since all of it was last read through (None:
    never), and until its key ends (None: not known).
    """

    pk: int
    name: str
    lag: float | None
    key_left: float | None


def delivery_days() -> timedelta:
    return timedelta(days=settings.TOWER_KEEP_DELIVERIES)


def ledger_days() -> timedelta:
    return timedelta(days=settings.TOWER_KEEP_LEDGER)


def kept_from(scope: Scope, kept: timedelta) -> date:
    """The first day of which everything is still there."""
    return (scope.at - kept).astimezone(UTC).date() + A_DAY


def first_day(scope: Scope, kept: timedelta) -> date:
    return max(scope.first_day, kept_from(scope, kept))


def bounds(scope: Scope, kept: timedelta) -> tuple[datetime, datetime]:
    """The instants of what is counted: from the first on, before the second."""
    return beginning(first_day(scope, kept)), beginning(scope.last_day + A_DAY)


def beginning(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def serving(scope: Scope) -> QuerySet[Connection]:
    sites = Site.objects.filter(pk__in=scope.sites).values("connection_id")
    return Connection.objects.filter(pk__in=sites).order_by("name", "pk")


def deliveries(scope: Scope) -> Deliveries:
    repeated, retried = Q(duplicates__gt=0), Q(attempts__gt=1)
    found = _received(scope).aggregate(
        n=Count("pk"),
        set_aside=Count("pk", filter=Q(state=DeliveryState.SET_ASIDE)),
        repeated=Count("pk", filter=repeated),
        repeats=Sum("duplicates", default=0),
        retried=Count("pk", filter=retried),
        retries=Sum(F("attempts") - 1, filter=retried, default=0),
    )
    return Deliveries(**found)


def deliveries_by_day(scope: Scope) -> list[DayCount]:
    """By the state in which they are now."""
    return _by_day(_received(scope), "received_at", "state")


def _received(scope: Scope) -> QuerySet[InboxDelivery]:
    since, until = bounds(scope, delivery_days())
    found = InboxDelivery.objects.filter(connection__in=serving(scope))
    return found.filter(received_at__gte=since, received_at__lt=until)


def turned_away(scope: Scope) -> dict[str, int]:
    """Deliveries that the doors of event sources did not let in, by why."""
    found = Refusal.objects.filter(
        source__connection__in=serving(scope), day__range=(scope.first_day, scope.last_day)
    )
    return dict(found.values_list("reason").annotate(Sum("count")))


def dead(scope: Scope) -> Pile:
    """What ended undone, and stays until somebody puts it back."""
    return Pile(
        _in_inbox(scope).filter(state=DeliveryState.SET_ASIDE).count(),
        _in_outbox(scope).filter(state=OutboxState.FAILED).count(),
    )


def waiting(scope: Scope) -> Pile:
    return Pile(
        _in_inbox(scope).filter(state=DeliveryState.WAITING).count(),
        _in_outbox(scope).filter(state__in=UNFINISHED).count(),
    )


def _in_inbox(scope: Scope) -> QuerySet[InboxDelivery]:
    return InboxDelivery.objects.filter(connection__in=serving(scope))


def _in_outbox(scope: Scope) -> QuerySet[OutboxMessage]:
    """Messages about cases of the sites."""
    return OutboxMessage.objects.filter(case__site__in=scope.sites)


def open_gaps(scope: Scope) -> Ages:
    """Those open now, and since when the news had been due."""
    return Ages(*_row("open_gaps", scope))


def gaps_by_day(scope: Scope) -> list[DayCount]:
    """Those found in the range, by what was wrong."""
    since, until = bounds(scope, ledger_days())
    found = _gaps(scope).filter(found_at__gte=since, found_at__lt=until)
    return _by_day(found, "found_at", "what")


def gaps_repaired(scope: Scope) -> int:
    since, until = bounds(scope, ledger_days())
    return _gaps(scope).filter(repaired_at__gte=since, repaired_at__lt=until).count()


def _gaps(scope: Scope) -> QuerySet[Gap]:
    return Gap.objects.filter(connection__in=serving(scope))


def calls(scope: Scope) -> list[Calls]:
    """All of them first, then each verb, the most frequent first."""
    since, until = bounds(scope, KEEP_CALLS)
    return [Calls(*row) for row in _rows("calls_by_verb", scope, since=since, until=until)]


def sources(scope: Scope) -> list[Source]:
    found = serving(scope).filter(enabled=True, odoo__user_id__isnull=False)
    return [
        Source(
            each.pk,
            each.name,
            (scope.at - each.read_at).total_seconds() if each.read_at else None,
            (ends - scope.at).total_seconds() if (ends := each.odoo.key_expires_at) else None,
        )
        for each in found.select_related("odoo")
    ]


def actions(scope: Scope) -> tuple[int, int]:
    """Scheduled actions of Odoo that do not run as they should, and all of them."""
    found = ScheduledAction.objects.filter(connection__in=serving(scope))
    told = found.aggregate(bad=Count("pk", filter=Q(state__in=TROUBLED)), n=Count("pk"))
    return told["bad"], told["n"]


def troubled_actions(scope: Scope) -> list[ScheduledAction]:
    found = ScheduledAction.objects.filter(connection__in=serving(scope), state__in=TROUBLED)
    return list(found.select_related("connection").order_by("since", "name"))


def _by_day(found: QuerySet[InboxDelivery] | QuerySet[Gap], at: str, what: str) -> list[DayCount]:
    by = found.order_by().values_list(TruncDate(at, tzinfo=UTC), what).annotate(n=Count("pk"))
    return [DayCount(*row) for row in sorted(by)]


def _row(name: str, scope: Scope) -> tuple[Any, ...]:
    (found,) = _rows(name, scope)
    return found


def _rows(name: str, scope: Scope, **more: datetime) -> list[tuple[Any, ...]]:
    ids = list(serving(scope).values_list("pk", flat=True))
    with database.cursor() as cursor:
        cursor.execute(_statement(name), {"connections": ids, "at": scope.at, **more})
        return list(cursor.fetchall())


@cache
def _statement(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
