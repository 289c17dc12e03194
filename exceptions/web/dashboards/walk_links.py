"""From the numbers of ways, steps and moves to the cases and lines of history that they count."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.http import urlencode

from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.process import Step
from exceptions.queries.walk_conditions import IMPORTED_WAY
from exceptions.vocabulary import State
from exceptions.web.dashboards.asked import Asked
from exceptions.web.filters import address

ROSTERED, OUTSIDE, INSIDE = "rostered", "after", "working"  # which moves


def _ended(asked: Asked) -> CaseFilter:
    return asked.cases.changed(ended_from=asked.first_day, ended_to=asked.last_day)


def way(asked: Asked, letters: str) -> str:
    return address(_ended(asked).changed(ways=(letters or IMPORTED_WAY,)))


def other_ways(asked: Asked, shown: Iterable[str]) -> str:
    return address(_ended(asked).changed(ways_not=(*shown, IMPORTED_WAY)))


def moved_by(asked: Asked, people: int) -> str:
    return address(_ended(asked).changed(movers=people))


def reassigned(asked: Asked, times: int) -> str:
    return address(_ended(asked).changed(reassigned=times))


def steps(asked: Asked, step: Step | None = None) -> str:
    said = [("step", f"{step.came_from}>{step.came_to}")] if step else []
    return _listed("dashboard-steps", asked, said)


def moves(asked: Asked, which: str = "", hour: int | None = None) -> str:
    """Of everybody; only those of `which`; of one hour of the day."""
    said = [("when", which)] if which else []
    said += [] if hour is None else [("hour", str(hour))]
    return _listed("dashboard-moves", asked, said)


def _listed(name: str, asked: Asked, said: Iterable[tuple[str, str]]) -> str:
    return f"{reverse(name)}?{urlencode([*asked.pairs(), *asked.range_pairs(), *said])}"


def step_of(said: str) -> tuple[str, str]:
    """Two states; empty ones for what cannot be read."""
    came_from, _arrow, came_to = said.partition(">")
    known = came_from in State.values and came_to in State.values
    return (came_from, came_to) if known else ("", "")
