"""The door for sources of events: who knocks is asked who they are before anything is stored.

Refused deliveries are counted by reason, and their bodies forgotten: what is not signed is nobody's
word. What is stored waits for `events`.
"""

import hashlib
import json
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
PLAIN = frozenset({"", "identity"})
CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})


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
    """Whose address it is. It is looked up by digest: how long that takes tells nothing of it."""
    return EventSource.objects.filter(path_digest=vault.digest(path)).first()


def receive(
    source: EventSource, body: bytes, headers: Mapping[str, str], *, at: datetime
) -> Stored:
    """Store one delivery, if it is what its source sends. Raises Refused, which is counted."""
    try:
        _check(source, body, headers, at)
    except Refused as refused:
        turn_away(source, refused.why, at=at)
        raise
    return _store(source, body, headers, at)


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
    """One more in this minute, by the count that all processes share."""
    minute, second = divmod(int(at.timestamp()), MINUTE)
    key = f"events:{source.pk}:{minute}"
    shared.add(key, 0, timeout=2 * MINUTE)
    try:
        count = shared.incr(key)
    except ValueError:  # the count was lost in between: nobody is kept out for that
        return
    if count > source.per_minute:
        raise Refused(TurnedAway.TOO_MANY, wait=MINUTE - second)


def _store(source: EventSource, body: bytes, headers: Mapping[str, str], at: datetime) -> Stored:
    values: dict[str, Any] = {
        "connection_id": source.connection_id,
        "source_id": source.pk,
        "key": _key(source, body, headers),
        "at": at,
        "body": body,
        "headers": json.dumps({name: headers[name] for name in KEPT_HEADERS if name in headers}),
    }
    with database.cursor() as cursor:
        cursor.execute(_sql("receive_event"), values)
        found, duplicates = cursor.fetchone()
    return Stored(found, duplicate=duplicates > 0)


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
