"""The steps and the moves that numbers of the process and of people count, one by one."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.models import CaseEvent
from exceptions.queries import person_hours, quarters, touch, walks_listed
from exceptions.queries import scope as scopes
from exceptions.queries.quarters import A_DAY, Quarters
from exceptions.queries.scope import Scope
from exceptions.vocabulary import State
from exceptions.web import formats
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards import walk_links
from exceptions.web.dashboards.asked import Asked
from exceptions.web.dashboards.page import fresh_at, reader
from exceptions.web.dashboards.shell import range_label
from exceptions.web.dashboards.walk_links import INSIDE, OUTSIDE, ROSTERED
from exceptions.web.exports import page as exports

A_PAGE = 100
WHEN = {
    "": gettext_lazy("Moves that people made"),
    OUTSIDE: gettext_lazy("Moves after hours"),
    INSIDE: gettext_lazy("Moves in working hours"),
    ROSTERED: gettext_lazy("Moves on days with a roster"),
}


@require_safe
def steps(request: HttpRequest) -> HttpResponse:
    """Steps from one state to the next in the range; of one step, or of all."""
    actor = reader(request)
    at = fresh_at(timezone.now())
    asked = filters.read(request.GET, scopes.today(actor, at), "process")
    cases = asked.cases.apply(actors.visible_cases(actor), at=at, reader=actor.user)
    came_from, came_to = walk_links.step_of(request.GET.get("step", ""))
    scope = asked.scope(actor, at)
    found = walks_listed.steps(scope, cases, came_from=came_from, came_to=came_to)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    named = f"{State(came_from).label} → {State(came_to).label}" if came_from else ""
    context = {
        "head": _("Steps"),
        "page": page,
        "exports": exports.choices(request.get_full_path()),
        "n": page.paginator.count,
        "lines": [(event, formats.span(_waited(event))) for event in page.object_list],
        "named": named,
        "others": [(_("all steps"), walk_links.steps(asked), not named)],
        "steps": True,
    }
    return _shown(request, asked, context)


def _waited(event: Any) -> float:
    waited: timedelta = event.at - event.since
    return max(waited.total_seconds(), 0)


@require_safe
def moves(request: HttpRequest) -> HttpResponse:
    """Moves that people made in the range: all, those after hours, or those of one hour."""
    actor = reader(request)
    at = fresh_at(timezone.now())
    asked = filters.read(request.GET, scopes.today(actor, at), "people")
    which = request.GET.get("when", "")
    which = which if which in WHEN else ""
    hour = _hour(request.GET.get("hour", ""))
    number = _number(request.GET.get("page", ""))
    ids, n = _moves(asked.scope(actor, at), which, hour, number)
    events = CaseEvent.objects.select_related("case__site", "case__team", "actor").in_bulk(ids)
    context = {
        "head": WHEN[which],
        "page": Paginator(range(n), A_PAGE).get_page(number),
        "n": n,
        "lines": [(events[pk], "") for pk in ids],
        "named": "" if hour is None else _("%(from)s:00 to %(to)s:00") % _bounds(hour),
        "others": [
            (says, walk_links.moves(asked, word), word == which) for word, says in WHEN.items()
        ],
        "steps": False,
    }
    return _shown(request, asked, context)


def _moves(scope: Scope, which: str, hour: int | None, number: int) -> tuple[list[int], int]:
    """One page of them, the first where there are not so many; and how many in all."""
    within, outside = _within(which, scope), which == OUTSIDE
    ids, n = touch.listed(scope, within, outside=outside, hour=hour, page=number, size=A_PAGE)
    return _moves(scope, which, hour, 1) if not ids and number > 1 else (ids, n)


def _within(which: str, scope: Scope) -> list[Quarters]:
    if which == ROSTERED:
        return person_hours.rostered(scope)
    if which:
        return quarters.worked(scope)
    return [Quarters(site, day, 0, A_DAY) for site in scope.sites for day in scope.days]


def _bounds(hour: int) -> dict[str, str]:
    return {"from": f"{hour:02}", "to": f"{hour + 1:02}"}


def _hour(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and int(said[:3]) < 24 else None


def _number(said: str) -> int:
    """Of a page, the first where it cannot be read."""
    return max(int(said), 1) if said.isascii() and said.isdigit() and len(said) < 6 else 1


def _shown(request: HttpRequest, asked: Asked, context: dict[str, Any]) -> HttpResponse:
    around = {
        "section": "dashboards",
        "at": timezone.now(),
        "range": range_label(asked.first_day, asked.last_day),
        "back": filters.address(asked),
    }
    return render(request, "dashboard_walks.html", around | context)
