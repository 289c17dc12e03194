"""Backlog: how many cases were open at the end of each day."""

from dataclasses import dataclass
from datetime import date

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.rollups import ranges
from exceptions.vocabulary import Figure


@dataclass(frozen=True, slots=True)
class DayBacklog:
    """Cases open (not resolved, not closed) when the day ended at their site."""

    day: date
    n: int


def by_day(scope: Scope) -> list[DayBacklog]:
    """One row for every day of the range. Of a day that has not ended, what is open now.

    Tier, team and owner are those that the case has now.
    """
    if scope.from_rollups:
        past = ranges.before(scope.first_day)
        found = rolled_rows("rolled/backlog", figure=Figure.OPEN, scope=scope, parts=past)
    else:
        found = rows("backlog", scope=scope)
    return [DayBacklog(*row) for row in found]
