"""The requests for approval, levels and votes that the numbers of approvals count, one by one."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from exceptions import actors, approvals
from exceptions.models import ApprovalLevel, ApprovalRequest, Vote
from exceptions.queries import scope as scopes
from exceptions.vocabulary import ApprovalState, Ballot, LevelState
from exceptions.web import formats
from exceptions.web.approval_panel import BADGES
from exceptions.web.dashboards import approval_links as links
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards.page import fresh_at, reader
from exceptions.web.dashboards.shell import range_label
from exceptions.web.exports import page as exports

A_PAGE = 100
HEADS: dict[str, str | Promise] = {
    links.REQUESTS: gettext_lazy("Requests for approval that ended"),
    links.WAITING: gettext_lazy("Requests that wait for approval"),
    links.LEVELS: gettext_lazy("Levels that were answered"),
    links.VOTES: gettext_lazy("Votes"),
}
OF_LEVEL = {
    LevelState.PASSED: ApprovalState.APPROVED,
    LevelState.REFUSED: ApprovalState.REJECTED,
}
OF_BALLOT = {Ballot.YES: ApprovalState.APPROVED, Ballot.NO: ApprovalState.REJECTED}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it is, how it ended, from when until when, and how long that was."""

    key: str
    request: ApprovalRequest
    what: str
    how: str
    look: str
    symbol: str
    since: datetime | None
    until: datetime | None
    took: str


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    actor = reader(request)
    at = fresh_at(timezone.now())
    asked = filters.read(request.GET, scopes.today(actor, at), "approvals")
    cases = asked.cases.apply(actors.visible_cases(actor), at=at, reader=actor.user)
    found = links.listed(request.GET, asked.scope(actor, at), cases)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    what = links.what(request.GET)
    here = links.Requests(asked)
    context = {
        "section": "dashboards",
        "at": at,
        "page": page,
        "exports": exports.choices(request.get_full_path()),
        "lines": [line(row, at) for row in page.object_list],
        "head": HEADS[what],
        "range": _("now")
        if what == links.WAITING
        else range_label(asked.first_day, asked.last_day),
        "back": filters.address(asked),
        "others": [
            (HEADS[links.REQUESTS], here.ended(), what == links.REQUESTS),
            (HEADS[links.WAITING], here.pending(), what == links.WAITING),
            (HEADS[links.LEVELS], here.levels(), what == links.LEVELS),
            (HEADS[links.VOTES], here.votes(), what == links.VOTES),
        ],
    }
    return render(request, "dashboard_requests.html", context)


def line(row: Model, at: datetime) -> Line:
    match row:
        case ApprovalLevel():
            return _of_level(row)
        case Vote():
            return _of_vote(row)
        case ApprovalRequest():
            return _of_request(row, at)
    raise TypeError(row)


def _of_request(row: ApprovalRequest, at: datetime) -> Line:
    look, symbol = BADGES[ApprovalState(row.state)]
    took = formats.span(((row.ended_at or at) - row.asked_at).total_seconds())
    how = str(row.get_state_display())
    ends = (row.asked_at, row.ended_at)
    return Line(f"r{row.pk}", row, row.why_ended, how, look, symbol, *ends, took)


def _of_level(row: ApprovalLevel) -> Line:
    look, symbol = BADGES[OF_LEVEL[LevelState(row.state)]]
    said = {"n": row.number, "who": approvals.level_in_words(row)}
    return Line(
        f"l{row.pk}",
        row.request,
        _("Level %(n)s: %(who)s") % said,
        str(row.get_state_display()),
        look,
        symbol,
        row.opened_at,
        row.ended_at,
        _took(row),
    )


def _took(row: ApprovalLevel) -> str:
    """`waited 22 min, then 4 min`: until somebody who may vote looked, and from there."""
    seen = row.first_seen_at or row.ended_at
    waited = _between(row.opened_at, seen)
    if row.first_seen_at is None:
        return _("waited %s") % waited
    took = _between(seen, row.ended_at)
    return _("waited %(waited)s, then %(took)s") % {"waited": waited, "took": took}


def _of_vote(row: Vote) -> Line:
    look, symbol = BADGES[OF_BALLOT[Ballot(row.ballot)]]
    said = {"n": row.level.number, "who": row.voter}
    return Line(
        f"v{row.pk}",
        row.request,
        _("%(who)s, level %(n)s") % said,
        str(row.get_ballot_display()),
        look,
        symbol,
        row.level.opened_at,
        row.at,
        _between(row.level.opened_at, row.at),
    )


def _between(start: datetime | None, end: datetime | None) -> str:
    return formats.span(max((end - start).total_seconds(), 0)) if start and end else formats.DASH
