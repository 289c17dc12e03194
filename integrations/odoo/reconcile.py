"""Reconcile: what can hold an exception, compared id by id on both sides.

The cursor can miss what a long transaction wrote, and never sees a deletion; this finds both.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from integrations.models import OdooAccess
from integrations.odoo import errors, sync
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.sources import SOURCES, Source

logger = logging.getLogger(__name__)

BATCH = 500
LARGEST = 200_000


@dataclass(frozen=True, slots=True)
class Gap:
    """What one source's comparison found: documents missed, changed unseen, and deleted; or why it
    could not be compared.
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

    Raises what is OUT_OF_REACH.
    """
    return [_attempt(row, odoo, source, at) for source in SOURCES if source.authority]


def _attempt(row: OdooAccess, odoo: Odoo, source: Source, at: datetime) -> Gap:
    try:
        return _compare(row, odoo, source, at)
    except errors.OUT_OF_REACH:
        raise
    except errors.UnknownModel as error:
        said = "" if source.optional else error.in_full
        return Gap(str(row.connection), source.name, error=said)
    except errors.OdooError as error:
        logger.warning("%s: %s could not be compared: %s", row.connection, source.name, error)
        return Gap(str(row.connection), source.name, error=error.in_full)
    except Exception:
        logger.exception("%s: %s could not be compared", row.connection, source.name)
        return Gap(str(row.connection), source.name, error=sync.UNEXPECTED)


def _compare(row: OdooAccess, odoo: Odoo, source: Source, at: datetime) -> Gap:
    theirs = _theirs(odoo, source)
    ours = _ours(row, source)
    missed = theirs.keys() - ours.keys()
    diverged = {i for i, written in theirs.items() if i in ours and ours[i] < written}
    vanished = (_open_here(row, source) - theirs.keys()) | _may_have_lost_a_part(row, source)
    suspects = sorted(missed | diverged | vanished)
    for start in range(0, len(suspects), BATCH):
        sync.read_documents(row, odoo, source, suspects[start : start + BATCH], at=at)
    deleted = sync.documents_of(row, source).filter(gone_at=at).count()
    return Gap(
        connection=str(row.connection),
        source=source.name,
        compared=len(theirs),
        # What belongs to no warehouse of ours is not missed: it is not ours.
        missed=len(missed & _ours(row, source).keys()),
        diverged=len(diverged),
        deleted=deleted,
    )


def _may_have_lost_a_part(row: OdooAccess, source: Source) -> set[int]:
    """A document made of several records can lose one without a trace, and one that hangs on others
    can change without one; what cases hang on is read again.
    """
    if not source.document_fields and not source.hangs_together:
        return set()
    return set(sync.with_live_cases(row, source).values_list("record_id", flat=True))


def _theirs(odoo: Odoo, source: Source) -> dict[int, datetime]:
    """Document id and latest stamp of all that is living in Odoo."""
    fields = ["write_date", *source.document_fields]
    rows = odoo.search_read(
        source.model, [*source.domain, *source.living], fields, order="id", limit=LARGEST
    )
    theirs: dict[int, datetime] = {}
    for record in rows:
        document, written = source.document_id(record), from_odoo(record["write_date"])
        if document and written:
            theirs[document] = max(written, theirs.get(document, written))
    return theirs


def _ours(row: OdooAccess, source: Source) -> dict[int, datetime]:
    documents = sync.documents_of(row, source).filter(gone_at=None)
    return dict(documents.values_list("record_id", "written_at"))


def _open_here(row: OdooAccess, source: Source) -> set[int]:
    """Documents that we believe to be living."""
    documents = sync.documents_of(row, source).filter(gone_at=None)
    believed = documents.filter(facts__open=True) | documents.filter(facts__counted=True)
    return set(believed.values_list("record_id", flat=True))
