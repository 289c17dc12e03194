"""The steps and the moves that numbers of the process and of people count, one by one."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.models import CaseEvent
from exceptions.queries import scope as scopes
from exceptions.queries import walks_listed
from exceptions.vocabulary import State
from exceptions.web import formats
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards import move_lists, walk_links
from exceptions.web.dashboards.asked import Asked
from exceptions.web.dashboards.page import fresh_at, reader
from exceptions.web.dashboards.shell import range_label
from exceptions.web.exports import page as exports

A_PAGE = 100


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
    which, hour = move_lists.which(request.GET), move_lists.hour(request.GET)
    number = _number(request.GET.get("page", ""))
    ids, n = move_lists.on_page(request.GET, asked.scope(actor, at), number, A_PAGE)
    events = CaseEvent.objects.select_related("case__site", "case__team", "actor").in_bulk(ids)
    context = {
        "head": move_lists.WHEN[which],
        "page": Paginator(range(n), A_PAGE).get_page(number),
        "exports": exports.choices(request.get_full_path()),
        "n": n,
        "lines": [(events[pk], "") for pk in ids],
        "named": "" if hour is None else _("%(from)s:00 to %(to)s:00") % _bounds(hour),
        "others": [
            (says, walk_links.moves(asked, word), word == which)
            for word, says in move_lists.WHEN.items()
        ],
        "steps": False,
    }
    return _shown(request, asked, context)


def _bounds(hour: int) -> dict[str, str]:
    return {"from": f"{hour:02}", "to": f"{hour + 1:02}"}


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
