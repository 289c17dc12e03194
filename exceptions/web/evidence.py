"""Files of a case: sent by a form or by the script of the page, looked at, fetched, withdrawn."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.evidence import bodies, files, keeping, names, previews, store
from exceptions.evidence.keeping import Added
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence
from exceptions.vocabulary import PICTURES, EvidenceSource, Opened
from exceptions.web import case as case_page
from exceptions.web.disruption import Tried
from exceptions.web.evidence_panel import WITHDRAW
from exceptions.web.reader import reader_of

FORM = "multipart/form-data"
SEVERAL = 4  # files of the largest size that one form may carry
SIDES = {"thumb": previews.THUMB, "large": previews.LARGE}


@csrf_exempt  # only until the length is known: `_upload` asks for the token
@require_POST
def upload(request: HttpRequest, case_id: int) -> HttpResponse:
    """Files for the case. The script of the page sends each as the bare body of a request, so that
    it goes to its place without a copy; the form without it sends several together.

    What says that it is too long is refused before a byte of it is read.
    """
    form = request.content_type == FORM
    most = settings.TOWER_EVIDENCE_LARGEST * (SEVERAL if form else 1) + (64 * 1024 if form else 0)
    if bodies.length(request.META) > most:
        return _told(False, keeping.too_large(_name(request)), 413)
    return _upload(request, case_id)


@csrf_protect
def _upload(request: HttpRequest, case_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor).select_related("site"), pk=case_id)
    if request.content_type == FORM:
        return _of_form(request, case, actor)
    try:
        added = _add(case, bodies.parts(request), _name(request), actor)
    except Refused as refused:
        return _told(False, str(refused), 409)
    return _told(True, added.says, 200)


def _of_form(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    """Each file has its own sentence."""
    if says := keeping.refusal(case, actor):
        messages.error(request, says)
    elif not (sent := request.FILES.getlist("file")):
        messages.error(request, _("Choose a file first."))
    else:
        for file in sent:
            try:
                added = _add(case, file.chunks(store.PART), file.name or "", actor)
                messages.success(request, added.says)
            except Refused as refused:
                messages.error(request, str(refused))
    return redirect(reverse("case", args=[case.pk]) + "#evidence")


def _add(case: Case, parts: Iterator[bytes], name: str, actor: Actor) -> Added:
    at = timezone.now()
    return keeping.add(case, parts, name, actor, source=EvidenceSource.WEB, at=at)


def _name(request: HttpRequest) -> str:
    return names.cleaned(request.GET.get("name", ""))


def _told(ok: bool, says: str, status: int) -> JsonResponse:
    return JsonResponse({"ok": ok, "says": says}, status=status)


@require_POST
def withdraw(request: HttpRequest, evidence_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    found = get_object_or_404(Evidence, pk=evidence_id)
    case = get_object_or_404(actors.visible_cases(actor), pk=found.case_id)
    try:
        why = request.POST.get("why", "").replace("\x00", "")
        keeping.withdraw(evidence_id, why, actor, at=timezone.now())
    except Refused as refused:
        tried = Tried(f"{WITHDRAW}-{evidence_id}", str(refused), request.POST)
        context = case_page.context(request, case.pk, tried=tried)
        return render(request, "case.html", context, status=409)
    messages.success(request, _("Withdrawn. Supervisors and auditors can still open it."))
    query = request.GET.urlencode()
    return redirect(reverse("case", args=[case.pk]) + (f"?{query}" if query else ""))


@require_safe
def download(request: HttpRequest, evidence_id: int) -> HttpResponseBase:
    """The file as it was stored, to be saved."""
    actor, evidence = _seen(request, evidence_id)
    try:
        answer = files.attachment(evidence)
    except store.Damaged:
        return _not_shown(request, evidence)
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


def _not_shown(request: HttpRequest, evidence: Evidence) -> HttpResponse:
    messages.error(request, files.damaged(evidence))
    return redirect("case", evidence.case_id)
