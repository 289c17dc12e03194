"""Breach rate: of the clocks that ended, the share that was breached."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure


@dataclass(frozen=True, slots=True)
class Breaches:
    """Clocks of one kind that ended in the range, and how many of them were breached."""

    kind: str
    n: int
    breached: int

    @property
    def rate(self) -> float:
        """The share, 0 to 1."""
        return self.breached / self.n


def by_clock(scope: Scope) -> list[Breaches]:
    """One row for every kind of clock that ended in the range; cancelled clocks do not count."""
    return [Breaches(*row) for row in by("clock", scope)]


def by(what: str, scope: Scope) -> Iterable[tuple[str, int, int]]:
    """Ended and breached by "clock", "site", "kind", "team" or "day", in order; what has no clock
    that ended is left out.
    """
    if not scope.from_rollups:
        return rows("breach", scope=scope, by=what)
    name = "rolled/breach_by_day" if what == "day" else "rolled/breach"
    apart = what in ("kind", "team")
    kept = rolled_rows(name, figure=Figure.CLOCK, scope=scope, apart=apart, by=what)
    return _added([*kept, *rows("running_over", scope=scope, by=what)])


def _added(found: Iterable[tuple[str, int, int]]) -> Iterable[tuple[str, int, int]]:
    ended, breached = Counter[str](), Counter[str]()
    for part, n, missed in found:
        ended[part] += n
        breached[part] += missed
    return [(part, ended[part], breached[part]) for part in sorted(ended)]
