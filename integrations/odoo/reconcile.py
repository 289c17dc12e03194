"""Reconcile: what can hold an exception, compared id by id on both sides.

The cursor can miss what a long transaction wrote, and never sees a deletion; this finds both.
"""

from dataclasses import dataclass
from datetime import datetime

from exceptions.models import Document
from integrations.models import OdooAccess
from integrations.odoo import sync
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.sources import SOURCES, Source

BATCH = 500
LARGEST = 200_000


@dataclass(frozen=True, slots=True)
class Gap:
    """What one source's comparison found: documents missed, changed unseen, and deleted."""

    source: str
    compared: int
    missed: int
    diverged: int
    deleted: int


def reconcile(row: OdooAccess, odoo: Odoo, *, at: datetime) -> list[Gap]:
    """Compare and repair every source."""
    return [_compare(row, odoo, source, at) for source in SOURCES]


def _compare(row: OdooAccess, odoo: Odoo, source: Source, at: datetime) -> Gap:
    theirs = _theirs(odoo, source)
    ours = _ours(row, source)
    missed = sorted(theirs.keys() - ours.keys())
    diverged = sorted(i for i, written in theirs.items() if i in ours and ours[i] < written)
    closed = sorted(_open_here(row, source) - theirs.keys())
    for start in range(0, len(suspects := [*missed, *diverged, *closed]), BATCH):
        sync.read_documents(row, odoo, source, suspects[start : start + BATCH], at=at)
    deleted = Document.objects.filter(
        connection=row.connection, model=source.document_model, gone_at=at
    ).count()
    return Gap(source.name, len(theirs), len(missed), len(diverged), deleted)


def _theirs(odoo: Odoo, source: Source) -> dict[int, datetime]:
    """Document id and latest stamp of all that is living in Odoo."""
    fields = ["write_date", *(["sale_id"] if "sale_id" in source.fields else [])]
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
    documents = Document.objects.filter(
        connection=row.connection, model=source.document_model, gone_at=None
    )
    return dict(documents.values_list("record_id", "written_at"))


def _open_here(row: OdooAccess, source: Source) -> set[int]:
    """Documents that we believe to be living."""
    documents = Document.objects.filter(
        connection=row.connection, model=source.document_model, gone_at=None
    )
    believed = documents.filter(facts__open=True) | documents.filter(facts__counted=True)
    return set(believed.values_list("record_id", flat=True))
