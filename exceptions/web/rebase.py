"""What a correction of a calendar or a policy would do to clocks that run already, and doing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from exceptions import actors, drafting, rebasing
from exceptions.actors import Actor
from exceptions.models import Calendar
from exceptions.rebasing import Onto
from exceptions.vocabulary import KindCode
from exceptions.web.reader import ids, reader_of


@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Of the clocks at sites that keep the calendar."""
    found = get_object_or_404(Calendar, pk=calendar_id)
    return _review(request, Onto.CALENDAR, found.pk, str(found))


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    """Of the clocks of a kind of case."""
    if kind not in KindCode.values:
        raise Http404
    return _review(request, Onto.POLICY, kind, str(KindCode(kind).label))


def _review(request: HttpRequest, onto: Onto, which: int | str, name: str) -> HttpResponse:
    """Clock by clock, when it is due and when it would be; sent, those that are ticked move."""
    actor, reason = _editor(request), request.POST.get("reason", "").replace("\x00", "").strip()
    if request.method == "POST" and reason:
        wanted = ids(request.POST.getlist("clock"))
        moved = rebasing.rebase(onto, which, wanted, actor, at=timezone.now(), reason=reason)
        words = ngettext("%s clock is corrected.", "%s clocks are corrected.", len(moved))
        messages.success(request, words % len(moved))
        return redirect(request.path)
    again = request.method == "POST"
    found = rebasing.foreseen(onto, which, actor, at=timezone.now())
    kept = set(ids(request.POST.getlist("clock"))) if again else {m.clock.pk for m in found}
    context = {
        "section": "calendars" if onto == Onto.CALENDAR else "policies",
        "of_calendar": onto == Onto.CALENDAR,
        "which": which,
        "name": name,
        "moved": found,
        "turn_over": sum(m.is_over and not m.was_over for m in found),
        "turn_back": sum(m.was_over and not m.is_over for m in found),
        "kept": kept,
        "problem": _("Say in a sentence what was wrong.") if again else "",
    }
    return render(request, "rebase.html", context, status=422 if again else 200)


def _editor(request: HttpRequest) -> Actor:
    actor = actors.person(reader_of(request))
    if not drafting.may_draft(actor):
        raise PermissionDenied
    return actor
