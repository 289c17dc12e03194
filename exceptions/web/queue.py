"""The queue: the ranked worklist, its filters, and what is new in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exceptions import actors, lifecycle, snoozing
from exceptions.actors import Actor
from exceptions.models import Connection
from exceptions.queries import held_back, people
from exceptions.queries import queue as worklist
from exceptions.queries.case_conditions import SNOOZED, SNOOZED_OR_NOT
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.queue import Row, Worklist
from exceptions.queries.staleness import staleness
from exceptions.rules import RULES
from exceptions.vocabulary import DISMISSALS, Move, Role, State, Until
from exceptions.web import filters, raising, snooze_panel
from exceptions.web.exports import page as exports
from exceptions.web.reader import ids, reader_of


@dataclass(frozen=True, slots=True)
class View:
    """A tab of the queue: a filter with a name."""

    name: str
    label: str | Promise
    asked: CaseFilter


VIEWS = (
    View("open", _("All open"), CaseFilter()),
    View("mine", _("Mine"), CaseFilter(owners=("me",))),
    View("unacknowledged", _("Not acknowledged"), CaseFilter(states=("unacknowledged",))),
    View("due", _("Over, or due today"), CaseFilter(due="today")),
    View("critical", _("Critical"), CaseFilter(tiers=("critical",))),
    View("snoozed", _("Snoozed"), CaseFilter(snoozed=SNOOZED)),
)
ENDED = View("ended", _("Ended"), CaseFilter(states=("ended",)))
BULK_MOVES = (Move.ACKNOWLEDGE, Move.ASSIGN, Move.DISMISS)


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    n: int | None
    current: bool


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The whole page; asked by htmx for the page after a key, only its rows."""
    work = asked_for(request)
    after = request.GET.get("after", "")
    actor = actor_of(request)
    context = {"page": (page := work.page(after)), "rows": rows_for(page.rows, actor)}
    context |= {"query": work.asked.to_query(), "at": work.at, "moves": bulk_moves(actor)}
    context["may_snooze"] = may_snooze(actor)
    if after and getattr(request, "htmx", False):
        return render(request, "queue.html", context | {"layout": "_rows.html"})
    return render(request, "queue.html", context | _around(request, work) | {"after": after})


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of the cases named `id`, to put in the place of those that are shown."""
    wanted = ids(request.GET.getlist("id"))[: worklist.PAGE_SIZE * 4]
    return render(request, "queue.html", replacement(request, wanted) | {"layout": "_moved.html"})


@require_safe
def pulse(request: HttpRequest) -> HttpResponse:
    """Cases that arrived after the event `since`, and that changed after the event `seen`.

    Answered 304 while nothing has happened, at the cost of one look into an index.
    """
    latest = worklist.latest_event()
    version = f'"{latest}"'
    if request.headers.get("If-None-Match") == version:
        return HttpResponseNotModified(headers={"ETag": version})
    work = asked_for(request)
    body = {
        "arrived": work.arrived(_event(request, "since", latest)),
        "changed": worklist.changed(work.cases, _event(request, "seen", latest)),
        "latest": latest,
    }
    return JsonResponse(body, headers={"ETag": version, "Cache-Control": "no-cache"})


def _event(request: HttpRequest, name: str, latest: int) -> int:
    return next(iter(ids([request.GET.get(name, "")])), latest)


def asked_for(request: HttpRequest, query: QueryDict | None = None) -> Worklist:
    """The worklist that the address (or `query`) asks for, of what the reader may see."""
    return Worklist(
        cases=actors.visible_cases(actor_of(request)),
        asked=CaseFilter.from_query(request.GET if query is None else query),
        at=timezone.now(),
        reader=reader_of(request),
    )


def actor_of(request: HttpRequest) -> Actor:
    return actors.person(reader_of(request))


def replacement(request: HttpRequest, wanted: list[int]) -> dict[str, Any]:
    """Context of rows that take the place of those already shown, and of the counts around them.

    `query` in the address is that of the page where they are shown.
    """
    actor = actor_of(request)
    cases = actors.visible_cases(actor).filter(pk__in=wanted)
    work = asked_for(request, QueryDict(request.GET.get("query", "")))
    cases = cases.select_related("site", "owner", "team", "document")
    found = worklist.with_clocks(cases, work.at)
    return {
        "rows": rows_for(found, actor),
        "oob": True,
        "at": work.at,
        "asked": work.asked,
        "query": work.asked.to_query(),
        "moves": bulk_moves(actor),
        "may_snooze": may_snooze(actor),
        "tabs": _tabs(work, actor),
        "total": work.total(),
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with the one move that the reader can make from the list, if any. `as_of` is told
    where the source is paused or has not been read for long.
    """

    row: Row
    acknowledges: bool
    wakes: bool = False
    as_of: datetime | None = None


