"""The page that says how often what was foreseen came."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.lateness.measures import Band
from exceptions.queries import proved as query
from exceptions.queries.proved import Quarter
from exceptions.web import risk_words
from exceptions.web.reader import reader_of


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    n: int
    late: str
    auc: str
    brier: str
    usual: str


@dataclass(frozen=True, slots=True)
class Reliable:
    name: str
    n: int
    foreseen: str
    came: str


@require_safe
def proved(request: HttpRequest) -> HttpResponse:
    actor, at = actors.person(reader_of(request)), timezone.now()
    told = query.proved(actors.visible_transits(actor), at.date())
    context = {
        "section": "at-risk",
        "at": at,
        "on": at.date(),
        "switched_on": settings.TOWER_LATENESS,
        "whole": line(told.whole) if told.whole else None,
        "lines": [line(quarter) for quarter in told.quarters],
        "bands": [reliable(band) for band in told.bands],
        "seen_ahead": told.seen_ahead,
        "drifts": told.drifts,
        "no_better": bool(told.whole and told.whole.brier >= told.whole.usual),
        "enough": query.ENOUGH,
    }
    return render(request, "at_risk_proved.html", context)


def line(quarter: Quarter) -> Line:
    return Line(
        quarter.name,
        quarter.n,
        risk_words.percent(quarter.late / quarter.n),
        "" if quarter.auc is None else f"{quarter.auc:.2f}",
        f"{quarter.brier:.3f}",
        f"{quarter.usual:.3f}",
    )


def reliable(band: Band) -> Reliable:
    name = f"{band.least * 100:.0f}\N{EN DASH}{band.most * 100:.0f} %"
    said = risk_words.percent
    return Reliable(name, band.n, said(band.foreseen), said(band.came))
