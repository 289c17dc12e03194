"""Breaches apart: the breach rate by site, by kind, by team, and day by day."""

from collections import Counter
from dataclasses import dataclass

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure

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
    return _by("site", scope)


def by_kind(scope: Scope) -> list[BreachesOf]:
    return _by("kind", scope)


def by_team(scope: Scope) -> list[BreachesOf]:
    return _by("team", scope)


def by_day(scope: Scope) -> list[BreachesOf]:
    """Days on which no clock ended are left out."""
    return _by("day", scope)


def _by(what: str, scope: Scope) -> list[BreachesOf]:
    """As `breach.by_clock`; what has no clock that ended is left out."""
    if not scope.from_rollups:
        return [BreachesOf(*row) for row in rows("breach_by", scope=scope, by=what)]
    ended, breached = Counter[str](), Counter[str]()
    name = "rolled/breach_by_day" if what == "day" else "rolled/breach_by"
    apart = what in ("kind", "team")
    kept = rolled_rows(name, figure=Figure.CLOCK, scope=scope, apart=apart, by=what)
    for part, n, missed in [*kept, *rows("running_over_by", scope=scope, by=what)]:
        ended[part] += n
        breached[part] += missed
    return [BreachesOf(part, ended[part], breached[part]) for part in sorted(ended)]
