"""The page of what may come late: open transfers that are promised and no case yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.lateness import reckoning
from exceptions.models import KeptTransit
from exceptions.queries import at_risk as query
from exceptions.queries import proved
from exceptions.queries.at_risk import LEAST, RiskFilter
from exceptions.vocabulary import Direction
from exceptions.web import risk_words
from exceptions.web.exports import page as exports
from exceptions.web.filters import Chip, Group, Option
from exceptions.web.reader import reader_of

MOST = 500  # rows on the page
PARTNERS = 30  # in the menu


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    n: int
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    transit: KeptTransit
    share: str
    days: str
    n: int
    because: str
    age: str


@require_safe
def at_risk(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    asked = RiskFilter.from_query(request.GET)
    visible = actors.visible_transits(actor)
    found = asked.apply(visible).select_related("site")
    total = found.count()
    context = {
        "section": "at-risk",
        "at": timezone.now(),
        "switched_on": settings.TOWER_LATENESS,
        "no_better": proved.no_better(visible, timezone.now().date()),
        "rows": [row(one) for one in found[:MOST]],
        "total": total,
        "not_shown": max(total - MOST, 0),
        "reckoned_on": query.reckoned_until(visible),
        "plain": asked == RiskFilter(),
        "tabs": _tabs(asked, visible),
        "chips": list(_chips(asked, actor)),
        "menu": _menu(asked, actor),
        "sees_sites": actors.visible_sites(actor).exists(),
        "exports": exports.choices(address(asked)),
    }
    return render(request, "at_risk.html", context)


def row(one: KeptTransit) -> Row:
    risk = reckoning.risk_of(one)
    assert risk is not None  # only what has a share is listed
    assert one.reckoned_on is not None
    return Row(
        transit=one,
        share=risk_words.percent(risk.share),
        days=risk_words.days(risk),
        n=risk.n,
        because=risk_words.because(one, risk),
        age=risk_words.age(risk, one.reckoned_on),
    )


def address(asked: RiskFilter) -> str:
    said = asked.to_query()
    return f"{reverse('at-risk')}?{said}" if said else reverse("at-risk")


def _tabs(asked: RiskFilter, visible: Any) -> list[Tab]:
    """From how likely on, with what each counts under the other filters."""
    return [
        Tab(
            _("%s %% and more") % least,
            address(asked.changed(least=least)),
            asked.changed(least=least).apply(visible).count(),
            asked.least == least,
        )
        for least in reversed(LEAST)
    ]


def _chips(asked: RiskFilter, actor: Actor) -> Iterator[Chip]:
    if asked.direction:
        label = str(Direction(asked.direction).label)
        yield Chip(_("direction"), label, address(asked.changed(direction="")))
    if asked.site:
        site = actors.visible_sites(actor).filter(pk=asked.site).first()
        yield Chip(_("site"), str(site or asked.site), address(asked.changed(site=None)))
    if asked.by:
        yield Chip(_("brought by"), asked.by, address(asked.changed(by="")))


def _menu(asked: RiskFilter, actor: Actor) -> list[Group]:
    """What could be asked for; what is asked takes itself away."""
    brought = asked.changed(by="").apply(actors.visible_transits(actor)).order_by("by")
    names = list(brought.values_list("by", flat=True).distinct()[:PARTNERS])
    ways = [_option(asked, "direction", str(way), str(way.label)) for way in Direction]
    sites = [_option(asked, "site", s.pk, s.name) for s in actors.visible_sites(actor)]
    return [
        Group(_("direction"), ways),
        Group(_("site"), sites),
        Group(_("brought by"), [_option(asked, "by", name, name) for name in names]),
    ]


def _option(asked: RiskFilter, name: str, value: str | int, says: str) -> Option:
    on = getattr(asked, name) == value
    nothing = getattr(RiskFilter(), name)
    return Option(says, address(asked.changed(**{name: nothing if on else value})), on)
