"""The dashboards: the operations figures, and the clocks that they count."""

from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.charts import operations as drawn
from exceptions.charts.chart import Chart
from exceptions.charts.operations import day_label
from exceptions.charts.plot import figure
from exceptions.models import User
from exceptions.queries import scope as scopes
from exceptions.queries.clocks_ended import clocks_ended
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import ClockKind
from exceptions.web import dashboard_filter, dashboard_menu
from exceptions.web.dashboard_filter import Asked
from exceptions.web.dashboard_links import Links
from exceptions.web.dashboard_tiles import Board, figures, fresh_at, now, range_label, tiles

CLOCKS_A_PAGE = 100
# Plotly writes a style sheet for maps unless an element of the page has this id. No chart is a map.
MAP_STYLE_ID = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"


@dataclass(frozen=True, slots=True)
class Card:
    """A chart on the page, with its definition and the rows behind it."""

    key: str
    title: str
    means: str
    chart: Chart
    n: str
    link: str
    href: str

    @property
    def empty(self) -> bool:
        """Nothing was counted. A share of 0 % of something is not nothing."""
        drawn = any(point.value for series in self.chart.series for point in series.points)
        return not drawn and not any(self.chart.ends)


@require_safe
def dashboards(request: HttpRequest) -> HttpResponse:
    """Operations and SLA."""
    actor = _reader(request)
    at = fresh_at(timezone.now())
    asked = dashboard_filter.read(request.GET, scopes.today(actor, at))
    counted_at = keeping.freshen(at)
    scope = replace(asked.scope(actor, at), rolled=counted_at is not None)
    links = Links(asked, at)
    board = Board(figures(scope), figures(scope.previous()), now(scope), links)
    shown = cards(board, scope)
    context = {
        "section": "dashboards",
        "at": at,
        "asked": asked,
        "fresh": f"{timezone.localtime(counted_at or at):%H:%M %Z}",
        "range": range_label(asked.first_day, asked.last_day),
        "before": range_label(scope.previous().first_day, scope.previous().last_day),
        "kept": _pairs(asked),
        "map_style_id": MAP_STYLE_ID,
        "menus": dashboard_menu.menus(asked, actor),
        "presets": dashboard_menu.presets(asked, scopes.today(actor, at)),
        "tiles": tiles(board),
        "cards": shown,
        "figures": {card.key: figure(card.chart) for card in shown if not card.empty},
        "nothing": not board.now.open and not any((board.figures.volume, board.figures.ended)),
    }
    return render(request, "dashboards.html", context)


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    """What the form for another range carries along."""
    query = QueryDict(asked.cases.without("states").to_query())
    return [(name, value) for name, values in query.lists() for value in values]


@require_safe
def clocks(request: HttpRequest) -> HttpResponse:
    """The clocks that ended in the range: what the breach rate counts, one by one."""
    actor = _reader(request)
    at = fresh_at(timezone.now())
    asked = dashboard_filter.read(request.GET, scopes.today(actor, at))
    kind = request.GET.get("clock", "")
    kind = kind if kind in ClockKind.values else ""
    breached = request.GET.get("clock_state") == "breached"
    cases = asked.cases.apply(actors.visible_cases(actor), at=at, reader=actor.user)
    found = clocks_ended(asked.scope(actor, at), cases, kind=kind, breached_only=breached)
    context = {
        "section": "dashboards",
        "at": at,
        "page": Paginator(found, CLOCKS_A_PAGE).get_page(request.GET.get("page")),
        "kind": ClockKind(kind).label if kind else "",
        "breached": breached,
        "range": range_label(asked.first_day, asked.last_day),
        "back": dashboard_filter.address(asked),
        "links": Links(asked, at),
        "all_clocks": Links(asked, at).clocks(kind),
        "breached_clocks": Links(asked, at).breached(kind),
    }
    return render(request, "dashboard_clocks.html", context)


