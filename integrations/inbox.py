"""The inbox: what webhooks bring is stored at once and worked through later.

Odoo's webhooks are hints, not data: unsigned, sent once, on 17 and 18 even before the change is
committed. So a delivery only names records; they are read back from Odoo some seconds later.
"""

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection as database

from integrations import vault
from integrations.models import DeliveryState, InboxDelivery, OdooAccess
from integrations.odoo import connecting, errors, sync
from integrations.odoo.client import Odoo
from integrations.odoo.sources import SOURCES, Source

logger = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
# 17 and 18 send before they commit; reading back at once would show the old values.
READ_BACK_AFTER = timedelta(seconds=5)
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
KEPT_HEADERS = ("Content-Type", "User-Agent", "Content-Length")

Now = Callable[[], datetime]


class Hint(msgspec.Struct):
    """What of Odoo's body is believed: which record, and how to know the same news again."""

    model: str = msgspec.field(name="_model")
    record_id: int = msgspec.field(name="_id")
    write_date: str | bool = ""
    write_uid: int | bool = False
    sale_id: int | bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery at the door. `id` is None when no connection has this secret."""

    id: int | None
    duplicate: bool = False


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


def receive(secret: str, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Receipt:
    """Store one delivery for the connection that `secret` belongs to, in one statement."""
    values: dict[str, Any] = {
        "hook_digest": vault.digest(secret),
        "key": key_of(body),
        "at": at,
        "body": body,
        "headers": json.dumps({name: headers[name] for name in KEPT_HEADERS if name in headers}),
        "next_attempt_at": at + READ_BACK_AFTER,
    }
    with database.cursor() as cursor:
        cursor.execute(_sql("receive_delivery"), values)
        row = cursor.fetchone()
    return Receipt(row[0], duplicate=row[1] > 0) if row else Receipt(None)


def key_of(body: bytes) -> str:
    """The same news has the same key: model, record and stamp; else a hash of the body."""
    hint = read_hint(body)
    if hint and hint.write_date:
        return f"{hint.model}:{hint.record_id}:{hint.write_date}"[:120]
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def read_hint(body: bytes) -> Hint | None:
    """The hint in a body, or None if it is not one of Odoo's."""
    try:
        return msgspec.json.decode(body, type=Hint)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def work_due(now: Now, *, batch: int = 200) -> int:
    """Work through what is due on every enabled connection; returns how many deliveries were
    taken.
    """
    rows = OdooAccess.objects.select_related("connection").filter(
        connection__enabled=True, user_id__isnull=False
    )
    return sum(_work(row, now, batch) for row in rows)


def claim(row: OdooAccess, *, at: datetime, limit: int) -> list[InboxDelivery]:
    values: dict[str, Any] = {
        "connection_id": row.connection_id,
        "at": at,
        "lease_until": at + LEASE,
        "limit": limit,
    }
    with database.cursor() as cursor:
        cursor.execute(_sql("claim_deliveries"), values)
        ids = [r[0] for r in cursor.fetchall()]
    return list(InboxDelivery.objects.filter(pk__in=ids).order_by("id"))


def _work(row: OdooAccess, now: Now, batch: int) -> int:
    taken = 0
    while deliveries := claim(row, at=now(), limit=batch):
        taken += len(deliveries)
        wanted = _sorted_out(row, deliveries, now())
        if wanted:
            _read_back(row, wanted, now)
    return taken


def _sorted_out(
    row: OdooAccess, deliveries: Iterable[InboxDelivery], at: datetime
) -> dict[str, list[tuple[InboxDelivery, Hint]]]:
    """Deliveries by the model they hint at; what hints at nothing is finished here."""
    wanted: dict[str, list[tuple[InboxDelivery, Hint]]] = defaultdict(list)
    for delivery in deliveries:
        hint = read_hint(bytes(delivery.body))
        if hint is None:
            _end(delivery, DeliveryState.SET_ASIDE, "This is not what Odoo's webhooks send.", at)
        elif hint.write_uid and hint.write_uid == row.user_id:
            _end(delivery, DeliveryState.DONE, "Our own write; nothing to read.", at)
        elif not any(source.model == hint.model for source in SOURCES):
            _end(delivery, DeliveryState.DONE, f"No source reads {hint.model}"[:300], at)
        else:
            wanted[hint.model].append((delivery, hint))
    return wanted


def _read_back(
    row: OdooAccess, wanted: Mapping[str, list[tuple[InboxDelivery, Hint]]], now: Now
) -> None:
    for model, hinted in wanted.items():
        deliveries = [delivery for delivery, _ in hinted]
        try:
            with connecting.opened(row) as odoo:
                told = _read_records(
                    row, odoo, model, sorted({h.record_id for _, h in hinted}), now
                )
        except errors.OdooError as error:
            _again(deliveries, error, now())
        else:
            for delivery in deliveries:
                _end(delivery, DeliveryState.DONE, told, now())


def _read_records(row: OdooAccess, odoo: Odoo, model: str, ids: list[int], now: Now) -> str:
    """Read the records through every source of the model, and those of their documents that are
    gone.
    """
    told = []
    for source in (s for s in SOURCES if s.model == model):
        documents = _documents(odoo, source, ids)
        if documents:
            changes = sync.read_documents(row, odoo, source, documents, at=now())
            told += [f"{count} {change}" for change, count in changes.items()]
    return ("Read back: " + (", ".join(told) or "nothing new"))[:300]


def _documents(odoo: Odoo, source: Source, ids: list[int]) -> list[int]:
    """The documents that the records belong to. A deleted record is its own document's id or
    lost.
    """
    if source.document_model == source.model:
        return ids
    fields = ["sale_id"]
    rows = odoo.search_read(source.model, [["id", "in", ids]], fields, order="id", limit=len(ids))
    return sorted({document for r in rows if (document := source.document_id(r))})


def _end(delivery: InboxDelivery, state: DeliveryState, outcome: str, at: datetime) -> None:
    delivery.state, delivery.outcome, delivery.done_at = state, outcome, at
    delivery.save(update_fields=["state", "outcome", "done_at"])


def _again(deliveries: Iterable[InboxDelivery], error: errors.OdooError, at: datetime) -> None:
    """Try later; what our own mistakes or Odoo's make fail again and again is set aside."""
    passing = error.retry_safe or error.ambiguous or isinstance(error, errors.Unauthorised)
    for delivery in deliveries:
        if delivery.attempts >= MOST_ATTEMPTS and not passing:
            _end(delivery, DeliveryState.SET_ASIDE, error.user_message[:300], at)
            continue
        wait = min(timedelta(seconds=5) * (1 << min(delivery.attempts, 8)), timedelta(minutes=10))
        delivery.outcome, delivery.next_attempt_at = error.user_message[:300], at + wait
        delivery.save(update_fields=["outcome", "next_attempt_at"])
