"""Events: deliveries of sources, read by their adapters and worked through.

A batch is taken in at once, for carriers send in bursts. Whatever is wrong with one delivery
concerns that one alone.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection as database
from django.db import transaction

from exceptions.casework import Change
from integrations import scans
from integrations.carriers import ADAPTERS
from integrations.carriers.scan import Scan, Unreadable
from integrations.models import DeliveryState, InboxDelivery
from integrations.scans import Arrived, Became

logger = logging.getLogger(__name__)

BATCH = 200
LEASE = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
MOST_FAILURES = 8
MOST_SCANS = 2_000  # of one delivery
LONGEST_NAME = 80  # what is longer is no tracking number, and no carrier
UNEXPECTED = "It could not be taken in; the log says why."

Now = Callable[[], datetime]
Read = tuple[InboxDelivery, list[Scan]]


def work_due(now: Now, *, batch: int = BATCH) -> int:
    """Work through what is due; returns how many deliveries were taken."""
    taken = 0
    while deliveries := claim(at=now(), limit=batch):
        taken += len(deliveries)
        _work(deliveries, now)
    return taken


def claim(*, at: datetime, limit: int) -> list[InboxDelivery]:
    values: dict[str, Any] = {"at": at, "lease_until": at + LEASE, "limit": limit}
    with database.cursor() as cursor:
        cursor.execute(_sql("claim_events"), values)
        ids = [row[0] for row in cursor.fetchall()]
    found = InboxDelivery.objects.filter(pk__in=ids).select_related("source")
    return list(found.order_by("id"))


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


def _work(deliveries: Sequence[InboxDelivery], now: Now) -> None:
    """Together; those that failed before, and all of them where one fails, one by one."""
    reads = [(each, found) for each in deliveries if (found := _read(each, now())) is not None]
    new = [each for each in reads if each[0].attempts == 1]
    again = [each for each in reads if each[0].attempts > 1]
    if new and not _is_taken(new, now()):
        again = [*new, *again]
    for each in again:
        if not _is_taken([each], now()):
            _again_or_aside(each[0], now())


def _read(delivery: InboxDelivery, at: datetime) -> list[Scan] | None:
    """What the adapter reads; None, and set aside, where it is not what this source sends."""
    assert delivery.source is not None
    try:
        return read(delivery.source.adapter, bytes(delivery.body))
    except Unreadable as error:
        words = str(error)
    except Exception:
        logger.exception("Delivery %s of %s could not be read", delivery.pk, delivery.source)
        words = "It could not be read; the log says why."
    _end([delivery], DeliveryState.SET_ASIDE, [words], at)
    return None


def read(adapter: str, body: bytes) -> list[Scan]:
    """The scans of a body. Raises Unreadable."""
    found = ADAPTERS[adapter].read(body)
    if len(found) > MOST_SCANS:
        raise Unreadable(f"It tells of {len(found)} events; {MOST_SCANS} are the most.")
    for scan in found:
        _check_name("tracking number", scan.tracking)
        _check_name("carrier", scan.carrier)
    return found


def _check_name(what: str, said: str) -> None:
    if not said.strip() or len(said) > LONGEST_NAME or "\x00" in said:
        raise Unreadable(f"This is no {what}: {said[:LONGEST_NAME]!r}")


def _is_taken(reads: Sequence[Read], at: datetime) -> bool:
    """Take them in and end their deliveries, in one transaction; whether that went well."""
    arrived = [
        Arrived(delivery.source, scan, delivery.received_at)
        for delivery, found in reads
        for scan in found
        if delivery.source
    ]
    try:
        with transaction.atomic():
            became, changes = scans.take_in(arrived, at=at)
            told = iter(became)
            outcomes = [_outcome(Counter(next(told) for _scan in found)) for _d, found in reads]
            _end([each for each, _found in reads], DeliveryState.DONE, outcomes, at)
    except Exception:
        logger.exception("%s deliveries could not be taken in together", len(reads))
        return False
    if changes:
        logger.info("%s deliveries changed cases: %s", len(reads), _counted(changes))
    return True


def _outcome(told: Counter[Became]) -> str:
    return _counted(told) or "Nothing in it"


def _counted(told: Mapping[Became, int] | Mapping[Change, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in told.items())


def _end(
    deliveries: Sequence[InboxDelivery], state: DeliveryState, outcomes: Sequence[str], at: datetime
) -> None:
    for delivery, outcome in zip(deliveries, outcomes, strict=True):
        words = outcome.replace("\x00", "")[:300]
        delivery.state, delivery.outcome, delivery.done_at = state, words, at
    InboxDelivery.objects.bulk_update(deliveries, ["state", "outcome", "done_at"])


def _again_or_aside(delivery: InboxDelivery, at: datetime) -> None:
    delivery.failures += 1
    if delivery.failures >= MOST_FAILURES:
        delivery.state, delivery.done_at = DeliveryState.SET_ASIDE, at
    wait = min(FIRST_WAIT * (1 << min(delivery.attempts, 8)), LONGEST_WAIT)
    delivery.outcome, delivery.next_attempt_at = UNEXPECTED, at + wait
    delivery.save()
