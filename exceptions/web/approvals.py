"""The page of approvals: what waits for the reader, what they proposed, and what was decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, voting
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalRequest
from exceptions.queries import approvals as query
from exceptions.queries.queue import latest_event
from exceptions.vocabulary import ApprovalState
from exceptions.web import approval_panel
from exceptions.web.approval_panel import BADGES, Tried
from exceptions.web.reader import ids, reader_of

VIEWS: dict[str, tuple[str | Promise, Callable[[Actor], list[ApprovalRequest]]]] = {
    "mine": (gettext_lazy("Waits for me"), lambda actor: query.waiting(actor, timezone.now())),
    "proposed": (gettext_lazy("Proposed by me"), query.proposed),
    "pending": (gettext_lazy("All that wait"), query.pending),
    "done": (gettext_lazy("Done"), query.ended),
}


@dataclass(frozen=True, slots=True)
class Tab:
    label: str | Promise
    url: str
    n: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Pick:
    """One request of the list."""

    request: ApprovalRequest
    url: str
    look: str
    symbol: str
    current: bool


@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    return render(request, "approvals.html", _context(request))


@require_POST
def vote(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say yes or no; back to where it was said."""

    def act(actor: Actor) -> str:
        done = voting.vote(
            request_id,
            request.POST.get("ballot", ""),
            actor,
            digest=request.POST.get("digest", ""),
            reason=text_of(request.POST),
            at=timezone.now(),
        )
        return said_of(done)

    return _done(request, request_id, request.POST.get("ballot", ""), act)


@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take the proposal back."""

    def act(actor: Actor) -> str:
        voting.withdraw(request_id, actor, reason=text_of(request.POST), at=timezone.now())
        return _("Taken back. Who was asked is told.")

    return _done(request, request_id, "withdraw", act)


def _done(
    request: HttpRequest, request_id: int, what: str, act: Callable[[Actor], str]
) -> HttpResponse:
    """A refusal is a sentence on the page, with what was typed."""
    actor = actors.person(reader_of(request))
    found = get_object_or_404(actors.visible_approvals(actor), pk=request_id)
    try:
        messages.success(request, act(actor))
    except Refused as refused:
        tried = Tried(request_id, what, str(refused), request.POST)
        return render(request, "approvals.html", _context(request, tried), status=409)
    if request.POST.get("back") == "case":
        return redirect(reverse("case", args=[found.case_id]))
    return redirect("approvals")


def said_of(done: ApprovalRequest) -> str:
    """What a vote has come to."""
    if done.state == ApprovalState.APPROVED:
        return _("Approved. It is carried out now.")
    if done.state == ApprovalState.REJECTED:
        return _("Rejected. %s is told why.") % done.proposed_by
    return _("Your vote counts. Others still have to say yes.")


def text_of(form: Mapping[str, str]) -> str:
    """Why, as it was typed."""
    return form.get("reason", "").replace("\x00", "").strip()


def _context(request: HttpRequest, tried: Tried | None = None) -> dict[str, Any]:
    actor, at = actors.person(reader_of(request)), timezone.now()
    since = latest_event()  # before all that is read, so that the page never seems newer than it is
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "mine"
    rows = VIEWS[view][1](actor)
    chosen = _chosen(request, rows, actor, tried)
    panel = None
    if chosen:
        panel = approval_panel.panel(chosen, chosen.case, actor, at, tried)
        approval_panel.saw([panel], at)
    return {
        "section": "approvals",
        "at": at,
        "since": since,
        "view": view,
        "tabs": [_tab(name, view, actor) for name in VIEWS],
        "picks": [_pick(row, view, chosen) for row in rows],
        "panel": panel,
        "votes": [(vote, *BADGES[ApprovalState(vote.request.state)]) for vote in _votes(actor)],
    }


def _votes(actor: Actor) -> list[Any]:
    return query.last_votes(actor)


def _chosen(
    request: HttpRequest, rows: list[ApprovalRequest], actor: Actor, tried: Tried | None
) -> ApprovalRequest | None:
    """The one that is asked for, whatever list it is in; else the first of the list."""
    wanted = [tried.request_id] if tried else ids([request.GET.get("request", "")])
    if not wanted:
        return rows[0] if rows else None
    listed = next((row for row in rows if row.pk == wanted[0]), None)
    return listed or query.whole(actor).filter(pk=wanted[0]).first()


def _tab(name: str, view: str, actor: Actor) -> Tab:
    label, rows = VIEWS[name]
    n = len(rows(actor)) if name in ("mine", "pending") else None
    return Tab(label, _address(name), n, name == view)


def _address(view: str, chosen: int | None = None) -> str:
    query = f"?view={view}" + (f"&request={chosen}" if chosen else "")
    return reverse("approvals") + query


def _pick(row: ApprovalRequest, view: str, chosen: ApprovalRequest | None) -> Pick:
    look, symbol = BADGES[ApprovalState(row.state)]
    current = chosen is not None and row.pk == chosen.pk
    return Pick(row, _address(view, row.pk), look, symbol, current)
