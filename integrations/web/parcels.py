"""What carriers said and nobody understood: words without a meaning, parcels without a transfer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, matching
from exceptions.matching import Suggestion
from exceptions.models import Parcel
from exceptions.vocabulary import Role, Transport, Trouble
from exceptions.web.access_changes import admin_unasked
from exceptions.web.reader import reader_of
from integrations import meanings, scans
from integrations.models import CarrierScan, CarrierWord, EventSource, ScanState
from integrations.web.event_sources import READERS, visible

MATCHERS = (Role.INTEGRATION_ADMIN, Role.SUPERVISOR)
SHOWN = 50
NOTHING = "nothing"
# Silence is for the tower to find.
TROUBLES = [(t.value, t.label) for t in Trouble if t != Trouble.SILENT]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A parcel that nobody knows, the last scan of it, and what it might carry."""

    parcel: Parcel
    last: CarrierScan
    suggestions: list[Suggestion]


@require_safe
def unmatched(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*READERS):
        raise PermissionDenied
    sources = visible(actor)
    parcels = _parcels(sources)
    rows = list(parcels.order_by("-heard_at", "-pk")[:SHOWN])
    context = {
        "section": "integrations",
        "at": timezone.now(),
        "rows": _rows(rows),
        "count": parcels.count(),
        "words": _words(sources),
        "states": Transport.choices,
        "troubles": TROUBLES,
        "nothing": NOTHING,
        "matches": actors.site_ids(actor, MATCHERS) != frozenset(),
        "defines": actors.administers(actor) != frozenset(),
    }
    return render(request, "parcels.html", context)


@require_POST
def match(request: HttpRequest, parcel_id: int) -> HttpResponse:
    """A person says which transfer or order a parcel belongs to; that is remembered."""
    actor = actors.person(reader_of(request))
    if not actor.has_role(*MATCHERS):
        raise PermissionDenied
    parcel = get_object_or_404(_parcels(visible(actor, MATCHERS)), pk=parcel_id)
    named = request.POST.get("transfer", "").replace("\x00", "").strip()[:120]
    found = matching.named(parcel.connection_id, named)
    if found is None:
        said = _("No transfer and no order is called “%s”. Take the name as it stands in Odoo.")
        messages.error(request, said % named)
        return redirect("parcels")
    at = timezone.now()
    matching.by_hand(parcel, found, reader_of(request), at=at)
    scans.again([parcel.pk], at=at)
    said = _("%(tracking)s carries %(transfer)s. Its case and clocks follow.")
    messages.success(request, said % {"tracking": parcel, "transfer": found.transfer})
    return redirect("parcels")


@require_POST
def mean(request: HttpRequest, word_id: int) -> HttpResponse:
    """An admin says what a word means; what waited for that is taken in."""
    actor = admin_unasked(request)
    theirs = CarrierWord.objects.filter(source__in=visible(actor, [Role.INTEGRATION_ADMIN]))
    word = get_object_or_404(theirs.select_related("source__site"), pk=word_id)
    status, trouble = request.POST.get("status", ""), request.POST.get("trouble", "")
    if status != NOTHING and status not in Transport.values:
        messages.error(request, _("Say where a parcel is that is spoken of so, or choose nothing."))
        return redirect("parcels")
    waited = meanings.give(
        word,
        Transport(status) if status != NOTHING else None,
        Trouble(trouble) if trouble in dict(TROUBLES) else None,
        reader_of(request),
        at=timezone.now(),
    )
    said = ngettext("%s event waited for that.", "%s events waited for that.", waited) % waited
    told = {"code": word.code, "meaning": meanings.in_words(word), "waited": said}
    messages.success(request, _("“%(code)s” means %(meaning)s from now on. %(waited)s") % told)
    return redirect("parcels")


def _parcels(sources: QuerySet[EventSource]) -> QuerySet[Parcel]:
    """Those that no transfer is known of and that one of the sources told of."""
    told = CarrierScan.objects.filter(source__in=sources).values("parcel_id")
    unknown = Parcel.objects.filter(transfer="", heard_at__isnull=False, pk__in=told)
    return unknown.select_related("carrier", "connection")


def _rows(parcels: Sequence[Parcel]) -> list[Unmatched]:
    last = CarrierScan.objects.filter(parcel__in=parcels).select_related("source")
    by_parcel = {s.parcel_id: s for s in last.order_by("parcel", "-at", "-pk").distinct("parcel")}
    suggested = matching.suggestions(parcels)
    return [
        Unmatched(parcel, by_parcel[parcel.pk], suggested[parcel.pk])
        for parcel in parcels
        if parcel.pk in by_parcel
    ]


def _words(sources: QuerySet[EventSource]) -> list[tuple[CarrierWord, int]]:
    """Words that nobody has given a meaning, with how many scans wait for one."""
    words = CarrierWord.objects.filter(source__in=sources, given_at=None)
    found = list(words.select_related("source").order_by("first_at")[:SHOWN])
    unknown = CarrierScan.objects.filter(source__in=sources, became=ScanState.UNKNOWN)
    counted = unknown.values_list("source_id", "code").annotate(n=Count("pk"))
    counts = {(source, code): n for source, code, n in counted}
    return [(word, counts.get((word.source_id, word.code), 0)) for word in found]
