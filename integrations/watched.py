"""What is watched: connections and sources of events, and what is seen of each. Reads only.

Each question is asked once for all of them, by an index of what is wrong: the cost does not grow
with what goes well.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Max, Min, Q, QuerySet

from exceptions.models import Connection, OutboxMessage, Site
from exceptions.vocabulary import KindCode, OutboxState
from integrations import source_health
from integrations.faults import Left, Looked
from integrations.models import (
    TROUBLED,
    CanaryRun,
    DeliveryState,
    EventSource,
    Gap,
    Hop,
    InboxDelivery,
    OdooAccess,
    OdooRules,
    ScheduledAction,
)

# A trial event comes back within seconds; Odoo's queue may take a minute.
UNHEARD_AFTER = timedelta(minutes=2)
ACTIONS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Thing:
    """A connection, or a source of events, as it was looked at; its cases stand at `site`."""

    connection: Connection
    source: EventSource | None
    site: Site
    looked: Looked

    @property
    def key(self) -> tuple[int, int | None]:
        return self.connection.pk, self.source.pk if self.source else None

    @property
    def name(self) -> str:
        return str(self.source or self.connection)

    @property
    def code(self) -> str:
        """The subject of its cases."""
        if self.source:
            return f"source:{self.source.pk}"
        return f"connection:{self.connection.pk}"


@dataclass(slots=True)
class _Found:
    """What was seen of all connections, each question asked once; by connection."""

    aside: dict[tuple[int, int | None], Left] = field(default_factory=dict)
    refused: dict[int, Left] = field(default_factory=dict)
    gaps: dict[int, Left] = field(default_factory=dict)
    actions: dict[int, list[ScheduledAction]] = field(default_factory=dict)
    unheard: dict[int, datetime] = field(default_factory=dict)
    canaries: dict[int, str] = field(default_factory=dict)


def things(at: datetime) -> Iterator[Thing]:
    """Every connection that has a site, and every source of events."""
    found = _look()
    connections = Connection.objects.select_related("odoo").prefetch_related("cursors", "sites")
    for connection in connections.order_by("pk"):
        sites = sorted(connection.sites.all(), key=lambda site: site.external_id)
        if sites:
            yield Thing(connection, None, sites[0], _of_connection(connection, found, at))
    sources = list(EventSource.objects.select_related("connection", "site").order_by("pk"))
    standing = source_health.of(sources, at=at)
    for source in sources:
        looked = _of_source(source, standing[source.pk], found)
        yield Thing(source.connection, source, source.site, looked)


def _of_connection(connection: Connection, found: _Found, at: datetime) -> Looked:
    access: OdooAccess | None = getattr(connection, "odoo", None)
    actions = found.actions.get(connection.pk, [])
    return Looked(
        enabled=connection.enabled and access is not None,
        silences=access.silences if access else 0,
        errors=tuple(sorted({c.error for c in connection.cursors.all() if c.error})),
        lag=at - connection.read_at if connection.read_at else timedelta(),
        key_ends_at=access.key_expires_at if access else None,
        unheard_since=_unheard(found.unheard.get(connection.pk), at),
        canary=found.canaries.get(connection.pk, ""),
        aside=found.aside.get((connection.pk, None)),
        refused=found.refused.get(connection.pk),
        gaps=found.gaps.get(connection.pk),
        actions=tuple(action.name for action in actions[:ACTIONS_NAMED]),
        actions_since=min((action.since for action in actions), default=None),
    )


def _unheard(asked_at: datetime | None, at: datetime) -> datetime | None:
    return asked_at if asked_at and at - asked_at > UNHEARD_AFTER else None


def _of_source(source: EventSource, standing: source_health.SourceHealth, found: _Found) -> Looked:
    today = standing.today
    return Looked(
        enabled=source.enabled and source.connection.enabled,
        aside=found.aside.get((source.connection_id, source.pk)),
        silent_from=source_health.silent_from(source, standing.last_at),
        turned_away=0 if today.accepted else today.turned_away,
        turned_away_as=tuple(today.refused),
    )


def _look() -> _Found:
    aside = InboxDelivery.objects.filter(state=DeliveryState.SET_ASIDE)
    refused = OutboxMessage.objects.filter(state=OutboxState.FAILED)
    # What tells of a fault is none itself: an e-mail about it that fails would keep it alive.
    refused = refused.exclude(case__kind=KindCode.INTEGRATION_FAILURE)
    gaps = Gap.objects.filter(repaired_at=None)
    tried = OdooRules.objects.filter(provisioned_at__isnull=False, asked_at__isnull=False)
    unheard = tried.filter(Q(arrived_at=None) | Q(arrived_at__lt=F("asked_at")))
    return _Found(
        aside={
            (connection, source): Left(first_at=first, last_at=last)
            for connection, source, first, last in aside.values_list("connection", "source")
            .annotate(first=Min("received_at"), last=Max("received_at"))
            .order_by()
        },
        refused=_left(refused, "created_at"),
        gaps=_left(gaps, "found_at"),
        actions=_by_connection(ScheduledAction.objects.filter(state__in=TROUBLED)),
        unheard={
            connection: asked_at
            for connection, asked_at in unheard.values_list("access__connection", "asked_at")
            if asked_at
        },
        canaries={
            run.access.connection_id: _stopped(run) for run in _last_walks() if not run.passed
        },
    )


def _last_walks() -> QuerySet[CanaryRun]:
    """Of each Odoo whose canary is sent, the last that ended."""
    ended = CanaryRun.objects.filter(access__canary__enabled=True, ended_at__isnull=False)
    newest = ended.order_by("access_id", "-started_at").distinct("access_id")
    return newest.select_related("access")


def _stopped(run: CanaryRun) -> str:
    return f"{Hop(run.broken_at).label}: {run.reason}"


def _left(rows: QuerySet[OutboxMessage] | QuerySet[Gap], stamp: str) -> dict[int, Left]:
    told = rows.values_list("connection").annotate(first=Min(stamp), last=Max(stamp)).order_by()
    return {connection: Left(first_at=first, last_at=last) for connection, first, last in told}


def _by_connection(actions: Iterable[ScheduledAction]) -> dict[int, list[ScheduledAction]]:
    found: dict[int, list[ScheduledAction]] = {}
    for action in sorted(actions, key=lambda each: (each.since, each.name)):
        found.setdefault(action.connection_id, []).append(action)
    return found
