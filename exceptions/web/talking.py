"""Comments, watching and promises from the page of a case.

A refusal is a sentence on the page of the case, with status 409 and everything that was typed.
"""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, commenting, promises
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, Comment, Promise
from exceptions.vocabulary import PromiseState
from exceptions.web import case as case_page
from exceptions.web import conversation
from exceptions.web.disruption import Tried
from exceptions.web.moves import instant
from exceptions.web.reader import reader_of

MOST_NAMES = 8


@require_POST
def comment(request: HttpRequest, case_id: int) -> HttpResponse:
    """Comment on the case, and on its children if that is ticked."""

    def act(case: Case, actor: Actor) -> str:
        to_all, text = "children" in request.POST, _said(request, "text")
        done = commenting.write(case.pk, text, actor, at=timezone.now(), children=to_all)
        n = len(done)
        return ngettext("Commented.", "Commented on %(n)s cases.", n) % {"n": n}

    return _done(request, case_id, Tried(conversation.COMMENT), act)


@require_POST
def edit(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Other words for one's own comment; the earlier ones stay readable."""
    found = get_object_or_404(Comment, pk=comment_id)

    def act(_case: Case, actor: Actor) -> str:
        commenting.edit(comment_id, _said(request, "text"), actor, at=timezone.now())
        return _("Changed. The earlier wording stays in the history.")

    return _done(request, found.case_id, Tried(f"{conversation.EDIT}-{comment_id}"), act)


@require_POST
def withdraw(request: HttpRequest, comment_id: int) -> HttpResponse:
    found = get_object_or_404(Comment, pk=comment_id)

    def act(_case: Case, actor: Actor) -> str:
        commenting.withdraw(comment_id, actor, at=timezone.now())
        return _("Withdrawn. That there was a comment stays visible.")

    return _done(request, found.case_id, Tried(f"{conversation.EDIT}-{comment_id}"), act)


@require_POST
def watch(request: HttpRequest, case_id: int) -> HttpResponse:
    def act(case: Case, actor: Actor) -> str:
        commenting.watch(case.pk, actor, at=timezone.now())
        return _("You watch %s: you hear what is said about it, and how it ends.") % case.reference

    return _done(request, case_id, Tried(), act)


@require_POST
def unwatch(request: HttpRequest, case_id: int) -> HttpResponse:
    def act(case: Case, actor: Actor) -> str:
        commenting.unwatch(case.pk, actor)
        return _("You watch %s no more.") % case.reference

    return _done(request, case_id, Tried(), act)


@require_POST
def promise(request: HttpRequest, case_id: int) -> HttpResponse:
    """What a counterparty promised; a time without a zone is one of the reader's zone."""

    def act(case: Case, actor: Actor) -> str:
        by, what, due = (_said(request, name) for name in ("by", "what", "due"))
        promises.record(case.pk, actor, by=by, what=what, due=instant(due), at=timezone.now())
        return _("Noted. The owner is reminded when it falls due.")

    return _done(request, case_id, Tried(conversation.PROMISE), act)


@require_POST
def settle(request: HttpRequest, promise_id: int) -> HttpResponse:
    found = get_object_or_404(Promise, pk=promise_id)
    how = _said(request, "how")
    if how not in PromiseState.values:
        raise Http404

    def act(_case: Case, actor: Actor) -> str:
        done = promises.settle(promise_id, PromiseState(how), actor, at=timezone.now())
        return _("The promise is %s.") % done.get_state_display()

    return _done(request, found.case_id, Tried(f"{conversation.SETTLE}-{promise_id}"), act)


@require_safe
def people(request: HttpRequest, case_id: int) -> JsonResponse:
    """Who may be mentioned on the case, as far as the letters after the @ say."""
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor).select_related("site"), pk=case_id)
    asked = request.GET.get("q", "").replace("\x00", "").strip()
    found = commenting.mentionable(case)
    for word in asked.split()[:4]:
        begins = Q(first_name__istartswith=word) | Q(last_name__istartswith=word)
        found = found.filter(begins | Q(username__istartswith=word))
    told = [{"login": user.username, "name": str(user)} for user in found[:MOST_NAMES]]
    return JsonResponse({"people": told}, headers={"Cache-Control": "no-store"})


def _done(
    request: HttpRequest, case_id: int, tried: Tried, act: Callable[[Case, Actor], str]
) -> HttpResponse:
    """The page of the case again. A case that the reader may not see is not found."""
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor), pk=case_id)
    try:
        messages.success(request, act(case, actor))
    except Refused as refused:
        tried = Tried(tried.what, str(refused), request.POST)
        context = case_page.context(request, case.pk, tried=tried)
        return render(request, "case.html", context, status=409)
    query = request.GET.urlencode()
    return redirect(reverse("case", args=[case.pk]) + (f"?{query}" if query else ""))


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()
