"""The inbox: what webhooks bring is stored at once and worked through later.

Odoo's webhooks are hints, not data: unsigned, sent once, on 17 and 18 even before the change is
committed. So a delivery only names records; they are read back from Odoo some seconds later.
"""

import hashlib
import json
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.db import connection as database
from django.db import transaction

from integrations import resting, vault
from integrations.models import DeliveryState, InboxDelivery, OdooAccess
from integrations.odoo import errors, sync
from integrations.odoo.client import Odoo
from integrations.odoo.sources import SOURCES, Source

logger = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
# 17 and 18 send before they commit; reading back at once would show the old values.
READ_BACK_AFTER = timedelta(seconds=5)
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
MOST_FAILURES = 8  # waiting for Odoo is none
FORGET_AT_A_TIME = 1_000
HASHED = "sha256:"  # begins the key of a body that names no stamp
KEPT_HEADERS = ("Content-Type", "User-Agent", "Content-Length")

NUMBERED = re.compile(r"\(#(\d{1,10})\)$")
Now = Callable[[], datetime]


ModelName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_.]+$", max_length=64)]
Stamp = Annotated[str, msgspec.Meta(pattern=r"^[0-9 :.-]*$", max_length=32)]
ActionName = Annotated[str, msgspec.Meta(max_length=300)]
RecordId = Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
RecordIdOrNone = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]


class Hint(msgspec.Struct):
    """What of Odoo's body is believed: which record, and how to know the same news again.

    Narrow on purpose: all of it goes into keys and questions to Odoo.
    """

    model: ModelName = msgspec.field(name="_model")
    record_id: RecordId = msgspec.field(name="_id")
    action: ActionName = msgspec.field(name="_action", default="")
    write_date: Stamp | bool = ""
    write_uid: RecordIdOrNone | bool = False
    sale_id: RecordIdOrNone | bool = False
    picking_id: RecordIdOrNone | bool = False
    purchase_line_id: RecordIdOrNone | bool = False
    return_id: RecordIdOrNone | bool = False

    @property
    def rule(self) -> str:
        """The number of the action that sent it, for its name changes from version to version."""
        found = NUMBERED.search(self.action)
        return found[1] if found else ""


