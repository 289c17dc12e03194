"""Aging: how long what is open has been open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions.queries.scope import Scope, rows

# A bucket goes from its cut (inclusive) to the next (exclusive).
CUTS = tuple(timedelta(hours=h) for h in (4, 8, 24, 72, 168, 336))
BUCKETS = range(len(CUTS) + 1)


@dataclass(frozen=True, slots=True)
class Aged:
    """Open cases of one tier in one bucket of BUCKETS."""

    bucket: int
    tier: str
    n: int


def by_bucket(scope: Scope) -> list[Aged]:
    """Open cases by elapsed time since detection and tier; the range does not matter here."""
    return [Aged(*row) for row in rows("aging", scope=scope, cuts=list(CUTS))]


def detected_between(bucket: int, at: datetime) -> tuple[datetime | None, datetime | None]:
    """When the cases of a bucket were detected: after the first instant, until the second.

    Unlike the age, these stay true while one looks at the list.
    """
    older = at - CUTS[bucket] if bucket < len(CUTS) else None
    younger = at - CUTS[bucket - 1] if bucket else None
    return older, younger
