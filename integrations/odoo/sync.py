"""Sync: every source of a connection read in rounds, page by page, into the domain.

A round runs from a start instant to the end and may be interrupted anywhere: the cursor is stored
with each page, in the page's own transaction. Odoo stamps a row with the start of the transaction
that wrote it, so a long transaction commits behind a cursor that has already passed; therefore each
quick round begins a little before the one before it, and every few minutes a deep one goes back
further. A deep one also looks whether what live cases are about is still there.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from exceptions import intake
from exceptions.casework import Change
from exceptions.facts import Facts
from exceptions.models import FactsSource
from exceptions.vocabulary import Via
from integrations.models import OdooAccess, SyncCursor
from integrations.odoo import errors, mirrored, paging
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.paging import Page, Position
from integrations.odoo.sources import SOURCES, Source

logger = logging.getLogger(__name__)

QUICK_OVERLAP = timedelta(seconds=10)
DEEP_OVERLAP = timedelta(minutes=10)
DEEP_EVERY = timedelta(minutes=5)
HISTORY = timedelta(days=90)
Now = Callable[[], datetime]
UNEXPECTED = "The control tower failed here by a mistake of its own. Its log says why."


@dataclass(slots=True)
class Read:
    """What one source's round brought, whether it is at its end, and what went wrong."""

    connection: str
    source: str
    rows: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    done: bool = False
    passed_over: bool = False  # it is read as a whole in deep rounds only
    error: str = ""
    silence: bool = False  # the error is that Odoo did not answer


def sync(
    row: OdooAccess,
    odoo: Odoo,
    *,
    now: Now,
    until: datetime | None = None,
    size: int = paging.PAGE,
) -> list[Read]:
    """One round of every source; one that fails keeps its error and does not stop the others,
    unless Odoo falls silent: then they wait for the next round, in which it comes last.

    A round may last for minutes, and a webhook may have a record read meanwhile: so each page bears
    the instant just before it was fetched. After `until` no source goes on to its next page.

    Raises what is OUT_OF_REACH, and any OdooError about the warehouses that all of them need.
    """
    at = now()
    ground = Ground(odoo, row.connection, row.url, read_at=at)
    ground.sites()  # in this thread, for it touches our database; and Odoo's answer tells its clock
    reads = []
    for source in _troubled_last(row):
        reads.append(_attempt(row, odoo, ground, source, now=now, until=until, size=size))
        if reads[-1].silence:
            break
    _tell_sources(row, reads, at=at)
    if len(reads) == len(SOURCES) and all(read.done for read in reads):
        row.connection.read_at = at
        row.connection.save(update_fields=["read_at"])
    return reads


def _tell_sources(row: OdooAccess, reads: Sequence[Read], *, at: datetime) -> None:
    """What the domain may know of it: which facts were read, as of when, and which there are none
    of. Facts that several models give are as old as the oldest of those that are installed.
    """
    gone = absent(row)
    read_now = {read.source for read in reads if read.done and not read.passed_over}
    for facts_type in {source.facts_type for source in SOURCES}:
        sources = [source for source in SOURCES if source.facts_type == facts_type]
        there = {source.name for source in sources} - gone
        missing = sorted({model for s in sources if s.name in gone for model in s.lacks})
        values: dict[str, Any] = {"installed": bool(there), "missing": missing}
        if there <= read_now:
            values["read_at"] = at
        FactsSource.objects.update_or_create(
            connection=row.connection, facts_type=facts_type, defaults=values
        )


def absent(row: OdooAccess) -> set[str]:
    """The names of the sources that this Odoo does not have."""
    cursors = SyncCursor.objects.filter(connection=row.connection, absent=True)
    return set(cursors.values_list("source", flat=True))


def _troubled_last(row: OdooAccess) -> list[Source]:
    cursors = SyncCursor.objects.filter(connection=row.connection)
    troubled = set(cursors.exclude(error="").values_list("source", flat=True))
    return sorted(SOURCES, key=lambda source: source.name in troubled)


def _attempt(
    row: OdooAccess,
    odoo: Odoo,
    ground: Ground,
    source: Source,
    *,
    now: Now,
    until: datetime | None,
    size: int,
) -> Read:
    read = Read(str(row.connection), source.name)
    try:
        _round(row, odoo, ground, source, read, now=now, until=until, size=size)
    except errors.OUT_OF_REACH:
        raise
    except errors.UnknownModel as error:
        read.error = "" if source.optional else error.in_full
        if source.optional:
            _record_absence(row, source, at=now())
            read.done = True
    except errors.OdooError as error:
        read.error, read.silence = error.in_full, error.silence
    except Exception:
        logger.exception("%s: %s could not be read", row.connection, source.name)
        read.error = UNEXPECTED
    if read.error:
        record_failure(row, read.error, at=now(), sources=(source,))
    return read


def _round(
    row: OdooAccess,
    odoo: Odoo,
    ground: Ground,
    source: Source,
    read: Read,
    *,
    now: Now,
    until: datetime | None,
    size: int,
) -> None:
    cursor, _ = SyncCursor.objects.get_or_create(connection=row.connection, source=source.name)
    if not cursor.under_way:
        _begin(cursor, source, odoo, now())
    if not cursor.round_is_deep and (source.whole or cursor.absent):
        _finish(cursor, now())
        read.done = read.passed_over = True
        return
    for page, facts in _pages(odoo, ground, source, cursor, now, size):
        read.changes += _store(row, source, facts, cursor, page, now())
        read.rows += len(page.records)
        if page.after and until and now() > until:
            return  # the cursor is under way: the next round goes on from here
    cursor.absent = False
    if source.authority and cursor.round_is_deep:
        read.changes += clear_gone(row, odoo, ground, source, at=now())
    _finish(cursor, now())
    read.done = True


