"""Volume: cases by day of detection, and by kind."""

from dataclasses import dataclass
from datetime import date

from exceptions.queries.scope import Scope, rows


@dataclass(frozen=True, slots=True)
class DayVolume:
    """Cases of one tier (empty before classification) detected on one day of their site."""

    day: date
    tier: str
    n: int


@dataclass(frozen=True, slots=True)
class KindVolume:
    kind: str
    n: int


def by_day(scope: Scope) -> list[DayVolume]:
    """Cases detected in the range by day and tier; days and tiers without a case are left out."""
    return [DayVolume(*row) for row in rows("volume", scope)]


def by_kind(scope: Scope) -> list[KindVolume]:
    """Cases detected in the range by kind, most first."""
    return [KindVolume(*row) for row in rows("kinds", scope)]
