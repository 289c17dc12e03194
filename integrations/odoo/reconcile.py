"""Reconcile: what can hold an exception, compared id by id on both sides.

The cursor can miss what a long transaction wrote, and never sees a deletion; this finds both.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from integrations.models import OdooAccess
from integrations.odoo import errors, mirrored, paging, sync
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.paging import Record
from integrations.odoo.sources import SOURCES, Source

logger = logging.getLogger(__name__)

BATCH = 500


@dataclass(slots=True)
class Gap:
    """What one source's comparison found: documents missed, changed unseen, and deleted; or why it
    could not be compared to the end.
    """

    connection: str
    source: str
    compared: int = 0
    missed: int = 0
    diverged: int = 0
    deleted: int = 0
    error: str = ""


def reconcile(row: OdooAccess, odoo: Odoo, *, at: datetime) -> list[Gap]:
    """Compare and repair every source; one that fails does not stop the others.

    Raises what is OUT_OF_REACH or a silence.
    """
    return [_attempt(row, odoo, source, at) for source in SOURCES if source.authority]


def _attempt(row: OdooAccess, odoo: Odoo, source: Source, at: datetime) -> Gap:
    gap = Gap(str(row.connection), source.name)
    try:
        _compare(row, odoo, source, gap, at)
    except errors.OUT_OF_REACH:
        raise
    except errors.UnknownModel as error:
        said = "" if source.optional else error.in_full
        return Gap(str(row.connection), source.name, error=said)
    except errors.OdooError as error:
        if error.silence:
            raise
        logger.warning("%s: %s could not be compared: %s", row.connection, source.name, error)
        gap.error = error.in_full
    except Exception:
        logger.exception("%s: %s could not be compared", row.connection, source.name)
        gap.error = sync.UNEXPECTED
    return gap


def _compare(row: OdooAccess, odoo: Odoo, source: Source, gap: Gap, at: datetime) -> None:
    """Page by page, so that memory is flat; and only what is living on one of the sides, so that
    the cost does not grow with the past.
    """
    fields = ["write_date", *source.document_fields]
    ground = Ground(odoo, row.connection, row.url, read_at=at)
    domain = [*source.where(ground), *source.living]
    for records in paging.all_by_id(odoo, source.model, domain, fields):
        _from_their_side(row, odoo, source, _latest(source, records), gap, at)
    for documents in mirrored.batches(mirrored.living(row, source)):
        ids = {document.record_id for document in documents}
        ended = ids - mirrored.still_there(odoo, source, domain, sorted(ids))
        _read_again(row, odoo, source, ended, gap, at)
    if source.document_fields or source.hangs_together:
        # A document of several records can lose one without a trace, and one that hangs on others
        # can change without one.
        for documents in mirrored.batches(mirrored.with_live_cases(row, source)):
            ids = {document.record_id for document in documents}
            _read_again(row, odoo, source, ids, gap, at)


def _from_their_side(
    row: OdooAccess,
    odoo: Odoo,
    source: Source,
    theirs: dict[int, datetime],
    gap: Gap,
    at: datetime,
) -> None:
    """What is living in Odoo, and not here or not as it is there."""
    ours = _ours(row, source, theirs)
    missed = theirs.keys() - ours.keys()
    diverged = {document for document in ours if ours[document] < theirs[document]}
    _read_again(row, odoo, source, missed | diverged, gap, at)
    gap.compared += len(theirs)
    gap.diverged += len(diverged)
    # What belongs to no warehouse of ours is not missed: it is not ours.
    gap.missed += len(_ours(row, source, missed))


def _read_again(
    row: OdooAccess, odoo: Odoo, source: Source, suspects: Iterable[int], gap: Gap, at: datetime
) -> None:
    ids = sorted(suspects)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        sync.read_documents(row, odoo, source, batch, at=at)
        gone = mirrored.ever(row, source).filter(record_id__in=batch, gone_at=at)
        gap.deleted += gone.count()


def _latest(source: Source, records: Iterable[Record]) -> dict[int, datetime]:
    """Document id and latest stamp of a page of records."""
    theirs: dict[int, datetime] = {}
    for record in records:
        document, written = source.document_id(record), from_odoo(record["write_date"])
        if document and written:
            theirs[document] = max(written, theirs.get(document, written))
    return theirs


def _ours(row: OdooAccess, source: Source, ids: Iterable[int]) -> dict[int, datetime]:
    found = mirrored.documents(row, source).filter(record_id__in=list(ids))
    return dict(found.values_list("record_id", "written_at"))
