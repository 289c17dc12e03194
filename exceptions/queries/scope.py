"""Scope: which cases a figure counts, and how a figure's statement is run.

Every figure takes a Scope. It is read from the rollups where they serve (`sql/rolled/`), else from
the cases themselves, starting from `sql/scoped.sql`; both say the same. Days are days of each site:
a case detected at 23:30 in Chicago belongs to that day there, whatever the day is in Rotterdam.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models.expressions import RawSQL

from exceptions.actors import Actor, visible_sites
from exceptions.rollups import ranges
from exceptions.rollups.ranges import Part
from exceptions.vocabulary import Figure, KindCode

# No zone is further from UTC than this, so these bounds hold every instant of a local day.
FARTHEST_ZONE = timedelta(hours=15)
NOBODY = 0  # as an owner: the case has none yet
SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to count, from `first_day` to `last_day` inclusive. Empty tuples mean "all";
    `NOBODY` among the owners means cases that have none.

    `sites` is never "all": it names the sites, which the actor must be allowed to see (`sites_of`).
    `at` (UTC) is what "now" means for open cases and running clocks. `rolled`: the rollups are
    kept, and may be read (see `rollups.keeping.freshen`).
    """

    at: datetime
    first_day: date
    last_day: date
    sites: tuple[int, ...]
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    teams: tuple[int, ...] = ()
    owners: tuple[int, ...] = ()
    rolled: bool = False

    @property
    def from_rollups(self) -> bool:
        """Owners are not told apart there: their cases are few enough to be counted."""
        return self.rolled and not self.owners

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=i) for i in range(self.length)]

    @property
    def length(self) -> int:
        """How many days the range has."""
        return (self.last_day - self.first_day).days + 1

    @property
    def earliest(self) -> datetime:
        """No site's first day begins before."""
        return datetime.combine(self.first_day, time.min, UTC) - FARTHEST_ZONE

    @property
    def latest(self) -> datetime:
        """No site's last day ends after."""
        return datetime.combine(self.last_day, time.max, UTC) + FARTHEST_ZONE

    def previous(self) -> "Scope":
        """The same scope over as many days just before."""
        back = timedelta(days=self.length)
        return replace(self, first_day=self.first_day - back, last_day=self.last_day - back)


def sites_of(actor: Actor, wanted: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The ids of the sites that the actor may see, of `wanted` where some are."""
    visible = visible_sites(actor)
    if wanted:
        visible = visible.filter(id__in=wanted)
    return tuple(visible.order_by("id").values_list("id", flat=True))


def today(actor: Actor, at: datetime) -> date:
    """The latest date that it is at any of the actor's sites (UTC's without a site)."""
    zones = set(visible_sites(actor).order_by().values_list("time_zone", flat=True))
    return max((at.astimezone(ZoneInfo(zone)).date() for zone in zones), default=at.date())


def rows(*names: str, scope: Scope, **more: Any) -> list[tuple[Any, ...]]:
    """The rows of the statement `sql/<name>.sql` over the scope; of several, put together."""
    with connection.cursor() as cursor:
        cursor.execute(_read("scoped", *names), _parameters(scope) | more)
        return list(cursor.fetchall())


def statement(*names: str, scope: Scope, **more: Any) -> RawSQL:
    """The same, for the database alone: as a part of what else it is asked."""
    postgres: Any = connection.ops
    said = postgres.compose_sql(_read("scoped", *names), _parameters(scope) | more)
    return RawSQL(said.replace("%", "%%"), ())  # noqa: S611 - composed by the driver


def rolled_rows(
    *names: str,
    figure: Figure,
    scope: Scope,
    parts: list[Part] | None = None,
    apart: bool = False,
    **more: Any,
) -> list[tuple[Any, ...]]:
    """The rows of the statement `sql/<name>.sql` over the rollups of the figure; of several, put
    together. `parts`: what counts as the whole range, if not the scope's own. `apart`: kinds, tiers
    and teams must be told apart.
    """
    parts = ranges.within(scope.first_day, scope.last_day) if parts is None else parts
    whole = not (apart or scope.kinds or scope.tiers or scope.teams)
    kept = {
        "figure": figure,
        "whole": whole,
        "kept_kinds": [""] if whole else list(scope.kinds or KindCode.values),
        "grains": [part.grain for part in parts],
        "starts": [part.start for part in parts],
        "ends": [part.end for part in parts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_read("rolled/counted", *names), _parameters(scope) | kept | more)
        return list(cursor.fetchall())


@cache
def _read(*names: str) -> str:
    return "".join((SQL / f"{name}.sql").read_text() for name in names)


def _parameters(scope: Scope) -> dict[str, Any]:
    return {
        "at": scope.at,
        "first_day": scope.first_day,
        "last_day": scope.last_day,
        "earliest": scope.earliest,
        "latest": scope.latest,
        "sites": list(scope.sites),
        "kinds": list(scope.kinds),
        "tiers": list(scope.tiers),
        "teams": list(scope.teams),
        "owners": list(scope.owners),
    }
