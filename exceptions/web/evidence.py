"""Files of a case: sent by a form or by the script of the page, looked at, filed, withdrawn."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.evidence import files, keeping, previews, retention, store
from exceptions.lifecycle import Refused
from exceptions.models import Evidence
from exceptions.vocabulary import PICTURES, EvidenceSource, Opened
from exceptions.web import case as case_page
from exceptions.web import uploads
from exceptions.web.disruption import Tried
from exceptions.web.evidence_panel import FILE, HOLD, WITHDRAW
from exceptions.web.reader import reader_of

SIDES = {"thumb": previews.THUMB, "large": previews.LARGE}


@csrf_exempt  # only until the length is known: `_upload` asks for the token
@require_POST
def upload(request: HttpRequest, case_id: int) -> HttpResponse:
    """Files for the case. The script of the page sends each as the bare body of a request, so that
    it goes to its place without a copy; the form without it sends several together.
    """
    return uploads.too_long(request) or _upload(request, case_id)


@csrf_protect
def _upload(request: HttpRequest, case_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor).select_related("site"), pk=case_id)
    back = redirect(reverse("case", args=[case.pk]) + "#evidence")
    if (says := keeping.refusal(case, actor)) and request.content_type == uploads.FORM:
        messages.error(request, says)
        return back
    slot, source, at = uploads.slot_of(request), EvidenceSource.WEB, timezone.now()
    done = uploads.received(
        request,
        lambda parts, name: keeping.add(case, parts, name, actor, source=source, slot=slot, at=at),
    )
    return done or back


@require_POST
def withdraw(request: HttpRequest, evidence_id: int) -> HttpResponse:
    why = request.POST.get("why", "").replace("\x00", "")
    return _changed(
        request,
        evidence_id,
        WITHDRAW,
        lambda actor: keeping.withdraw(evidence_id, why, actor, at=timezone.now()),
        _("Withdrawn. Supervisors and auditors can still open it."),
    )


@require_POST
def file_under(request: HttpRequest, evidence_id: int) -> HttpResponse:
    slot = request.POST.get("slot", "")
    return _changed(
        request,
        evidence_id,
        FILE,
        lambda actor: keeping.file_under(evidence_id, slot, actor, at=timezone.now()),
        _("Filed."),
    )


@require_POST
def hold(request: HttpRequest, case_id: int) -> HttpResponse:
    """Set a legal hold on the files of the case, or lift it."""
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor), pk=case_id)
    why, lifts = request.POST.get("why", "").replace("\x00", ""), "lift" in request.POST
    try:
        if lifts:
            retention.lift(case.pk, why, actor, at=timezone.now())
        else:
            retention.hold(case.pk, why, actor, at=timezone.now())
    except Refused as refused:
        tried = Tried(HOLD, str(refused), request.POST)
        context = case_page.context(request, case.pk, tried=tried)
        return render(request, "case.html", context, status=409)
    messages.success(
        request,
        _("The legal hold is lifted.") if lifts else _("On legal hold: no file is erased."),
    )
    return redirect(reverse("case", args=[case.pk]) + "#evidence")


@require_POST
def send_to_source(request: HttpRequest, evidence_id: int) -> HttpResponse:
    return _changed(
        request,
        evidence_id,
        FILE,
        lambda actor: keeping.send_to_source(evidence_id, actor, at=timezone.now()),
        _("On its way: the case shows when it stands there."),
    )


Act = Callable[[Actor], object]


def _changed(
    request: HttpRequest, evidence_id: int, what: str, act: Act, done: str
) -> HttpResponse:
    """The page of the case again; what was refused stands beside the file."""
    actor = actors.person(reader_of(request))
    found = get_object_or_404(Evidence, pk=evidence_id)
    case = get_object_or_404(actors.visible_cases(actor), pk=found.case_id)
    try:
        act(actor)
    except Refused as refused:
        tried = Tried(f"{what}-{evidence_id}", str(refused), request.POST)
        context = case_page.context(request, case.pk, tried=tried)
        return render(request, "case.html", context, status=409)
    messages.success(request, done)
    query = request.GET.urlencode()
    return redirect(reverse("case", args=[case.pk]) + (f"?{query}" if query else ""))


@require_safe
def download(request: HttpRequest, evidence_id: int) -> HttpResponseBase:
    """The file as it was stored, to be saved."""
    actor, evidence = _seen(request, evidence_id)
    try:
        answer = files.attachment(evidence)
    except store.Damaged:
        messages.error(request, files.damaged(evidence))
        return redirect("case", evidence.case_id)
    keeping.note_opened(evidence, Opened.FILE, actor, at=timezone.now())
    return answer


@require_safe
def picture(request: HttpRequest, evidence_id: int, size: str) -> HttpResponseBase:
    """A picture of the photo, drawn here: small for the page, or large for who wants to look."""
    actor, evidence = _seen(request, evidence_id)
    if evidence.file_type not in PICTURES or size not in SIDES:
        raise Http404
    try:
        with store.opened(evidence.sha256) as file:
            drawn = previews.drawn(file, SIDES[size])
    except (store.Damaged, previews.NoPreview):
        raise Http404 from None
    if size == "large":
        keeping.note_opened(evidence, Opened.PICTURE, actor, at=timezone.now())
    return files.picture(drawn)


def _seen(request: HttpRequest, evidence_id: int) -> tuple[Actor, Evidence]:
    actor = actors.person(reader_of(request))
    return actor, get_object_or_404(actors.visible_evidence(actor), pk=evidence_id)
