"""The door for sources of events: who knocks is asked who they are before anything is stored.

Refused deliveries are counted by reason, and their bodies forgotten: what is not signed is nobody's
word. What is stored waits for `events`.
"""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.core.cache import cache as shared
from django.db import connection as database

from integrations import vault
from integrations.carriers import ADAPTERS
from integrations.models import EventSource, TurnedAway

LARGEST_BODY = 1024 * 1024
KEPT_HEADERS = ("Content-Type", "User-Agent", "Content-Length", "webhook-id")
LONGEST_KEY = 110  # of an id; the column has 120
MINUTE = 60  # seconds
PORTIONS = 50  # in which the deliveries of a minute are handed out to the processes
PLAIN = frozenset({"", "identity"})
CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})


# By source: the minute, and how many of its deliveries this process may still let in.
_taken: dict[int, tuple[int, int]] = {}
_lock = threading.Lock()


class Refused(Exception):
    """The delivery is not let in, and why. `wait` are seconds after which it may come again."""

    def __init__(self, why: TurnedAway, *, wait: int = 0) -> None:
        super().__init__(why.label)
        self.why, self.wait = why, wait


@dataclass(frozen=True, slots=True)
class Stored:
    id: int
    duplicate: bool


def source_of(path: str) -> EventSource | None:
    """Whose address it is. It is looked up by digest: how long that takes tells nothing of it.

    What was looked up once is remembered, and may have changed since; `receive` sees to that.
    """
    try:
        return _looked_up(vault.digest(path))
    except EventSource.DoesNotExist:
        return None


@lru_cache(maxsize=512)
def _looked_up(path_digest: str) -> EventSource:
    """That there is none is not remembered: it may be made in the next moment."""
    return EventSource.objects.get(path_digest=path_digest)


def receive(
    source: EventSource, body: bytes, headers: Mapping[str, str], *, at: datetime
) -> Stored:
    """Store one delivery, if it is what its source sends. Raises Refused, which is counted.

    Where `source` is not what stands in the table, that decides: a secret that was taken back
    opens nothing from then on, and a new one opens at once.
    """
    try:
        stored = _let_in(source, body, headers, at)
    except Refused:
        stored = None
    return stored or _let_in_again(_afresh(source), body, headers, at)


def _let_in(
    source: EventSource, body: bytes, headers: Mapping[str, str], at: datetime
) -> Stored | None:
    """None where the source has changed since it was looked up. Raises Refused."""
    _check(source, body, headers, at)
    return _store(source, body, headers, at)


def _let_in_again(
    source: EventSource, body: bytes, headers: Mapping[str, str], at: datetime
) -> Stored:
    """By the source as it stands now."""
    try:
        if stored := _let_in(source, body, headers, at):
            return stored
        raise Refused(TurnedAway.OFF)  # it has changed once more, in this very moment
    except Refused as refused:
        turn_away(source, refused.why, at=at)
        raise


def _afresh(source: EventSource) -> EventSource:
    """As it stands in the table. Raises Refused where it is gone, which nobody counts any more."""
    _looked_up.cache_clear()
    try:
        return EventSource.objects.get(pk=source.pk)
    except EventSource.DoesNotExist:
        raise Refused(TurnedAway.OFF) from None


def turn_away(source: EventSource, why: TurnedAway, *, at: datetime) -> None:
    day = at.astimezone(UTC).date()
    values: dict[str, Any] = {"source_id": source.pk, "day": day, "reason": why, "at": at}
    with database.cursor() as cursor:
        cursor.execute(_sql("count_refusal"), values)


def _check(source: EventSource, body: bytes, headers: Mapping[str, str], at: datetime) -> None:
    """The signature before the limit: what others send in its name uses up nothing of its own."""
    if not source.enabled:
        raise Refused(TurnedAway.OFF)
    if len(body) > LARGEST_BODY:
        raise Refused(TurnedAway.TOO_LARGE)
    if headers.get("Content-Length") not in (None, "", str(len(body))):
        raise Refused(TurnedAway.CUT_OFF)
    if not _is_plain(headers):
        raise Refused(TurnedAway.ENCODING)
    secrets = secrets_of(source)
    if not secrets:
        raise Refused(TurnedAway.NO_SECRET)
    if not ADAPTERS[source.adapter].signature.holds(body, headers, secrets, at=at):
        raise Refused(TurnedAway.SIGNATURE)
    _count_in(source, at)


def _is_plain(headers: Mapping[str, str]) -> bool:
    """Nothing is unpacked: what came is what was signed, and small bodies unpack to large ones."""
    encoding = headers.get("Content-Encoding", "").strip().lower()
    _type, _semicolon, more = headers.get("Content-Type", "").lower().partition("charset=")
    charset = more.partition(";")[0].strip(' "')
    return encoding in PLAIN and charset in CHARSETS


def secrets_of(source: EventSource) -> list[str]:
    """Those that hold now, the newest first. One that no key opens any more is none."""
    sealed = (source.sealed_secret, source.sealed_former)
    return [secret for each in sealed if each and (secret := _unsealed(each))]


@lru_cache(maxsize=512)
def _unsealed(sealed: str) -> str:
    try:
        return vault.unseal(sealed)
    except vault.SealedWithAnotherKey:
        return ""


def _count_in(source: EventSource, at: datetime) -> None:
    """One more in this minute. All processes share one count; each takes some of it at a time, so
    that not every delivery has to ask, and together they never take more than there is.
    """
    minute, second = divmod(int(at.timestamp()), MINUTE)
    with _lock:
        of, left = _taken.get(source.pk, (minute, 0))
        if of != minute or left <= 0:
            left = _take_some(source, minute)
        _taken[source.pk] = minute, left - 1
    if left <= 0:
        raise Refused(TurnedAway.TOO_MANY, wait=MINUTE - second)


def _take_some(source: EventSource, minute: int) -> int:
    """How many deliveries of the minute this process may let in now; none once all are taken."""
    some = max(source.per_minute // PORTIONS, 1)
    key = f"events:{source.pk}:{minute}"
    shared.add(key, 0, timeout=2 * MINUTE)
    try:
        count = shared.incr(key, some)
    except ValueError:  # the count was lost in between: nobody is kept out for that
        return some
    return min(some, source.per_minute - (count - some))


def _store(
    source: EventSource, body: bytes, headers: Mapping[str, str], at: datetime
) -> Stored | None:
    """None where the source is not any more as it is told here."""
    values: dict[str, Any] = {
        "source_id": source.pk,
        "sealed_secret": source.sealed_secret,
        "sealed_former": source.sealed_former,
        "per_minute": source.per_minute,
        "key": _key(source, body, headers),
        "at": at,
        "body": body,
        "headers": json.dumps({name: headers[name] for name in KEPT_HEADERS if name in headers}),
    }
    with database.cursor() as cursor:
        cursor.execute(_sql("receive_event"), values)
        row = cursor.fetchone()
    return Stored(row[0], duplicate=row[1] > 0) if row else None


def _key(source: EventSource, body: bytes, headers: Mapping[str, str]) -> str:
    """The same for the same delivery, so that it is worked through once however often it comes."""
    header = ADAPTERS[source.adapter].id_header
    named = headers.get(header, "") if header else ""
    if named and len(named) <= LONGEST_KEY:
        return f"id:{named}"
    return f"sha256:{hashlib.sha256(named.encode() or body).hexdigest()}"


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
