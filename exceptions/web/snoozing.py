"""Snoozing cases and waking them, from the page of one and from the queue."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from exceptions import actors, clocks, snoozing
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, Snooze
from exceptions.snoozing import Sleep
from exceptions.vocabulary import Until
from exceptions.web import formats, moves, queue, snooze_panel, together
from exceptions.web.reader import ids, reader_of


@require_POST
def snooze(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take the case out of the working queue for a while."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        at = timezone.now()
        row = snoozing.snooze(case.pk, sleep_of(request.POST), actor, at=at)
        return said(request, row, at)

    return together.done(request, case_id, snooze_panel.SNOOZE, act)


@require_POST
def wake(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take the case back into the working queue."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        snoozing.wake(case.pk, actor, at=timezone.now())
        return _("%(case)s is back in the queue.") % {"case": case.reference}

    return together.done(request, case_id, snooze_panel.WAKE, act)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Snooze several cases, or wake them, each on its own; what became of each is told."""
    actor, what = actors.person(reader_of(request)), request.POST.get("what", "")
    if what not in (snooze_panel.SNOOZE, snooze_panel.WAKE):
        raise Http404
    wanted = ids(request.POST.getlist("case"))[: moves.MOST_AT_ONCE]
    cases = list(actors.visible_cases(actor).filter(pk__in=wanted).order_by("pk"))
    refused = [(case, says) for case in cases if (says := _try(case, what, actor, request.POST))]
    _tell(request, what, cases, refused)
    if getattr(request, "htmx", False):
        context = queue.replacement(request, [case.pk for case in cases])
        return render(request, "queue.html", context | {"layout": "_moved.html"})
    return HttpResponseRedirect(moves.back(request))


def _try(case: Case, what: str, actor: Actor, form: Mapping[str, str]) -> str:
    """Why it was refused; empty when it was done."""
    at = timezone.now()
    try:
        if what == snooze_panel.WAKE:
            snoozing.wake(case.pk, actor, at=at)
        else:
            snoozing.snooze(case.pk, sleep_of(form), actor, at=at)
    except Refused as refused:
        return str(refused)
    return ""


def _tell(
    request: HttpRequest, what: str, cases: list[Case], refused: list[tuple[Case, str]]
) -> None:
    done = [case for case in cases if case not in {case for case, _says in refused}]
    words = _snoozed(len(done)) if what == snooze_panel.SNOOZE else _awake(len(done))
    undo = _undo(request, done) if done and what == snooze_panel.SNOOZE else ""
    if not cases:
        messages.warning(request, _("Select at least one case first."))
    elif refused:
        told = moves.results(words if done else "", refused)
        messages.warning(request, format_html("{}{}", told, undo))
    else:
        messages.success(request, format_html("{}{}", words, undo))


def _snoozed(n: int) -> str:
    return ngettext("%(n)s case snoozed.", "%(n)s cases snoozed.", n) % {"n": n}


def _awake(n: int) -> str:
    return ngettext("%(n)s case is back.", "%(n)s cases are back.", n) % {"n": n}


def said(request: HttpRequest, row: Snooze, at: datetime) -> SafeString:
    """What has just been done, what is to be known of it, and the way to undo it."""
    told = _("%(case)s is snoozed, until %(by)s at the latest.") % {
        "case": row.case.reference,
        "by": formats.when(row.until_at),
    }
    warning = snoozing.warning(row, clocks.of_case(row.case), at)
    return format_html("{} {}{}", told, warning, _undo(request, [row.case]))


def _undo(request: HttpRequest, cases: list[Case]) -> SafeString:
    back = request.POST.get("next", "") or reverse("case", args=[cases[0].pk])
    context = {"cases": cases, "next": back}
    return render_to_string("_undo_snooze.html", context, request)


def sleep_of(form: Mapping[str, str]) -> Sleep:
    """What a form says, with the times of the reader's zone. Raises Refused."""
    if form.get("until") not in Until.values:
        raise Refused(_("Choose until when it can rest."))
    until, latest = Until(form["until"]), form.get("until_at", "").strip()
    if latest and moves.instant(latest) is None:
        raise Refused(_("Give the date and time until which it can rest."))
    return Sleep(
        until=until,
        reason=form.get("reason", "").replace("\x00", ""),
        until_at=moves.instant(latest) if latest else None,
        value=_amount(form.get("value", "")) if until == Until.VALUE else None,
    )


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
