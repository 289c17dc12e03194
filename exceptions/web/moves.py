"""Moves made from pages: one on a case page, or one on several rows of the queue.

A refusal is a sentence: on the case page with status 409 and everything that was typed, in the
queue beside the row that it concerns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from exceptions import actors, grouping, lifecycle
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, User
from exceptions.vocabulary import Move, Outcome
from exceptions.web import case as case_page
from exceptions.web import disruption, offer_forms, queue
from exceptions.web.reader import ids, reader_of

MOST_AT_ONCE = 200
SAID = {
    Move.CLASSIFY: gettext_lazy("classified"),
    Move.RECLASSIFY: gettext_lazy("reclassified"),
    Move.ASSIGN: gettext_lazy("assigned"),
    Move.ACKNOWLEDGE: gettext_lazy("acknowledged"),
    Move.RESOLVE: gettext_lazy("resolved"),
    Move.CLOSE: gettext_lazy("closed"),
    Move.REOPEN: gettext_lazy("reopened"),
    Move.DISMISS: gettext_lazy("dismissed"),
}
# What a form may say; whatever else it sends is not heard.
FIELDS = (
    "owner",
    "seen_owner",
    "reason",
    "decision",
    "substance",
    "date",
    "cost",
    "undoes",
    "severity",
    "outcome",
    "root_cause",
    "corrective_action",
    "without_evidence",
    "avoided",
    "lost",
    "amounts_currency",
)


@require_POST
def case_move(request: HttpRequest, case_id: int, which: str) -> HttpResponse:
    """Make the move; back to the case, or 409 with the page, the sentence and what was typed."""
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor), pk=case_id)
    move = _move(which)
    try:
        done = _made_one(case, move, actor, request.POST)
    except Refused as refused:
        context = case_page.context(
            request, case.pk, Refusal(move, str(refused), request.POST, refused.problems)
        )
        return render(request, "case.html", context, status=409)
    messages.success(request, done)
    query = request.GET.urlencode()
    return redirect(reverse("case", args=[case.pk]) + (f"?{query}" if query else ""))


def _made_one(case: Case, move: Move, actor: Actor, form: Mapping[str, str]) -> str:
    """Make the move, on the children too where that is ticked; what was done, for the reader."""
    at, data = timezone.now(), data_of(form)
    if move == Move.ASSIGN and "children" in form:
        return disruption.moved(grouping.assign_all(case.pk, actor, at=at, data=data))
    lifecycle.move(case.pk, move, actor, at=at, data=data)
    return said(case, move)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A move that was not made: why, and what was typed, so that nothing is lost."""

    move: Move
    says: str
    typed: Mapping[str, str]
    problems: Mapping[str, str]


@require_POST
def bulk_moves(request: HttpRequest) -> HttpResponse:
    """One move on several cases, each on its own; what became of each is told."""
    actor = actors.person(reader_of(request))
    move = _move(request.POST.get("move", ""))
    wanted = ids(request.POST.getlist("case"))[:MOST_AT_ONCE]
    cases = list(actors.visible_cases(actor).filter(pk__in=wanted).order_by("pk"))
    data, at = data_of(request.POST), timezone.now()
    refused = [(case, says) for case in cases if (says := _try(case, move, actor, at, data))]
    tell(request, move, cases, refused)
    if getattr(request, "htmx", False):
        context = queue.replacement(request, [case.pk for case in cases])
        return render(request, "queue.html", context | {"layout": "_moved.html"})
    return HttpResponseRedirect(back(request))


def data_of(form: Mapping[str, str]) -> dict[str, Any]:
    """What a form says, as `effects` wants it: people as people, dates as instants.

    A date and time without a zone is one of the reader's zone, which the page names beside it.
    """
    data: dict[str, Any] = {n: form[n].replace("\x00", "") for n in FIELDS if n in form}
    if "owner" in data:
        data["owner"] = User.objects.filter(pk__in=ids([data["owner"]])).first()
    if "date" in data:
        data["date"] = instant(data["date"])
    if "decision" in data:
        data |= offer_forms.said(form) | {"zone": timezone.get_current_timezone()}
    if data.get("outcome") == Outcome.DUPLICATE and form.get("merged_into", "").strip():
        data["merged_into"] = disruption.number_of(form["merged_into"])
    return data


def instant(text: str) -> datetime | None:
    """The instant of a `datetime-local` field, in the reader's zone."""
    try:
        value = parse_datetime(text)
        return timezone.make_aware(value) if value and timezone.is_naive(value) else value
    except (ValueError, OverflowError):
        return None


def said(case: Case, move: Move) -> str:
    """What has just been done, for the reader."""
    if move == Move.PROPOSE:
        return _("Proposed on %(case)s. It goes to Odoo now; the page shows when it is proved.") % {
            "case": case.reference
        }
    return _("%(case)s is %(done)s.") % {"case": case.reference, "done": SAID[move]}


def _move(which: str) -> Move:
    try:
        return Move(which)
    except ValueError:
        raise Http404 from None


def _try(case: Case, move: Move, actor: Actor, at: datetime, data: dict[str, Any]) -> str:
    """Why the move was refused; empty when it was made."""
    try:
        lifecycle.move(case.pk, move, actor, at=at, data=data)
    except Refused as refused:
        return str(refused)
    return ""


def tell(
    request: HttpRequest, move: Move, cases: list[Case], refused: list[tuple[Case, str]]
) -> None:
    """What became of each case, `refused` with why not, as a message of the next page."""
    made = len(cases) - len(refused)
    if not cases:
        messages.warning(request, _("Select at least one case first."))
    elif not refused and made == 1:
        messages.success(request, said(cases[0], move))
    elif not refused:
        messages.success(request, _made(move, made))
    else:
        messages.warning(request, results(_made(move, made) if made else "", refused))


def _made(move: Move, n: int) -> str:
    return ngettext("%(n)s case %(done)s.", "%(n)s cases %(done)s.", n) % {
        "n": n,
        "done": SAID[move],
    }


def results(made: str, refused: list[tuple[Case, str]]) -> SafeString:
    """What was done, in a sentence (empty: nothing), and case by case what was not, and why."""
    told = ((case.reference, _without(case.reference, says)) for case, says in refused)
    lines = format_html_join("", "<li><b>{}</b> {}</li>", told)
    not_made = ngettext("%(n)s refused:", "%(n)s refused:", len(refused)) % {"n": len(refused)}
    return format_html("<p>{} {}</p><ul>{}</ul>", made, not_made, lines)


def _without(reference: str, says: str) -> str:
    """The sentence without the reference it begins with, where that stands before it anyway."""
    return says.removeprefix(reference).lstrip()


def back(request: HttpRequest) -> str:
    """The page that the form came from, as long as it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("queue")