def rows_for(rows: list[Row], actor: Actor) -> list[Shown]:
    old = staleness(at=timezone.now())
    return [
        Shown(row, _acknowledges(row, actor), _wakes(row, actor), old.of(row.case.document))
        for row in rows
    ]


def _wakes(row: Row, actor: Actor) -> bool:
    return row.rests is not None and not snoozing.refusal(row.case, actor)


def _acknowledges(row: Row, actor: Actor) -> bool:
    assigned = row.case.state == State.ASSIGNED
    return assigned and not lifecycle.refusal(row.case, Move.ACKNOWLEDGE, actor)


def _around(request: HttpRequest, work: Worklist) -> dict[str, Any]:
    """Everything but the rows."""
    actor = actor_of(request)
    names = filters.Names(actor)
    return {
        "section": "queue",
        "layout": "base.html",
        "asked": work.asked,
        "plain": work.asked.to_query() == "",
        "total": work.total(),
        "tabs": _tabs(work, actor),
        "exports": exports.choices(filters.address(work.asked)),
        "chips": filters.chips(work.asked, names),
        "menu": filters.menu(work.asked, names),
        "people": people.by_site(actor),
        "rests": tuple(Until),
        "morning": snooze_panel.morning(work.at),
        "outcomes": DISMISSALS,
        "since": worklist.latest_event(),
        "keep": kept(work.asked),
        "connected": Connection.objects.exists(),
        "sites": names.sites,
        "held_count": held_back.standing(actors.visible_sightings(actor)),
        "may_raise": raising.may_raise(actor),
    }


def kept(asked: CaseFilter) -> list[tuple[str, str]]:
    """What the filter form sends along unseen: all that is asked but what it asks itself."""
    rest = asked.without("text", "detected_from", "detected_to").to_query()
    return [(name, value) for name, values in QueryDict(rest).lists() for value in values]


def bulk_moves(actor: Actor) -> list[Move]:
    """The moves that the actor's roles may make anywhere; each row may still refuse."""
    return [
        which
        for which in BULK_MOVES
        if actor.has_role(*RULES[which].roles)
        or (RULES[which].owner and actor.has_role(Role.OPERATOR))
    ]


def may_snooze(actor: Actor) -> bool:
    """Whether the actor's roles may snooze anywhere; each row may still refuse."""
    return actor.has_role(*(Role(role) for role in snoozing.EVERY_CASE | snoozing.OWN_CASES))


def _tabs(work: Worklist, actor: Actor) -> list[Tab]:
    """The views with what they count; those who only read own no cases that could be theirs."""
    asked = {view.name: view.asked for view in VIEWS}
    reader = work.reader
    assert reader is not None
    open_cases = CaseFilter(snoozed=SNOOZED_OR_NOT).apply(work.cases, at=work.at)
    counts = worklist.counts(open_cases, asked, at=work.at, reader=reader)
    return [
        Tab(
            str(view.label),
            filters.address(view.asked),
            counts.get(view.name),
            view.asked == work.asked,
        )
        for view in (*VIEWS, ENDED)
        if view.name != "mine" or bulk_moves(actor)
    ]
