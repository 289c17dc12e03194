"""Touch: how many hands a case goes through, and when people work on cases.

A move counts as made by people when a person made it by whatever road; what files told does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from exceptions.models import CaseEvent
from exceptions.queries import quarters
from exceptions.queries.person_hours import rostered
from exceptions.queries.quarters import Quarters
from exceptions.queries.scope import Scope, rolled_rows, rows, statement
from exceptions.vocabulary import Figure


@dataclass(frozen=True, slots=True)
class HourMoves:
    """Moves by people in one hour of the day: within the hours asked about, and out of them."""

    hour: int
    within: int
    outside: int

    @property
    def n(self) -> int:
        return self.within + self.outside


@dataclass(frozen=True, slots=True)
class Held:
    """Open cases of one team and owner (0: none)."""

    team: int
    owner: int
    n: int


def by_people(scope: Scope) -> dict[int, int]:
    """Cases that ended in the range, by how many people had moved them."""
    if scope.from_rollups:
        return dict(rolled_rows("rolled/by_place", figure=Figure.PEOPLE, scope=scope))
    return dict(rows("ended_by_people", scope=scope))


def by_reassignments(scope: Scope) -> dict[int, int]:
    """Cases that ended in the range, by how often they were given to another owner."""
    if scope.from_rollups:
        return dict(rolled_rows("rolled/by_place", figure=Figure.REASSIGNED, scope=scope))
    return dict(rows("ended_by_reassignments", scope=scope))


def in_working_hours(scope: Scope) -> list[HourMoves]:
    """Moves of the range by hour of the site's day, within the site's working hours or not."""
    return moves(scope, quarters.worked(scope))


def in_rostered_days(scope: Scope) -> list[HourMoves]:
    """Moves of the range by hour of the site's day, on days with a roster or not."""
    return moves(scope, rostered(scope))


def moves(scope: Scope, within: Iterable[Quarters]) -> list[HourMoves]:
    said = quarters.parameters(within)
    if scope.from_rollups:
        names = ("rolled/moved", "moves_within")
        found = rolled_rows(*names, figure=Figure.MOVED, scope=scope, **said)
    else:
        found = rows("moved", "moves_within", scope=scope, **said)
    return [HourMoves(*row) for row in found]


def by_team(scope: Scope) -> dict[int, int]:
    """Moves of the range by the team whose case it is (0: none), most first."""
    if scope.from_rollups:
        found = rolled_rows("rolled/by_what", figure=Figure.TEAM_MOVED, scope=scope)
        return {int(team): n for team, n in found}
    return dict(rows("moved", "moved_by_team", scope=scope))


def held(scope: Scope) -> list[Held]:
    """Open cases by team and owner now, most first."""
    return [Held(*row) for row in rows("open_by_owner", scope=scope)]


def listed(
    scope: Scope,
    within: Iterable[Quarters],
    *,
    outside: bool,
    hour: int | None,
    page: int,
    size: int,
) -> tuple[list[int], int]:
    """The ids of the events that `moves` counts on one page, the latest first; how many in all."""
    said = quarters.parameters(within) | {"outside": outside, "hour": hour}
    said |= {"limit": size, "offset": (page - 1) * size}
    found = rows("moved", "moves_chosen", "moves_page", scope=scope, **said)
    return [row[0] for row in found], found[0][1] if found else 0


def all_listed(
    scope: Scope, within: Iterable[Quarters], *, outside: bool, hour: int | None
) -> QuerySet[CaseEvent]:
    """The events of all pages, however many they are, the latest first."""
    said = quarters.parameters(within) | {"outside": outside, "hour": hour}
    ids = statement("moved", "moves_chosen", "moves_all", scope=scope, **said)
    return CaseEvent.objects.filter(pk__in=ids).order_by("-pk")
