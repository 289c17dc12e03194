"""Spans: how long until the first response, and until the resolution.

Median and p90 are `percentile_cont`: they interpolate linearly between the two nearest cases.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from exceptions.queries.scope import Scope, rows
from exceptions.vocabulary import Outcome

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
    return _spans("first_response", scope)


def resolution(scope: Scope) -> Spans:
    """Detection to the last resolution, of cases resolved in the range by people's work.

    What healed by itself and what was dismissed is counted apart (see `ended`).
    """
    return _spans("resolution", scope, worked=list(WORKED))


def _spans(figure: str, scope: Scope, **more: Any) -> Spans:
    found = {row[0]: Span(*row[1:]) for row in rows(figure, scope, **more)}
    whole = found.pop(None)  # the whole range has no day
    return Spans(whole=whole, by_day=found)
