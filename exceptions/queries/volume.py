"""Volume: cases by day of detection, by kind, by site, and by hour of the week."""

from dataclasses import dataclass
from datetime import date

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure


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
    if scope.from_rollups:
        found = rolled_rows("rolled/volume", figure=Figure.DETECTED, scope=scope)
    else:
        found = rows("volume", scope=scope)
    return [DayVolume(*row) for row in found]


def by_kind(scope: Scope) -> list[KindVolume]:
    """Cases detected in the range by kind, most first."""
    if scope.from_rollups:
        found = rolled_rows("rolled/by_what", figure=Figure.KIND, scope=scope)
    else:
        found = rows("kinds", scope=scope)
    return [KindVolume(*row) for row in found]


def by_site(scope: Scope) -> dict[int, int]:
    """Cases detected in the range by site; sites without a case are left out."""
    if scope.from_rollups:
        return dict(rolled_rows("rolled/by_site", figure=Figure.DETECTED, scope=scope))
    return dict(rows("sites", scope=scope))


def by_hour(scope: Scope) -> dict[int, int]:
    """Cases detected in the range by hour of the week at their site: 0 is Monday's first hour, 167
    Sunday's last. Hours without a case are left out.
    """
    if scope.from_rollups:
        return dict(rolled_rows("rolled/by_place", figure=Figure.HOUR, scope=scope))
    return dict(rows("hours", scope=scope))
