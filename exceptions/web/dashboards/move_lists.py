"""Which moves an address asks for: what their page shows, and what their file holds."""

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from exceptions.models import CaseEvent
from exceptions.queries import person_hours, quarters, touch
from exceptions.queries.quarters import A_DAY, Quarters
from exceptions.queries.scope import Scope
from exceptions.web.dashboards.walk_links import INSIDE, OUTSIDE, ROSTERED

WHEN = {
    "": gettext_lazy("Moves that people made"),
    OUTSIDE: gettext_lazy("Moves after hours"),
    INSIDE: gettext_lazy("Moves in working hours"),
    ROSTERED: gettext_lazy("Moves on days with a roster"),
}


def which(query: QueryDict) -> str:
    """A word of WHEN."""
    said = query.get("when", "")
    return said if said in WHEN else ""


def hour(query: QueryDict) -> int | None:
    """Of the day; None: of all."""
    said = query.get("hour", "")
    return int(said) if said.isascii() and said.isdigit() and int(said[:3]) < 24 else None


def on_page(query: QueryDict, scope: Scope, number: int, size: int) -> tuple[list[int], int]:
    """The ids of one page, of the first where there are not so many; and how many in all."""
    asked = which(query)
    ids, n = touch.listed(
        scope,
        _within(asked, scope),
        outside=asked == OUTSIDE,
        hour=hour(query),
        page=number,
        size=size,
    )
    return on_page(query, scope, 1, size) if not ids and number > 1 else (ids, n)


def everything(query: QueryDict, scope: Scope) -> QuerySet[CaseEvent]:
    """What all pages show, the latest first."""
    asked = which(query)
    within = _within(asked, scope)
    return touch.all_listed(scope, within, outside=asked == OUTSIDE, hour=hour(query))


def _within(asked: str, scope: Scope) -> list[Quarters]:
    if asked == ROSTERED:
        return person_hours.rostered(scope)
    if asked:
        return quarters.worked(scope)
    return [Quarters(site, day, 0, A_DAY) for site in scope.sites for day in scope.days]
