"""The pages of the dashboards."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.charts.plot import figure
from exceptions.models import User
from exceptions.queries import queue as worklist
from exceptions.queries import scope as scopes
from exceptions.rollups import keeping
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards import menu
from exceptions.web.dashboards.asked import Asked
from exceptions.web.dashboards.register import FIRST, dashboards
from exceptions.web.dashboards.shell import Dashboard, Reading, range_label
from exceptions.web.exports import behind_numbers

# Plotly writes a style sheet for maps unless an element of the page has this id. No chart is a map.
MAP_STYLE_ID = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"
REMEMBERED = "dashboards"  # in the session: the filters that were looked at last


@require_safe
def show(request: HttpRequest, dashboard: str = FIRST.key) -> HttpResponse:
    """One dashboard. An address without any filter goes on where its reader left off."""
    shown = next((each for each in dashboards() if each.key == dashboard), None)
    if shown is None:
        raise Http404
    actor = reader(request)
    if not request.GET and (left := request.session.get(REMEMBERED)):
        return redirect(f"{request.path}?{left}")
    at = fresh_at(timezone.now())
    asked = filters.read(request.GET, scopes.today(actor, at), shown.key)
    if request.GET and not getattr(request, "htmx", False):  # it does not renew itself
        remember(request, asked)
    since = worklist.latest_event()
    counted_at = keeping.freshen(at)
    scope = replace(asked.scope(actor, at), rolled=counted_at is not None)
    reading = Reading(actor, asked, scope)
    context = frame(asked, actor, shown, at, counted_at or at) | content(reading, shown)
    page = {"tabs": _tabs(asked), "since": since, "here": filters.address(asked)}
    return render(request, "dashboards.html", context | page)


def content(reading: Reading, shown: Dashboard) -> dict[str, Any]:
    """The numbers: tiles, cards and what is drawn."""
    told = shown.read(reading)
    before = reading.scope.previous()
    return {
        "dashboard": shown,
        "range": reading.names[0],
        "before": range_label(before.first_day, before.last_day),
        "first_day": reading.scope.first_day,
        "tiles": told.tiles,
        "cards": told.cards,
        "parts": told.parts,
        "nothing": told.nothing,
        "figures": {card.key: figure(card.chart) for card in told.cards if card.plotted},
    }


def frame(
    asked: Asked, actor: Actor, shown: Dashboard, at: datetime, counted_at: datetime
) -> dict[str, Any]:
    """What stands around the numbers: the filters, and how fresh they are."""
    return {
        "section": "dashboards",
        "at": at,
        "asked": asked,
        "fresh": f"{timezone.localtime(counted_at):%H:%M %Z}",
        "kept": asked.pairs(),
        "map_style_id": MAP_STYLE_ID,
        "menus": menu.menus(asked, actor, shown.heeds),
        "presets": menu.presets(asked),
        "unranged": filters.address(asked, asked.pairs()),
        "place": filters.place(asked.dashboard),
        "filtered": bool(asked.pairs()),
        "files": behind_numbers.files(asked),
    }


def _tabs(asked: Asked) -> list[tuple[Dashboard, str]]:
    """Each dashboard with its address, filters taken along."""
    return [(each, filters.address(replace(asked, dashboard=each.key))) for each in dashboards()]


def remember(request: HttpRequest, asked: Asked) -> None:
    query = asked.to_query()
    if request.session.get(REMEMBERED) != query:
        request.session[REMEMBERED] = query


def fresh_at(at: datetime) -> datetime:
    """Whole seconds, so that addresses made from it are readable and say what was counted."""
    return at.replace(microsecond=0)


def reader(request: HttpRequest) -> Actor:
    """Who reads. Dashboards are for those whose role lets them read cases somewhere."""
    assert isinstance(request.user, User)
    actor = actors.person(request.user)
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    return actor
