"""Deliveries looked for, looked at, and put back: one, or all that a filter finds."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from exceptions import nudges
from exceptions.models import Connection
from integrations.models import DeliveryState, InboxDelivery

SHOWN = 100
MOST_REPLAYED = 10_000  # at once; the rest is found again by the same filter
MOST_CHARACTERS = 20_000  # of a body
WORK_TASKS = ("integrations.tasks.work_inbox", "integrations.tasks.work_events")
REPEATED, RETRIED = "repeated", "retried"
AGAIN = {REPEATED: Q(duplicates__gt=0), RETRIED: Q(attempts__gt=1)}
ENDED = (DeliveryState.DONE, DeliveryState.SET_ASIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """What deliveries are looked for. `record` is the beginning of their key, as in
    `stock.picking:1204`; `source` 0 stands for the connections' own Odoos. From `since` on, before
    `until`. `among`: only of these connections. `again`: what came (REPEATED) or was tried
    (RETRIED) more than once.
    """

    connection: int | None = None
    source: int | None = None
    state: str = ""
    record: str = ""
    since: datetime | None = None
    until: datetime | None = None
    among: tuple[int, ...] = ()
    again: str = ""

    @property
    def asks(self) -> Q:
        asked = Q()
        if self.connection is not None:
            asked &= Q(connection=self.connection)
        if self.source is not None:
            asked &= Q(source=self.source) if self.source else Q(source=None)
        if self.state:
            asked &= Q(state=self.state)
        if self.record:
            asked &= Q(key__startswith=self.record)
        if self.since:
            asked &= Q(received_at__gte=self.since)
        if self.until:
            asked &= Q(received_at__lt=self.until)
        if self.among:
            asked &= Q(connection__in=self.among)
        if self.again:
            asked &= AGAIN[self.again]
        return asked


def matching(visible: QuerySet[Connection], wanted: DeliveryFilter) -> QuerySet[InboxDelivery]:
    """The newest first."""
    found = InboxDelivery.objects.filter(wanted.asks, connection__in=visible)
    return found.order_by("-received_at", "-id")


def replay(deliveries: QuerySet[InboxDelivery], who: str, *, at: datetime) -> int:
    """Put those back that were worked through or set aside; how many.

    Nothing is done twice by that: records are read back as they are, and scans are known by their
    keys. What waits anyway is left alone.
    """
    ids = list(deliveries.filter(state__in=ENDED).values_list("pk", flat=True)[:MOST_REPLAYED])
    return _put_back(ids, who, at)


@transaction.atomic
def _put_back(ids: list[int], who: str, at: datetime) -> int:
    ended = InboxDelivery.objects.filter(pk__in=ids, state__in=ENDED)
    locked = list(ended.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    changed = InboxDelivery.objects.filter(pk__in=locked).update(
        state=DeliveryState.WAITING,
        attempts=0,
        failures=0,
        next_attempt_at=at,
        done_at=None,
        outcome=f"Put back by {who}"[:300],
    )
    if changed:
        for task in WORK_TASKS:
            nudges.after_commit(task)
    return changed


def body_in_words(delivery: InboxDelivery) -> tuple[str, int]:
    """The body as people read it, and how many characters of it are left out: JSON is set out line
    by line, and what is no text is shown as well as it can be.
    """
    text = bytes(delivery.body).decode("utf-8", "backslashreplace")
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text[:MOST_CHARACTERS], max(len(text) - MOST_CHARACTERS, 0)
