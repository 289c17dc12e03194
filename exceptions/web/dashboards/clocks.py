"""The lists of clocks and pauses that the dashboards count, one by one."""

from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exceptions.vocabulary import ClockKind, Left, Waiting
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards import deadline_lists as lists
from exceptions.web.dashboards.deadline_links import ANY, BREACHED, ENDED, PAUSED
from exceptions.web.dashboards.deadline_lists import Listing
from exceptions.web.dashboards.page import fresh_at, reader
from exceptions.web.dashboards.shell import range_label
from exceptions.web.exports import page as exports

A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """Another list of the same page."""

    says: str
    href: str
    on: bool


@require_safe
def clocks(request: HttpRequest) -> HttpResponse:
    """Clocks that ended in the range, or that stand still now, or have so much left."""
    asked = _listing(request)
    context = _context(request, asked, lists.clocks(asked)) | {
        "kind": ClockKind(asked.kind).label if asked.kind else "",
        "title": lists.title(asked),
        "ranged": not asked.left and asked.state != PAUSED,
        "choices": _left_choices(asked) if asked.left else _choices(asked),
    }
    return render(request, "dashboard_clocks.html", context)


def _choices(asked: Listing) -> list[Choice]:
    links, state = asked.links, asked.state
    return [
        Choice(_("breached"), links.ended(BREACHED, kind=asked.kind), state == BREACHED),
        Choice(_("met and breached"), links.ended(kind=asked.kind), state == ENDED),
        Choice(_("paused now"), links.paused(), state == PAUSED),
    ]


def _left_choices(asked: Listing) -> list[Choice]:
    words = {ANY: _("all")} | {word.value: str(word.label) for word in Left}
    return [
        Choice(says, asked.links.left(word, asked.kind), word == asked.left)
        for word, says in words.items()
    ]


@require_safe
def pauses(request: HttpRequest) -> HttpResponse:
    """Pauses that began in the range."""
    asked = _listing(request)
    context = _context(request, asked, lists.pauses_begun(asked)) | {
        "waiting": Waiting(asked.waiting).label if asked.waiting else "",
        "choices": [
            Choice(says, asked.links.pauses(asked.waiting, word), word == asked.which)
            for word, says in lists.which_pauses().items()
        ],
    }
    return render(request, "dashboard_pauses.html", context)


def _listing(request: HttpRequest) -> Listing:
    return lists.listing(request.GET, reader(request), fresh_at(timezone.now()))


def _context(request: HttpRequest, asked: Listing, rows: QuerySet[Any]) -> dict[str, Any]:
    return {
        "section": "dashboards",
        "at": asked.scope.at,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "range": range_label(asked.asked.first_day, asked.asked.last_day),
        "back": filters.address(replace(asked.asked, dashboard="sla")),
        "exports": exports.choices(request.get_full_path()),
    }
