"""Breaches apart: the breach rate by site, by kind, by team, and day by day."""

from dataclasses import dataclass

from exceptions.queries import breach
from exceptions.queries.scope import Scope

NO_TEAM = "0"


@dataclass(frozen=True, slots=True)
class BreachesOf:
    """Clocks of one `part` that ended in the range, and how many of them were breached.

    `part`: the id of a site or a team (NO_TEAM for none), a kind of case, or a day (2026-11-17).
    """

    part: str
    n: int
    breached: int

    @property
    def rate(self) -> float:
        """The share, 0 to 1."""
        return self.breached / self.n


def by_site(scope: Scope) -> list[BreachesOf]:
    return [BreachesOf(*row) for row in breach.by("site", scope)]


def by_kind(scope: Scope) -> list[BreachesOf]:
    return [BreachesOf(*row) for row in breach.by("kind", scope)]


def by_team(scope: Scope) -> list[BreachesOf]:
    return [BreachesOf(*row) for row in breach.by("team", scope)]


def by_day(scope: Scope) -> list[BreachesOf]:
    """Days on which no clock ended are left out."""
    return [BreachesOf(*row) for row in breach.by("day", scope)]
