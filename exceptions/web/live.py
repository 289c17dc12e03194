"""Whether a page that stays open has become old: asked every few seconds, answered 304 if not."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.views.decorators.http import require_safe

from exceptions import actors
from exceptions.models import CaseEvent
from exceptions.queries import queue as worklist
from exceptions.vocabulary import Happening, Move
from exceptions.web.reader import ids, reader_of

# What makes the page old that shows cases, or approvals.
NEWS = {
    "cases": Q(),
    "approvals": Q(move=Move.PROPOSE)
    | Q(
        happening__in=[
            Happening.VOTED,
            Happening.ANSWERED_ELSEWHERE,
            Happening.APPROVED,
            Happening.REJECTED,
            Happening.APPROVAL_VOID,
            Happening.APPROVAL_EXPIRED,
            Happening.APPROVAL_WITHDRAWN,
            Happening.OBJECTED,
        ]
    ),
}


@require_safe
def live(request: HttpRequest, what: str) -> HttpResponse:
    """Whether anything happened to cases of the reader after the event `since`.

    Nothing at all has happened to anybody most of the time: that is one look into an index.
    """
    if what not in NEWS:
        raise Http404
    latest = worklist.latest_event()
    version = f'"{latest}"'
    if request.headers.get("If-None-Match") == version:
        return HttpResponseNotModified(headers={"ETag": version})
    since = next(iter(ids([request.GET.get("since", "")])), latest)
    events = CaseEvent.objects.filter(NEWS[what], id__gt=since)
    cases = actors.visible_cases(actors.person(reader_of(request)))
    old = cases.filter(pk__in=events.values("case_id")).exists()
    return JsonResponse(
        {"old": old, "latest": latest}, headers={"ETag": version, "Cache-Control": "no-cache"}
    )
