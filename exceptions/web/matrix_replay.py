"""What the draft of the approval matrix would have asked in the last quarter, and which decisions
stand behind each of its numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from exceptions import actors, drafting, matrices, matrix
from exceptions.actors import Actor
from exceptions.matrix import Level
from exceptions.matrix_drafting import MATRIX
from exceptions.matrix_replay import Added, Line, Pace, Replayed, Whom
from exceptions.models import Decision, MatrixVersion
from exceptions.queries import replay as query
from exceptions.queries.replay import Replay
from exceptions.vocabulary import DecisionKind, Voters
from exceptions.web import formats
from exceptions.web.reader import ids, reader_of_policies

A_PAGE = 50
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHICH: dict[str, tuple[str | Promise, Callable[[Replayed], bool]]] = {
    "made": (gettext_lazy("All decisions"), lambda row: True),  # noqa: ARG005 - all of them
    "before": (gettext_lazy("Asked by what is in force"), lambda row: bool(row.before)),
    "after": (gettext_lazy("Asked by the draft"), lambda row: bool(row.after)),
    "changed": (gettext_lazy("Asked differently"), lambda row: row.changed),
}


@dataclass(frozen=True, slots=True)
class Count:
    """A number, and the page with as many rows."""

    n: int
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    site: str
    made: Count
    before: Count
    after: Count
    changed: Count


@dataclass(frozen=True, slots=True)
class Panel:
    """`rows` are those of decisions and sites where the draft asks differently."""

    says: str
    adds: str
    totals: Row
    rows: list[Row]
    paces: list[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """One decision of the list."""

    decision: Decision
    before: list[str]
    after: list[str]


def panel(actor: Actor, draft: MatrixVersion, at: datetime) -> Panel:
    found = _replayed(actor, draft, at)
    sites = dict(actors.visible_sites(actor).values_list("pk", "name"))
    return Panel(
        says=_says(found),
        adds=_adds(found.added),
        totals=_totals(found),
        rows=[_row(line, sites.get(line.site, "")) for line in found.lines if line.changed],
        paces=[_pace(whom, pace) for whom, pace in sorted(found.paces.items())],
    )


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The decisions behind one number of the draft's page."""
    actor, found = reader_of_policies(request), drafting.open_draft(MATRIX)
    if found is None:
        messages.info(request, _("There is no open draft."))
        return redirect("matrix")
    chosen = _chosen(_replayed(actor, found, timezone.now()).rows, request)
    page = Paginator(chosen, A_PAGE).get_page(request.GET.get("page"))
    which = request.GET.get("which", "made")
    context = {
        "section": "approvals",
        "page": page,
        "listed": _listed(list(page.object_list)),
        "label": WHICH[which][0] if which in WHICH else WHICH["made"][0],
        "others": urlencode([(k, v) for k, v in request.GET.items() if k != "page"]),
    }
    return render(request, "approval_matrix_replay.html", context)


def _replayed(actor: Actor, draft: MatrixVersion, at: datetime) -> Replay:
    in_force = matrices.of(matrices.newest())
    return query.replay(actor, in_force, matrices.of(draft), at=at)


def _chosen(found: list[Replayed], request: HttpRequest) -> list[Replayed]:
    """What the address asks for; a word that it does not know asks for everything."""
    which = WHICH.get(request.GET.get("which", ""), WHICH["made"])[1]
    decision, site = request.GET.get("decision"), ids([request.GET.get("site", "")])
    return [
        row
        for row in found
        if which(row)
        and decision in (None, row.made.asked.decision)
        and (not site or row.made.asked.site in site)
    ]


def _listed(found: list[Replayed]) -> list[Listed]:
    whole = Decision.objects.select_related("case__site", "proposed_by")
    known = whole.in_bulk([row.made.decision_id for row in found])
    return [
        Listed(known[row.made.decision_id], _in_words(row.before), _in_words(row.after))
        for row in found
    ]


def _in_words(levels: tuple[Level, ...]) -> list[str]:
    return [matrix.level_in_words(level) for level in levels]


def _says(found: Replay) -> str:
    told = {"n": found.asked_after, "before": found.asked_before}
    said = ngettext(
        "%(n)s approval instead of %(before)s", "%(n)s approvals instead of %(before)s", told["n"]
    )
    return said % told


def _adds(added: Added) -> str:
    """`+0.8 days on the average of 300 decisions; unknown for 4`."""
    if added.takes is None:
        return _("how much longer they take is unknown: no level was measured yet")
    sign = "-" if added.takes < timedelta() else "+"
    told = {"time": sign + _length(abs(added.takes)), "n": added.n}
    said = _("%(time)s for a decision, on the average of %(n)s") % told
    more = _("; unknown for %s, whose levels were not measured yet") % added.unknown
    return said + (more if added.unknown else "")


def _length(takes: timedelta) -> str:
    if takes < DAY:
        return _("%.1f hours") % (takes / HOUR)
    return _("%.1f days") % (takes / DAY)


def _totals(found: Replay) -> Row:
    changed = sum(row.changed for row in found.rows)
    counts = (len(found.rows), found.asked_before, found.asked_after, changed)
    return _counted(_("All"), "", counts, {})


def _row(line: Line, site: str) -> Row:
    counts = (line.made, line.asked_before, line.asked_after, line.changed)
    of = {"decision": str(line.decision), "site": line.site}
    return _counted(str(DecisionKind(line.decision).label), site, counts, of)


def _counted(what: str, site: str, counts: tuple[int, ...], of: dict[str, Any]) -> Row:
    base = reverse("matrix-replay")
    made = [
        Count(n, f"{base}?{urlencode({'which': which} | of)}")
        for n, which in zip(counts, WHICH, strict=True)
    ]
    return Row(what, site, *made)


def _pace(whom: Whom, pace: Pace) -> str:
    """`approvers: 2 h, the median of 31`."""
    voters, group = whom
    told = {
        "who": group if voters == Voters.GROUP else Voters(voters).label,
        "time": formats.span(pace.takes.total_seconds()),
        "n": pace.n,
    }
    return _("%(who)s: %(time)s, the median of %(n)s") % told
