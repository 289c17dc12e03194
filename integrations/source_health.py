"""How sources of events are doing: when each last spoke, what came today, whether it is silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from django.db.models import Count, Max, Q, Sum

from exceptions import business_time, calendars
from integrations.models import DeliveryState, EventSource, InboxDelivery, Refusal, TurnedAway


class Standing(StrEnum):
    """How a source stands; the worst that is true."""

    OFF = "off"
    SILENT = "silent"
    REFUSED = "refused"  # all that came today
    NEW = "new"
    HEARD = "heard"


@dataclass(frozen=True, slots=True)
class Today:
    """What came since midnight, UTC."""

    accepted: int = 0
    duplicates: int = 0
    waiting: int = 0
    aside: int = 0
    refused: dict[str, int] = field(default_factory=dict)  # by the reason, in words

    @property
    def turned_away(self) -> int:
        return sum(self.refused.values())


@dataclass(frozen=True, slots=True)
class SourceHealth:
    standing: Standing
    last_at: datetime | None
    today: Today


def of(sources: Sequence[EventSource], *, at: datetime) -> dict[int, SourceHealth]:
    """By id. Each question by its own index: the cost does not grow with what lies behind."""
    last = _last(sources)
    today = _today(sources, at)
    found = {}
    for source in sources:
        mine = today.get(source.pk, Today())
        found[source.pk] = SourceHealth(
            _standing(source, last.get(source.pk), mine, at), last.get(source.pk), mine
        )
    return found


def silent_from(source: EventSource, last_at: datetime | None) -> datetime | None:
    """Until this instant it may say nothing; None where nothing is expected of it. Counted in the
    working hours of its site, from what it last said, or from when it was made.
    """
    if source.expects_every is None:
        return None
    hours = calendars.hours_of(calendars.of_site(source.site))
    span = timedelta(minutes=source.expects_every)
    try:
        return business_time.after(hours, last_at or source.made_at, span)
    except business_time.NeverOpen:
        return None


def _standing(
    source: EventSource, last_at: datetime | None, today: Today, at: datetime
) -> Standing:
    if not source.enabled:
        return Standing.OFF
    silent = silent_from(source, last_at)
    if silent is not None and silent < at:
        return Standing.SILENT
    if today.turned_away and not today.accepted:
        return Standing.REFUSED
    return Standing.HEARD if last_at else Standing.NEW


def _last(sources: Sequence[EventSource]) -> Mapping[int, datetime]:
    """When each was last let in."""
    found = {}
    for source in sources:
        latest = InboxDelivery.objects.filter(source=source).aggregate(at=Max("received_at"))["at"]
        if latest:
            found[source.pk] = latest
    return found


def _today(sources: Sequence[EventSource], at: datetime) -> dict[int, Today]:
    day = at.astimezone(UTC).date()
    midnight = datetime.combine(day, time.min, UTC)
    came = InboxDelivery.objects.filter(source__in=sources, received_at__gte=midnight)
    counted = came.values("source_id").annotate(
        accepted=Count("pk"),
        duplicates=Sum("duplicates"),
        waiting=Count("pk", filter=Q(state=DeliveryState.WAITING)),
        aside=Count("pk", filter=Q(state=DeliveryState.SET_ASIDE)),
    )
    rows = {row["source_id"]: row for row in counted}
    refused: dict[int, dict[str, int]] = {}
    for each in Refusal.objects.filter(source__in=sources, day=day):
        refused.setdefault(each.source_id, {})[str(TurnedAway(each.reason).label)] = each.count
    found = {}
    for pk in {*rows, *refused}:
        row = rows.get(pk)
        found[pk] = Today(
            accepted=row["accepted"] if row else 0,
            duplicates=row["duplicates"] if row else 0,
            waiting=row["waiting"] if row else 0,
            aside=row["aside"] if row else 0,
            refused=refused.get(pk, {}),
        )
    return found
