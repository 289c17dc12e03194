"""The executive report, one page: to be read, and to be printed."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Case
from exceptions.queries import scope
from exceptions.report import assumptions, contents, findings
from exceptions.report.contents import Indicator, Report, Wanted
from exceptions.report.line import line
from exceptions.vocabulary import KindCode
from exceptions.web.filters import Names, Option
from exceptions.web.reader import reader_of
from exceptions.web.report import asked as report_asked
from exceptions.web.report import assumption_form
from exceptions.web.report.asked import WORDS, Asked, address
from exceptions.web.report.links import Link, link, links


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator, and where its rows are listed."""

    indicator: Indicator
    link: Link | None


@dataclass(frozen=True, slots=True)
class Row:
    """A site, with its indicators in the order of the columns."""

    name: str
    shown: list[Shown]


@dataclass(frozen=True, slots=True)
class Menu:
    """One filter: what is chosen, what could be, and the address without it."""

    name: str
    says: str
    options: list[Option]
    clear_url: str


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    return shown(request, reads(request))


def shown(
    request: HttpRequest,
    actor: Actor,
    *,
    form: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; `form` is what was typed into the assumptions, where that was refused."""
    at = timezone.now().replace(microsecond=0)
    today = scope.today(actor, at)
    asked = report_asked.read(request.GET, today)
    found = contents.read(asked.wanted(), actor, at)
    context = _context(found, asked, actor, today) | {
        "fields": assumption_form.fields(form or assumption_form.filled(found.assumed)),
        "may_set": assumptions.may_set(actor),
        "problem": problem,
    }
    return render(request, "report.html", context, status=status)


def reads(request: HttpRequest) -> Actor:
    """Who reads: those whose role lets them read cases somewhere."""
    actor = actors.person(reader_of(request))
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    return actor


def _context(found: Report, asked: Asked, actor: Actor, today: date) -> dict[str, Any]:
    here = links(found.wanted, found.at)
    shown = [Shown(i, link(i, here)) for i in found.indicators]
    return {
        "section": "report",
        "report": found,
        "asked": asked,
        "shown": shown,
        "money": [Shown(i, link(i, here)) for i in found.money],
        "rows": _rows(found),
        "lead": findings.lead(found.indicators),
        "findings": findings.findings(found.indicators, found.by_site, found.target),
        "query": urlencode(asked.pairs()),
        "line": line([day.n for day in found.backlog]),
        "largest": [(case, _waits_for(case)) for case in found.largest],
        "menus": _menus(asked, actor),
        "periods": _periods(asked, today),
    }


def _rows(found: Report) -> list[Row]:
    rows = []
    for site in found.by_site:
        wanted: Wanted = replace(found.wanted, sites=(site.id,))
        here = links(wanted, found.at)
        rows.append(Row(site.name, [Shown(i, link(i, here)) for i in site.indicators]))
    return rows


def _waits_for(case: Case) -> str:
    """Whose turn it is."""
    return str(case.owner) if case.owner else _("an owner")


def _periods(asked: Asked, today: date) -> list[Option]:
    return [
        Option(str(says), address(asked.named(name, today)), asked.name == name)
        for name, says in WORDS.items()
    ]


def _menus(asked: Asked, actor: Actor) -> list[Menu]:
    sites = {int(key): says for key, says in Names(actor).sites.items()}
    kinds = {kind.value: str(kind.label) for kind in KindCode}
    return [
        _menu(asked, "sites", _("site"), sites, asked.sites),
        _menu(asked, "kinds", _("kind"), kinds, asked.kinds),
    ]


def _menu(
    asked: Asked, field: str, name: str, words: dict[Any, str], chosen: tuple[Any, ...]
) -> Menu:
    options = [
        Option(says, address(asked.changed(**{field: _toggled(chosen, key)})), key in chosen)
        for key, says in words.items()
    ]
    says = ", ".join(words.get(value, str(value)) for value in chosen) or _("all")
    return Menu(name, says, options, address(asked.changed(**{field: ()})) if chosen else "")


def _toggled(chosen: tuple[Any, ...], value: object) -> tuple[Any, ...]:
    return tuple(c for c in chosen if c != value) if value in chosen else (*chosen, value)
