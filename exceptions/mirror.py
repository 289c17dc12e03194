"""The mirror: facts stored as Documents, in one statement a batch.

A reading that is older than what is stored changes nothing, so batches may arrive twice and in any
order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from django.db import connection

from exceptions import facts as facts_module
from exceptions import links
from exceptions.facts import Facts


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts on their way into the mirror, with the instant at which to look at them again."""

    facts: Facts
    recheck_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A document whose substance has changed, or that is itself new."""

    document_id: int
    reading: Reading
    is_new: bool


@cache
def _statement() -> str:
    return (Path(__file__).parent / "queries" / "sql" / "mirror_documents.sql").read_text()


def store(readings: Sequence[Reading]) -> list[Stored]:
    """Insert or update the documents; returns those that say something new, by id."""
    latest = _latest(readings)
    if not latest:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"readings": _rows(latest.values())})
        rows = cursor.fetchall()
    return [
        Stored(document_id, latest[connection_id, model, record_id, facts_type], is_new)
        for document_id, connection_id, model, record_id, facts_type, is_new in rows
    ]


Key = tuple[int, str, int, str]


def _latest(readings: Sequence[Reading]) -> dict[Key, Reading]:
    """One reading a record, the latest, in key order (so that two batches never lock crosswise)."""
    by_key: dict[Key, Reading] = {}
    for reading in sorted(readings, key=lambda r: r.facts.read_at):
        by_key[_key(reading.facts)] = reading
    return dict(sorted(by_key.items()))


def _key(facts: Facts) -> Key:
    return (facts.connection_id, facts.model, facts.record_id, type(facts).__name__)


def _rows(readings: Iterable[Reading]) -> str:
    """The batch as one JSON text: an array per column would be escaped value by value."""
    return msgspec.json.encode([_row(reading) for reading in readings]).decode()


def _row(reading: Reading) -> dict[str, object]:
    facts = reading.facts
    return {
        "connection_id": facts.connection_id,
        "model": facts.model,
        "record_id": facts.record_id,
        "site_id": facts.site_id,
        "reference": facts.reference[:120],
        "url": facts.url[:400],
        "facts_type": type(facts).__name__,
        "facts": facts_module.dump(facts).decode(),  # as text: parsed once, where it is stored
        "substance": facts_module.substance(facts),
        "links": links.of(facts),
        "living": facts.living,
        "read_at": facts.read_at,
        "written_at": facts.written_at,
        "promised_at": _promise(facts),
        "recheck_at": reading.recheck_at,
    }


def _promise(facts: Facts) -> datetime | None:
    return getattr(facts, "promised_at", None)
