"""The command palette: find a case, an order or a move."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from exceptions import actors, lifecycle
from exceptions.actors import Actor
from exceptions.models import Case
from exceptions.queries.case_conditions import SNOOZED_OR_NOT
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.queue import RANKED
from exceptions.web import case as case_page
from exceptions.web import raising, shell
from exceptions.web.case import Choice
from exceptions.web.reader import ids, reader_of

CASES = 8


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """The list for what was typed so far; `case` is the case whose page is open."""
    actor = actors.person(reader_of(request))
    text = request.GET.get("q", "").replace("\x00", "").strip()[:160]
    here = actors.visible_cases(actor).filter(pk__in=ids([request.GET.get("case", "")])).first()
    context = {
        "here": here,
        "moves": _moves(here, actor, text) if here else [],
        "cases": _cases(actor, text),
        "places": [e for e in _places(actor) if text.lower() in e.label.lower()],
        "text": text,
    }
    return render(request, "palette.html", context)


def _places(actor: Actor) -> list[shell.Entry]:
    return [*raising.entry(actor), *shell.rail(actor)]


def _moves(case: Case, actor: Actor, text: str) -> list[Choice]:
    legal = lifecycle.legal_moves(case, actor)
    offered = case_page.choices(case, legal, None)
    return [c for c in offered if not c.why_not and text.lower() in c.label.lower()]


def _cases(actor: Actor, text: str) -> list[Case]:
    """Open cases first, by severity, then the latest that ended. Without a text: what is most
    pressing.

    Asked apart, so that the database need not sort all of history to find the first few.
    """
    visible, at = actors.visible_cases(actor), timezone.now()
    asked = CaseFilter(text=text, snoozed=SNOOZED_OR_NOT)
    found = list(asked.apply(visible, at=at).order_by(*RANKED)[:CASES])
    if text and len(found) < CASES:
        ended = asked.changed(states=("ended",)).apply(visible, at=at)
        found += ended.order_by("-id")[: CASES - len(found)]
    return found