Hinted = tuple[InboxDelivery, Hint]


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
    key = key_of(body)
    values: dict[str, Any] = {
        "hook_digest": vault.digest(secret),
        "key": key,
        "is_news_again": key.startswith(HASHED),
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
    """The same news has the same key: model, record, stamp, and the rule that tells it, for what is
    deleted bears the stamp of its last change. Else a hash of the body, which may come again and be
    news (see the statement).
    """
    hint = read_hint(body)
    if hint and hint.write_date:
        return f"{hint.model}:{hint.record_id}:{hint.write_date}:{hint.rule}"
    return f"{HASHED}{hashlib.sha256(body).hexdigest()}"


def read_hint(body: bytes) -> Hint | None:
    """The hint in a body, or None if it is not one of Odoo's."""
    try:
        return msgspec.json.decode(body, type=Hint)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # the last: nested too deep
        return None


def forget_done(now: Now) -> int:
    """Remove what was done long ago (TOWER_KEEP_DELIVERIES days), in batches; returns how many.

    What waits or was set aside is kept, however old. The same news would only be read back again.
    """
    until = now() - timedelta(days=settings.TOWER_KEEP_DELIVERIES)
    forgotten = 0
    while batch := _forget_some(until):
        forgotten += batch
    return forgotten


@transaction.atomic
def _forget_some(until: datetime) -> int:
    """Locked first: a delivery that comes again meanwhile may be waiting again."""
    old = InboxDelivery.objects.filter(state=DeliveryState.DONE, done_at__lt=until)
    locked = old.select_for_update(skip_locked=True).order_by("done_at")
    ids = list(locked.values_list("pk", flat=True)[:FORGET_AT_A_TIME])
    return InboxDelivery.objects.filter(pk__in=ids).delete()[0]


def work_due(now: Now, *, batch: int = 200) -> int:
    """Work through what is due on every enabled connection; returns how many deliveries were
    taken.
    """
    rows = OdooAccess.objects.select_related("connection").filter(
        resting.awake(now()), connection__enabled=True, user_id__isnull=False
    )
    return sum(_work(row, now, batch) for row in rows.order_by("id"))


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
    """Until nothing is due, or Odoo does not answer: then the rest is left for a later round."""
    taken, answers = 0, True
    while answers and (deliveries := claim(row, at=now(), limit=batch)):
        taken += len(deliveries)
        wanted = _sorted_out(row, deliveries, now())
        answers = not wanted or _read_back(row, wanted, now)
    return taken


def _sorted_out(
    row: OdooAccess, deliveries: Iterable[InboxDelivery], at: datetime
) -> dict[str, list[Hinted]]:
    """Deliveries by the model they hint at; what hints at nothing is finished here."""
    wanted: dict[str, list[Hinted]] = defaultdict(list)
    for delivery in deliveries:
        hint = read_hint(bytes(delivery.body))
        if hint is None:
            _end(delivery, DeliveryState.SET_ASIDE, "This is not what Odoo's webhooks send.", at)
        elif hint.write_uid and hint.write_uid == row.user_id:
            _end(delivery, DeliveryState.DONE, "Our own write; nothing to read.", at)
        elif not _sources_of(hint.model):
            _end(delivery, DeliveryState.DONE, f"No source reads {hint.model}", at)
        else:
            wanted[hint.model].append((delivery, hint))
    return wanted


def _sources_of(model: str) -> list[Source]:
    return [s for s in SOURCES if model in (s.model, s.document_model)]


def _read_back(row: OdooAccess, wanted: Mapping[str, list[Hinted]], now: Now) -> bool:
    """Read what is wanted, model by model; whether Odoo answers at present."""
    try:
        with resting.opened(row, now) as odoo:
            for model, hinted in wanted.items():
                for group in _groups(hinted):
                    _read_group(row, odoo, model, group, now)
    except errors.OdooError as error:  # one that passes; the others were dealt with in there
        waiting = [d for hinted in wanted.values() for d, _ in hinted if d.done_at is None]
        _again(waiting, error.in_full, now())
        return False
    return True


def _groups(hinted: list[Hinted]) -> Iterator[list[Hinted]]:
    """What is new together; what failed before one by one, so that one cannot spoil the others."""
    new = [pair for pair in hinted if pair[0].attempts == 1]
    if new:
        yield new
    yield from ([pair] for pair in hinted if pair[0].attempts > 1)


def _read_group(row: OdooAccess, odoo: Odoo, model: str, group: list[Hinted], now: Now) -> None:
    """Raises the OdooErrors that will pass; of others the deliveries are told."""
    deliveries = [delivery for delivery, _ in group]
    try:
        told = _read_records(row, odoo, model, [hint for _, hint in group], now)
    except errors.OdooError as error:
        if error.retry_safe or error.ambiguous or isinstance(error, errors.OUT_OF_REACH):
            raise
        _again_or_aside(deliveries, error.in_full, now())
    except Exception:
        logger.exception("%s: deliveries about %s could not be read back", row.connection, model)
        _again_or_aside(deliveries, sync.UNEXPECTED, now())
    else:
        for delivery in deliveries:
            _end(delivery, DeliveryState.DONE, told, now())


def _read_records(row: OdooAccess, odoo: Odoo, model: str, hints: Sequence[Hint], now: Now) -> str:
    """Read the records through every source of the model, and those of their documents that are
    gone.
    """
    told: Counter[str] = Counter()
    absent = sync.absent(row)
    for source in (source for source in _sources_of(model) if source.name not in absent):
        documents = _documents(odoo, source, model, hints)
        if documents:
            told.update(sync.read_documents(row, odoo, source, documents, at=now()))
    changes = ", ".join(f"{count} {change}" for change, count in told.items())
    return f"Read back: {changes or 'nothing new'}"


def _documents(odoo: Odoo, source: Source, model: str, hints: Sequence[Hint]) -> list[int]:
    """The documents that the records belong to: what Odoo says, and what the hints themselves say,
    for a deleted record cannot be asked.
    """
    ids = sorted({hint.record_id for hint in hints})
    if model == source.document_model and (source.authority or model != source.model):
        return ids
    told = {int(named) for hint in hints if (named := _told(source, hint))}
    rows = odoo.search_read(
        model, [["id", "in", ids]], source.document_fields, order="id", limit=len(ids)
    )
    return sorted(told | {document for r in rows if (document := source.document_id(r))})


def _told(source: Source, hint: Hint) -> int | bool:
    """The document that a hint itself names, where the source knows it by one of the hint's
    fields.
    """
    named = (getattr(hint, name) for name in source.document_fields if hasattr(hint, name))
    return next((value for value in named if value), False)


def _end(delivery: InboxDelivery, state: DeliveryState, outcome: str, at: datetime) -> None:
    delivery.state, delivery.outcome, delivery.done_at = state, outcome[:300], at
    delivery.save(update_fields=["state", "outcome", "done_at"])


def _again_or_aside(deliveries: Iterable[InboxDelivery], words: str, at: datetime) -> None:
    """What our own mistakes or Odoo's make fail again and again is set aside."""
    for delivery in deliveries:
        delivery.failures += 1
        if delivery.failures >= MOST_FAILURES:
            _end(delivery, DeliveryState.SET_ASIDE, words, at)
        else:
            _again([delivery], words, at)


def _again(deliveries: Iterable[InboxDelivery], words: str, at: datetime) -> None:
    for delivery in deliveries:
        wait = min(FIRST_WAIT * (1 << min(delivery.attempts, 8)), LONGEST_WAIT)
        delivery.outcome, delivery.next_attempt_at = words[:300], at + wait
        delivery.save(update_fields=["outcome", "next_attempt_at", "failures"])
