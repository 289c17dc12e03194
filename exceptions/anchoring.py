"""Anchors: once a day, what all history came to is written down and given outside.

A chain shows what was changed within it. Who may write to the database could make a chain anew
from its first line on; an anchor that was kept elsewhere shows that, too.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Max

from exceptions import chains
from exceptions.models import Anchor, CaseEvent, SettingChange

log = logging.getLogger(__name__)

PATIENCE = "2s"  # for whoever writes history just then; else the next tick tries again
PAGE = 5000
ANCHOR_LOCK = 0xA7C402  # one anchor at a time


@dataclass(frozen=True, slots=True)
class Slipped:
    """An anchor that what it covers does not come to any more."""

    anchor: Anchor
    says: str


def drop(*, at: datetime) -> Anchor | None:
    """The anchor of the day before `at` (in UTC), of whatever stands now; None when it is there.

    It is logged, and added to the file of TOWER_ANCHOR_FILE where that is set.
    """
    day = at.astimezone(UTC).date() - timedelta(days=1)
    if Anchor.objects.filter(day__gte=day).exists():
        return None
    try:
        up_to = _newest_event()
    except OperationalError:  # somebody writes for longer than anchors wait
        return None
    anchor = _made(day, up_to, at)
    if anchor:
        _give_out(anchor)
    return anchor


def _newest_event() -> int:
    """The last id in the history, when no line with a smaller one can still come."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        cursor.execute("LOCK TABLE exceptions_caseevent IN SHARE MODE")
        found: int | None = CaseEvent.objects.aggregate(last=Max("pk"))["last"]
        return found or 0


@transaction.atomic
def _made(day: date, up_to: int, at: datetime) -> Anchor | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ANCHOR_LOCK])
    before = Anchor.objects.order_by("-day").first()
    if before and before.day >= day:
        return None
    line = SettingChange.objects.order_by("-number").first()
    anchor = Anchor(
        day=day,
        at=at,
        up_to=up_to,
        setting_number=line.number if line else 0,
        setting_hash=line.hash if line else "",
        previous_hash=before.hash if before else "",
    )
    anchor.events, covered = covers(before.up_to if before else 0, up_to)
    anchor.hash = digest(anchor, covered)
    anchor.save(force_insert=True)
    return anchor


def covers(after: int, up_to: int) -> tuple[int, str]:
    """How many case events have ids after `after` and up to `up_to`, and a SHA-256 over all their
    hashes in the order of their ids.
    """
    found, n = hashlib.sha256(), 0
    rows = CaseEvent.objects.filter(pk__gt=after, pk__lte=up_to).order_by("pk")
    for pk, sealed in rows.values_list("pk", "hash").iterator(chunk_size=PAGE):
        found.update(f"{pk} {sealed}\n".encode())
        n += 1
    return n, found.hexdigest()


def digest(anchor: Anchor, covered: str) -> str:
    """SHA-256 over everything an anchor says, what it covers, and the anchor before."""
    return chains.seal(
        {
            "day": anchor.day.isoformat(),
            "at": anchor.at.astimezone(UTC).isoformat(),
            "up_to": anchor.up_to,
            "events": anchor.events,
            "covered": covered,
            "setting_number": anchor.setting_number,
            "setting_hash": anchor.setting_hash,
            "previous": anchor.previous_hash,
        }
    )


def verify() -> Iterator[Slipped]:
    """Every anchor that does not hold; none when all do."""
    after, previous = 0, ""
    for anchor in Anchor.objects.order_by("day"):
        n, covered = covers(after, anchor.up_to)
        if n != anchor.events:
            yield Slipped(anchor, f"covered {anchor.events} events, of which {n} are left")
        elif not _settings_stand(anchor):
            yield Slipped(anchor, "the settings history up to it is another")
        elif anchor.previous_hash != previous:
            yield Slipped(anchor, "does not follow the anchor before it")
        elif anchor.hash != digest(anchor, covered):
            yield Slipped(anchor, "what it covers was changed")
        after, previous = anchor.up_to, anchor.hash


def _settings_stand(anchor: Anchor) -> bool:
    if not anchor.setting_number:
        return True
    lines = SettingChange.objects.filter(number=anchor.setting_number)
    return lines.filter(hash=anchor.setting_hash).exists()


def _give_out(anchor: Anchor) -> None:
    line = f"{anchor.day.isoformat()} {anchor.hash}"
    log.info("audit anchor %s", line)
    if settings.TOWER_ANCHOR_FILE:
        try:
            with Path(settings.TOWER_ANCHOR_FILE).open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            log.error("the audit anchor could not be written to its file: %s", error.strerror)