def _begin(cursor: SyncCursor, source: Source, odoo: Odoo, at: datetime) -> None:
    """Set out on a new round: quick or deep, by Odoo's own clock where it tells it."""
    clock = odoo.server_clock or at
    deep = cursor.deep_started_at is None or clock - cursor.deep_started_at >= DEEP_EVERY
    begun, overlap = (
        (cursor.deep_started_at, DEEP_OVERLAP) if deep else (cursor.round_started_at, QUICK_OVERLAP)
    )
    cursor.written_at = begun - overlap if begun and not source.whole else None
    cursor.record_id = 0
    cursor.round_started_at, cursor.round_is_deep = clock, deep
    cursor.under_way, cursor.rows_in_round = True, 0
    cursor.save()


def _pages(
    odoo: Odoo, ground: Ground, source: Source, cursor: SyncCursor, now: Now, size: int
) -> Iterator[tuple[Page, list[Facts]]]:
    """Pages with their facts. While one is being stored, the next is already being read."""
    domain = [*source.where(ground), *_history(source, cursor)]
    position: Position | None = Position(cursor.written_at, cursor.record_id)

    def fetch(where: Position) -> tuple[Page, list[Facts]]:
        ground.read_at = now()  # one page is fetched at a time
        page = paging.read_page(odoo, source.model, domain, source.fields, where, size=size)
        return page, source.facts(odoo, ground, page.records) if page.records else []

    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting: Future[tuple[Page, list[Facts]]] | None = None
        while position is not None:
            page, facts = waiting.result() if waiting else fetch(position)
            position = page.after
            waiting = reader.submit(fetch, position) if position else None
            yield page, facts


def _history(source: Source, cursor: SyncCursor) -> list[object]:
    """The first round of all reads what is open, and what changed in the last months."""
    if cursor.deep_started_at is not None or cursor.round_started_at is None:
        return []
    since = (cursor.round_started_at - HISTORY).strftime("%Y-%m-%d %H:%M:%S")
    return ["|", *source.living, ["write_date", ">=", since]]


@transaction.atomic
def _store(
    row: OdooAccess,
    source: Source,
    facts: Sequence[Facts],
    cursor: SyncCursor,
    page: Page,
    at: datetime,
) -> Counter[Change]:
    changes = intake.take_in(worth_keeping(row, source, facts), at=at)
    if page.after:
        cursor.written_at, cursor.record_id = page.after.written_at, page.after.record_id
    cursor.rows_in_round += len(page.records)
    cursor.save(update_fields=["written_at", "record_id", "rows_in_round"])
    return changes


def worth_keeping(row: OdooAccess, source: Source, facts: Sequence[Facts]) -> list[Facts]:
    """What deserves a document, or has one already."""
    doubtful = [f.record_id for f in facts if not source.keep(f)]
    known = set(
        mirrored.ever(row, source)
        .filter(record_id__in=doubtful)
        .values_list("record_id", flat=True)
        if doubtful
        else ()
    )
    return [f for f in facts if source.keep(f) or f.record_id in known]


def _finish(cursor: SyncCursor, at: datetime) -> None:
    if cursor.round_is_deep:
        cursor.deep_started_at = cursor.round_started_at
    cursor.under_way, cursor.finished_at = False, at
    cursor.error, cursor.failed_at = "", None
    cursor.save()


def clear_gone(
    row: OdooAccess, odoo: Odoo, ground: Ground, source: Source, *, at: datetime
) -> Counter[Change]:
    """Deletions leave no trace in Odoo: look whether the records behind live cases are still
    there.
    """
    gone = 0
    for batch in mirrored.batches(mirrored.with_live_cases(row, source)):
        ids = [document.record_id for document in batch]
        there = mirrored.still_there(odoo, source, source.where(ground), ids)
        vanished = [document for document in batch if document.record_id not in there]
        gone += intake.mark_gone(vanished, at=at, via=Via.ODOO)
    return Counter({Change.CLEARED: gone} if gone else {})


def read_documents(
    row: OdooAccess, odoo: Odoo, source: Source, ids: Sequence[int], *, at: datetime
) -> Counter[Change]:
    """Read these documents back from Odoo and take them in; what is not there any more is gone."""
    ground = Ground(odoo, row.connection, row.url, read_at=at)
    domain = [*source.where(ground), *source.of_documents(ids)]
    changes: Counter[Change] = Counter()
    missing = set(ids)
    for page in paging.pages(odoo, source.model, domain, source.fields):
        facts = source.facts(odoo, ground, page.records) if page.records else []
        changes += intake.take_in(worth_keeping(row, source, facts), at=at)
        missing -= {source.document_id(record) for record in page.records}
    gone = mirrored.documents(row, source).filter(record_id__in=missing)
    if source.authority and (cleared := intake.mark_gone(gone, at=at)):
        changes[Change.CLEARED] += cleared
    return changes


def _record_absence(row: OdooAccess, source: Source, *, at: datetime) -> None:
    """The model is not installed: asked for again in the next deep round."""
    cursor = SyncCursor.objects.get(connection=row.connection, source=source.name)
    cursor.absent = True
    _finish(cursor, at)


def record_failure(
    row: OdooAccess, sentence: str, *, at: datetime, sources: Sequence[Source] = SOURCES
) -> list[Read]:
    """Keep why a round failed beside its cursor; what was read stays read."""
    for source in sources:
        SyncCursor.objects.update_or_create(
            connection=row.connection,
            source=source.name,
            defaults={"error": sentence[:500], "failed_at": at},
        )
    logger.warning("%s: %s", row.connection, sentence)
    return [Read(str(row.connection), source.name, error=sentence) for source in sources]
