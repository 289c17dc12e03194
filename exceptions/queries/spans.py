"""Spans: how long until the first response, and until the resolution.

Durations are counted in classes that are no wider than 1/32 of what they hold; median and p90 are
the middle of the class in which the case of that rank lies (`exceptions.rollups.durations`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure, Outcome

WORKED = (Outcome.FIXED, Outcome.ACCEPTED)  # outcomes that people worked for


@dataclass(frozen=True, slots=True)
class Span:
    """Median and p90 in seconds over `n` cases; None without a case."""

    n: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Spans:
    """A span of time over the range, and by day."""

    whole: Span
    by_day: dict[date, Span]


def first_response(scope: Scope) -> Spans:
    """Detection to the first move made by a person, of cases detected in the range."""
    return of("first_response", Figure.RESPONSE, scope)


def resolution(scope: Scope) -> Spans:
    """Detection to the last resolution, of cases resolved in the range by people's work.

    What healed by itself and what was dismissed is counted apart (see `ended`).
    """
    return of("resolution", Figure.WORKED, scope, worked=list(WORKED))


def of(name: str, figure: Figure, scope: Scope, **more: Any) -> Spans:
    """Of the durations that `sql/<name>.sql` counts, and the rollups of the figure."""
    if scope.from_rollups:
        rolled = ("rolled/spans", "percentiles")
        found = rolled_rows(*rolled, figure=figure, scope=scope)
    else:
        found = rows(name, "percentiles", scope=scope, **more)
    by_day = {row[0]: Span(*row[1:]) for row in found}
    whole = by_day.pop(None, Span(0, None, None))  # the whole range has no day
    return Spans(whole=whole, by_day=by_day)


def apart(name: str, figure: Figure, scope: Scope) -> dict[str, Span]:
    """As `of`, over the range only, each `what` by itself."""
    if scope.from_rollups:
        rolled = ("rolled/spans_apart", "percentiles_apart")
        found = rolled_rows(*rolled, figure=figure, scope=scope)
    else:
        found = rows(name, "percentiles_apart", scope=scope)
    return {row[0]: Span(*row[1:]) for row in found}
