"""The mirror: facts stored as Documents, in one statement a batch.

A reading that is older than what is stored changes nothing, so batches may arrive twice and in any
order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import connection

from exceptions import facts as facts_module
from exceptions.facts import Delivery, Facts, Receipt


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts on their way into the mirror, with the instant at which to look at them again."""

    facts: Facts
    recheck_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A document whose substance is new or has changed."""

    document_id: int
    reading: Reading


@cache
def _statement() -> str:
    return (Path(__file__).parent / "queries" / "sql" / "mirror_documents.sql").read_text()


def store(readings: Sequence[Reading]) -> list[Stored]:
    """Insert or update the documents; returns those that say something new, by id."""
    latest = _latest(readings)
    if not latest:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_statement(), _columns(list(latest.values())))
        rows = cursor.fetchall()
    return [
        Stored(document_id, latest[connection_id, model, record_id])
        for document_id, connection_id, model, record_id in rows
    ]


Key = tuple[int, str, int]


def _latest(readings: Sequence[Reading]) -> dict[Key, Reading]:
    """One reading a record, the latest, in key order (so that two batches never lock crosswise)."""
    by_key: dict[Key, Reading] = {}
    for reading in sorted(readings, key=lambda r: r.facts.read_at):
        by_key[_key(reading.facts)] = reading
    return dict(sorted(by_key.items()))


def _key(facts: Facts) -> Key:
    return (facts.connection_id, facts.model, facts.record_id)


def _columns(readings: list[Reading]) -> dict[str, list[object]]:
    rows = [r.facts for r in readings]
    return {
        "connection_id": [f.connection_id for f in rows],
        "model": [f.model for f in rows],
        "record_id": [f.record_id for f in rows],
        "site_id": [f.site_id for f in rows],
        "reference": [f.reference[:120] for f in rows],
        "url": [f.url[:400] for f in rows],
        "facts_type": [type(f).__name__ for f in rows],
        "facts": [facts_module.dump(f).decode() for f in rows],
        "substance": [facts_module.substance(f) for f in rows],
        "read_at": [f.read_at for f in rows],
        "written_at": [f.written_at for f in rows],
        "promised_at": [_promise(f) for f in rows],
        "recheck_at": [r.recheck_at for r in readings],
    }


def _promise(facts: Facts) -> datetime | None:
    return facts.promised_at if isinstance(facts, Receipt | Delivery) else None
