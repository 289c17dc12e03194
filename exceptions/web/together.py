"""Several cases at once from the page of one: parents, children, and notes to all of them.

A refusal is a sentence on the page of the case, with status 409 and everything that was typed.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from exceptions import actors, grouping
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.web import case as case_page
from exceptions.web import disruption
from exceptions.web.disruption import Tried
from exceptions.web.reader import reader_of


@require_POST
def attach(request: HttpRequest, case_id: int) -> HttpResponse:
    """Make the case part of the one that was chosen, or else typed."""
    actor = actors.person(reader_of(request))
    typed = _said(request, "parent")
    parent = disruption.number_of(typed or request.POST.get("candidate", ""))
    reason = _said(request, "reason")

    def act(case: Case) -> str:
        at = timezone.now()
        case = grouping.attach(case.pk, parent, actor, at=at, reason=reason)
        return _("%(case)s is now part of %(parent)s.") % {
            "case": case.reference,
            "parent": case.parent,
        }

    return done(request, case_id, disruption.ATTACH, act)


@require_POST
def detach(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take the case out of its parent; back to the page `of` the case where it was asked."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        reason = _said(request, "reason")
        grouping.detach(case.pk, actor, at=timezone.now(), reason=reason)
        return _("%(case)s stands alone again.") % {"case": case.reference}

    return done(request, case_id, disruption.DETACH, act)


@require_POST
def note(request: HttpRequest, case_id: int) -> HttpResponse:
    """Write a note into the history of the case, and of its children if that is ticked."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        to_all = "children" in request.POST
        text = _said(request, "text")
        noted = grouping.note(case.pk, text, actor, at=timezone.now(), children=to_all)
        return ngettext("Noted.", "Noted on %(n)s cases.", len(noted)) % {"n": len(noted)}

    return done(request, case_id, disruption.NOTE, act)


def done(request: HttpRequest, case_id: int, what: str, act: Callable[[Case], str]) -> HttpResponse:
    """Do it and go back to the case; or its page again, with why not and what was typed."""
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor), pk=case_id)
    try:
        messages.success(request, act(case))
    except Refused as refused:
        tried = Tried(what, str(refused), request.POST)
        context = case_page.context(request, case.pk, tried=tried)
        return render(request, "case.html", context, status=409)
    query = request.GET.urlencode()
    back = disruption.number_of(request.POST.get("of", "")) or case.pk
    return redirect(reverse("case", args=[back]) + (f"?{query}" if query else ""))


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()
