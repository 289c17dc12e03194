"""What of a source stands in our mirror, batch by batch, and what of it still stands in Odoo.

Nothing here holds more than a batch, nor looks at documents that have ended.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from exceptions.models import Case, Document
from exceptions.vocabulary import OPEN_STATES
from integrations.models import OdooAccess
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.sources import Source

BATCH = 500


def ever(row: OdooAccess, source: Source) -> QuerySet[Document]:
    """All of a source, those that are gone among them."""
    return Document.objects.filter(
        connection=row.connection, model=source.document_model, facts_type=source.facts_type
    )


def documents(row: OdooAccess, source: Source) -> QuerySet[Document]:
    """Those of a source that are not gone."""
    return ever(row, source).filter(gone_at=None)


def living(row: OdooAccess, source: Source) -> QuerySet[Document]:
    """Those that we believe to be able to hold an exception."""
    return documents(row, source).filter(living=True)


def with_live_cases(row: OdooAccess, source: Source) -> QuerySet[Document]:
    """Those that a live case is about."""
    live = Case.objects.filter(state__in=OPEN_STATES).values("document")
    return documents(row, source).filter(pk__in=live)


def batches(found: QuerySet[Document]) -> Iterator[list[Document]]:
    """In the order of their record ids; only the ids are loaded."""
    last = 0
    while batch := list(
        found.filter(record_id__gt=last).only("record_id").order_by("record_id")[:BATCH]
    ):
        yield batch
        last = batch[-1].record_id


def still_there(odoo: Odoo, source: Source, domain: Sequence[Any], ids: Sequence[int]) -> set[int]:
    """Which of these documents still have a record of that domain. An order whose last transfer was
    deleted has none, although the order itself is there.
    """
    of_these = [*domain, *source.of_documents(ids)]
    fields = ["id", *source.document_fields]
    return {
        document
        for records in paging.all_by_id(odoo, source.model, of_these, fields)
        for record in records
        if (document := source.document_id(record))
    }
