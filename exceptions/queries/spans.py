"""Spans: how long until the first response, and until the resolution.

Durations are counted in classes that are no wider than 1/32 of what they hold; median and p90 are
the middle of the class in which the case of that rank lies (`exceptions.rollups.durations`).
"""

from dataclasses import dataclass
from datetime import date

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure, Outcome

WORKED = (Outcome.FIXED, Outcome.ACCEPTED)  # outcomes that people worked for


@dataclass(frozen=True, slots=True)
class Span:
    """Median and p90 in seconds over `n` cases; None without a case."""

    n: int
    median: float | None
    p90: float | None


NOTHING = Span(0, None, None)


@dataclass(frozen=True, slots=True)
class Length:
    """A span of time that is measured of cases: `sql/<name>.sql` counts it, and the rollups of the
    figure. Over the range and by day are read apart: a year has few months and many days.
    """

    name: str
    figure: Figure

    def whole(self, scope: Scope) -> Span:
        """Over the range."""
        return self._read("spans", scope).get(None, NOTHING)

    def by_day(self, scope: Scope) -> dict[date, Span]:
        """Of each day of the range that has any."""
        found = self._read("spans_by_day", scope)
        return {day: span for day, span in found.items() if day}

    def _read(self, rolled: str, scope: Scope) -> dict[date | None, Span]:
        if scope.from_rollups:
            names = (f"rolled/{rolled}", "percentiles")
            found = rolled_rows(*names, figure=self.figure, scope=scope)
        else:
            found = rows(self.name, "percentiles", scope=scope, worked=list(WORKED))
        return {row[0]: Span(*row[1:]) for row in found}  # the whole range has no day


# Detection to the first move made by a person, of cases detected in the range.
FIRST_RESPONSE = Length("first_response", Figure.RESPONSE)
# Detection to the last resolution, of cases resolved in the range by people's work. What healed by
# itself and what was dismissed is counted apart (see `ended`).
RESOLUTION = Length("resolution", Figure.WORKED)


def apart(name: str, figure: Figure, scope: Scope) -> dict[str, Span]:
    """As `Length.whole`, each `what` by itself."""
    if scope.from_rollups:
        rolled = ("rolled/spans_apart", "percentiles_apart")
        found = rolled_rows(*rolled, figure=figure, scope=scope)
    else:
        found = rows(name, "percentiles_apart", scope=scope)
    return {row[0]: Span(*row[1:]) for row in found}
