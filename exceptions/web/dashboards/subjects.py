"""The subjects that cases are about: what the recurrence figures count, one by one."""

from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from exceptions.charts.returning import subject_label
from exceptions.queries import scope as scopes
from exceptions.queries import subjects as queries
from exceptions.queries.recurring_conditions import YES
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards.page import fresh_at, reader
from exceptions.web.dashboards.recurrence_links import RecurrenceLinks
from exceptions.web.dashboards.shell import range_label
from exceptions.web.exports import page as exports

A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    name: str
    n: int
    recurring: int
    href: str
    recurring_href: str


@require_safe
def subjects(request: HttpRequest) -> HttpResponse:
    """All of them, or those that recur; what recurs most first."""
    actor = reader(request)
    at = fresh_at(timezone.now())
    asked = filters.read(request.GET, scopes.today(actor, at), "recurrence")
    scope = replace(asked.scope(actor, at), rolled=keeping.freshen(at) is not None)
    links = RecurrenceLinks(asked, at)
    recurring = request.GET.get("recurs") == YES
    told = queries.top(scope)
    n = told.recurring if recurring else told.n
    page = Paginator(range(n), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "dashboards",
        "page": page,
        "exports": exports.choices(request.get_full_path()),
        "rows": _rows(scope, links, page.start_index() - 1 if n else 0, len(page.object_list)),
        "recurring": recurring,
        "range": range_label(asked.first_day, asked.last_day),
        "back": filters.address(asked),
        "all_subjects": links.subjects(),
        "recurring_subjects": links.subjects(recurring=True),
    }
    return render(request, "dashboard_subjects.html", context)


def _rows(scope: Scope, links: RecurrenceLinks, offset: int, limit: int) -> list[Row]:
    """What recurs comes first, so that the first rows are those that recur."""
    found = queries.subjects(scope, limit=limit, offset=offset).top if limit else []
    names = queries.names([row.key for row in found], scope)
    return [
        Row(
            row.key,
            subject_label(row.key, names),
            row.n,
            row.recurring,
            links.of_subject(row.key),
            links.of_subject(row.key, again=True),
        )
        for row in found
    ]