def _reader(request: HttpRequest) -> Actor:
    """Who reads. Dashboards are for those whose role lets them read cases somewhere."""
    assert isinstance(request.user, User)
    actor = actors.person(request.user)
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    return actor


def cards(board: Board, scope: Scope) -> list[Card]:
    links, found = board.links, board.figures
    names = (
        range_label(scope.first_day, scope.last_day),
        ngettext("the day before", "previous %(n)s days", scope.length) % {"n": scope.length},
    )
    return [
        _volume(board, scope),
        Card(
            "backlog",
            _("Backlog"),
            _("Open at the end of each day: not resolved, not closed."),
            drawn.backlog(found.backlog, board.before.backlog, names, links.open_on),
            _("n = %(n)s at the end of %(day)s")
            % {"n": found.backlog[-1].n, "day": day_label(found.backlog[-1].day)},
            _cases(found.backlog[-1].n),
            links.open_on(found.backlog[-1].day),
        ),
        _aging(board),
        _breach(board),
        _spans_card(board, scope, "first_response"),
        _spans_card(board, scope, "resolution"),
        _kinds(board, names),
        _ended(board),
    ]


def _volume(board: Board, scope: Scope) -> Card:
    n = sum(row.n for row in board.figures.volume)
    chart = drawn.volume(board.figures.volume, scope.days, board.links.detected_on)
    means = _("Cases by day of detection and tier.")
    return Card("volume", _("Volume"), means, chart, _n(n), _cases(n), board.links.detected())


def _aging(board: Board) -> Card:
    chart = drawn.aging(board.now.aging, board.links.aged)
    means = _("Open cases by elapsed time since detection and tier, now.")
    n = board.now.open
    return Card("aging", _("Aging"), means, chart, _n(n), _cases(n), board.links.open_now())


def _breach(board: Board) -> Card:
    rows = board.figures.breaches
    breached, n = sum(row.breached for row in rows), sum(row.n for row in rows)
    return Card(
        "breach",
        _("SLA breach rate"),
        _("Of the clocks that ended in the range, the share breached, by kind of clock."),
        drawn.breach(rows, board.links.breached),
        _n(n),
        ngettext("%s breached clock", "%s breached clocks", breached) % breached,
        board.links.breached(),
    )


def _spans_card(board: Board, scope: Scope, which: str) -> Card:
    links = board.links
    title, means, day_link, href = {
        "first_response": (
            _("First response"),
            _("Hours from detection to the first move by a person, by day of detection."),
            links.responded_on,
            links.responded(),
        ),
        "resolution": (
            _("Resolution time"),
            _("Hours from detection to resolved, by day of resolution. Self-healed is apart."),
            links.resolved_on,
            links.resolved(),
        ),
    }[which]
    found = getattr(board.figures, which)
    chart = drawn.spans(found, scope.days, day_link)
    n = found.whole.n
    return Card(which, title, means, chart, _n(n), _cases(n), href)


def _kinds(board: Board, names: tuple[str, str]) -> Card:
    links, previous = board.links, board.links.previous()

    def link(kind: str, before: bool) -> str:
        return (previous if before else links).of_kind(kind)

    n = sum(row.n for row in board.figures.kinds)
    chart = drawn.kinds(board.figures.kinds, board.before.kinds, names, link)
    means = _("Cases detected in the range by kind, most first.")
    return Card("kinds", _("Kinds"), means, chart, _n(n), _cases(n), links.detected())


def _ended(board: Board) -> Card:
    n = sum(board.figures.ended.values())
    chart = drawn.ended(board.figures.ended, board.links.ended)
    means = _("Cases that ended in the range, by how they ended.")
    return Card("ended", _("Outcomes"), means, chart, _n(n), _cases(n), board.links.ended())


def _n(n: int) -> str:
    return f"n = {n:,}"


def _cases(n: int) -> str:
    return ngettext("%s case", "%s cases", n) % f"{n:,}"
