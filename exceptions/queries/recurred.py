"""What came back: the recurrence rate, reopened cases, and whether fixes held.

Cases that were merged into another are not counted where it is about what recurs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure, State

# A fix is told once its 30 days are over, for every instant of its day in any zone.
TOLD_AFTER = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Cases of one kind detected on one day, and how many of them recur: their subject had another
    case resolved in the 30 days before.
    """

    day: date
    kind: str
    n: int
    recurring: int


@dataclass(frozen=True, slots=True)
class Fixes:
    """Cases of one kind that somebody fixed on one day, and how many came back: another case of
    the subject was detected in the 30 days after.
    """

    day: date
    kind: str
    n: int
    came_back: int

    @property
    def held(self) -> int:
        """So far, where the 30 days are not over."""
        return self.n - self.came_back


def recurrence(scope: Scope) -> list[Recurrence]:
    """Of the cases detected in the range; days and kinds without a case are left out."""
    return [Recurrence(*row) for row in _by_day("recurrence", Figure.RECURRING, scope)]


def fixes(scope: Scope) -> list[Fixes]:
    """Of the cases fixed in the range; days and kinds without one are left out."""
    return [Fixes(*row) for row in _by_day("fixes", Figure.FIXED, scope)]


def told_until(scope: Scope) -> date:
    """The last day whose fixes cannot come back any more."""
    return scope.at.date() - TOLD_AFTER


def open_to_be_told(found: Iterable[Fixes], scope: Scope) -> int:
    """How many of the fixes have held so far, and may still come back."""
    until = told_until(scope)
    return sum(row.held for row in found if row.day > until)


@dataclass(frozen=True, slots=True)
class Reopened:
    """Cases reopened in the range, and cases resolved in it; the same need not be among both."""

    n: int
    resolved: int


def reopened(scope: Scope) -> Reopened:
    """A case is counted on the day on which it was reopened, or resolved, the last time."""
    if scope.from_rollups:
        found = rolled_rows("rolled/by_place", figure=Figure.REOPENED, scope=scope)
        n = sum(row[1] for row in found)
    else:
        n = rows("reopened", scope=scope)[0][0]
    return Reopened(n, dict(entered(scope)).get(State.RESOLVED, 0))


def entered(scope: Scope) -> list[tuple[str, int]]:
    """Cases by the state that they came into in the range (the last time), most first."""
    if scope.from_rollups:
        return rolled_rows("rolled/by_what", figure=Figure.ENTERED, scope=scope)
    return rows("entered", scope=scope)


def _by_day(name: str, figure: Figure, scope: Scope) -> list[tuple[date, str, int, int]]:
    if scope.from_rollups:
        return rolled_rows("rolled/parts_by_day", figure=figure, scope=scope)
    return rows(name, scope=scope)
