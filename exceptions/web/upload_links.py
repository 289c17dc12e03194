"""Upload links: made and revoked on the page of a case; the page for who has only the link."""

from io import BytesIO
from zoneinfo import ZoneInfo

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors
from exceptions.evidence import links
from exceptions.lifecycle import Refused
from exceptions.models import UploadLink
from exceptions.vocabulary import Slot
from exceptions.web import case as case_page
from exceptions.web import uploads
from exceptions.web.disruption import Tried
from exceptions.web.evidence_panel import ACCEPT, LINK, PHOTO, address_of, too_large
from exceptions.web.reader import reader_of


@require_POST
def make(request: HttpRequest, case_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    case = get_object_or_404(actors.visible_cases(actor), pk=case_id)
    days, form = request.POST.get("days", ""), request.POST
    try:
        links.make(
            case.pk,
            form.get("given_to", "").replace("\x00", ""),
            form.getlist("slots"),
            int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
            actor,
            at=timezone.now(),
        )
    except Refused as refused:
        tried = Tried(LINK, str(refused), form)
        context = case_page.context(request, case.pk, tried=tried)
        return render(request, "case.html", context, status=409)
    messages.success(request, _("The link is ready: show its code, or send its address."))
    return _back(request, case.pk)


@require_POST
def revoke(request: HttpRequest, link_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    link = get_object_or_404(UploadLink, pk=link_id)
    case = get_object_or_404(actors.visible_cases(actor), pk=link.case_id)
    try:
        links.revoke(link_id, actor, at=timezone.now())
    except Refused as refused:
        context = case_page.context(request, case.pk, tried=Tried(LINK, str(refused)))
        return render(request, "case.html", context, status=409)
    messages.success(request, _("Revoked. The link takes nothing any more; what came by it stays."))
    return _back(request, case.pk)


@require_safe
def code(request: HttpRequest, link_id: int) -> HttpResponse:
    """The address as a QR code, for those who see the case."""
    actor = actors.person(reader_of(request))
    link = get_object_or_404(UploadLink, pk=link_id)
    get_object_or_404(actors.visible_cases(actor), pk=link.case_id)
    drawn = BytesIO()
    segno.make(address_of(link), error="m").save(drawn, kind="svg", scale=4, border=3, light="#fff")
    headers = {"Cache-Control": "private, no-store"}
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers=headers)


@csrf_exempt  # only until the length is known: `_hand_in` asks for the token
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest, key: str) -> HttpResponse:
    """For who has the link. One that is wrong, over or revoked is told from none of the others."""
    if request.method == "POST" and (refused := uploads.too_long(request)):
        return refused
    return _hand_in(request, key)


@csrf_protect
def _hand_in(request: HttpRequest, key: str) -> HttpResponse:
    at = timezone.now()
    link = links.found(key, at=at)
    if link is None:
        return render(request, "hand_in.html", {"link": None}, status=404)
    if request.method != "POST":
        return _page(request, link)
    slot = uploads.slot_of(request)
    done = uploads.received(
        request, lambda parts, name: links.hand_in(link, parts, name, slot, at=at)
    )
    return done or redirect("hand-in", key)


def _page(request: HttpRequest, link: UploadLink) -> HttpResponse:
    n = link.uses
    here = ngettext("%(n)s file came by it so far.", "%(n)s files came by it so far.", n)
    context = {
        "link": link,
        "asked": [Slot(slot) for slot in link.slots if slot in Slot.values],
        "here": here % {"n": n},
        "accept": ACCEPT,
        "photo": PHOTO,
        "largest": settings.TOWER_EVIDENCE_LARGEST,
        "too_large": too_large(),
    }
    with timezone.override(ZoneInfo(link.case.site.time_zone)):  # who has the link is there
        answer = render(request, "hand_in.html", context)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _back(request: HttpRequest, case_id: int) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(reverse("case", args=[case_id]) + (f"?{query}" if query else "") + "#links")
