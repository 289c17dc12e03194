"""The two sides of a comparison: what can hold an exception in Odoo, and what we hold of it.

Both are counted and summed alike: a document adds the first eight bytes of a hash over its id and
its stamp, so that the order in which pages come does not matter. A document of several records is
stamped by the latest of them, and ours may be stamped by what hangs on it besides: as new or newer
is the same there.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from integrations.models import OdooAccess
from integrations.odoo import mirrored, paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo, to_odoo
from integrations.odoo.paging import Record
from integrations.odoo.sources import Source

BITS = 64
Stamps = Mapping[int, datetime]


@dataclass(slots=True)
class Tally:
    """How many documents one side has, and a checksum over their ids and stamps."""

    count: int = 0
    total: int = 0

    def add(self, document: int, stamp: datetime) -> None:
        said = f"{document}:{to_odoo(stamp)}".encode()
        digest = hashlib.blake2b(said, digest_size=BITS // 8).digest()
        self.count += 1
        self.total = (self.total + int.from_bytes(digest, "big")) % (1 << BITS)

    @property
    def checksum(self) -> str:
        return f"{self.total:016x}"


@dataclass(frozen=True, slots=True)
class Held:
    """What we hold of a record, gone or not."""

    document_id: int
    written_at: datetime
    read_at: datetime
    substance: str
    gone_at: datetime | None

    @property
    def is_there(self) -> bool:
        return self.gone_at is None


def theirs(odoo: Odoo, source: Source, domain: Sequence[Any]) -> Iterator[Stamps]:
    """Document ids and latest stamps in Odoo, page by page; each document is on one of them."""
    fields = ["write_date", *source.document_fields]
    pages = (_latest(source, r) for r in paging.all_by_id(odoo, source.model, domain, fields))
    if not source.document_fields:
        yield from pages
        return
    whole: dict[int, datetime] = {}  # its records may lie on several pages
    for page in pages:
        for document, written in page.items():
            whole[document] = max(written, whole.get(document, written))
    each = iter(whole.items())
    while page := dict(islice(each, paging.MANY)):
        yield page


def _latest(source: Source, records: Iterable[Record]) -> dict[int, datetime]:
    stamps: dict[int, datetime] = {}
    for record in records:
        document, written = source.document_id(record), from_odoo(record["write_date"])
        if document and written:
            stamps[document] = max(written, stamps.get(document, written))
    return stamps


def held(row: OdooAccess, source: Source, ids: Iterable[int]) -> dict[int, Held]:
    """What we hold of these records, those that are gone among them."""
    found = mirrored.ever(row, source).filter(record_id__in=list(ids))
    return {
        document.record_id: Held(
            document.pk,
            document.written_at,
            document.read_at,
            document.substance,
            document.gone_at,
        )
        for document in found.only("record_id", "written_at", "read_at", "substance", "gone_at")
    }


def differs(source: Source, ours: Held, stamp: datetime, *, at: datetime) -> bool:
    """Whether ours is to be read again. One that is newer than theirs, and was not just read, tells
    that Odoo's clock was put back: a backup was played back there.
    """
    if not ours.is_there or ours.written_at < stamp:
        return True
    one_record = not source.document_fields
    return one_record and ours.written_at > stamp and ours.read_at < at


def compared_stamp(source: Source, ours: Held, stamp: datetime) -> datetime:
    """Ours, as it is summed beside theirs."""
    return min(ours.written_at, stamp) if source.document_fields else ours.written_at
