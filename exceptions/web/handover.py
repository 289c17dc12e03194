"""The hand-over sheet of a shift: what happened, what is ahead, and what to know besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, handing_over
from exceptions.actors import READING_ROLES, Actor
from exceptions.lifecycle import Refused
from exceptions.models import Handover, Team
from exceptions.queries import handover as query
from exceptions.queries.handover import Section
from exceptions.queries.handover.asked import Asked, asked_for, notes_of, shift_of
from exceptions.vocabulary import Role
from exceptions.web.reader import reader_of

# Of each section: what it is called, and what it says when there is nothing in it.
TITLES: dict[str, tuple[str | Promise, str | Promise]] = {
    "due": (gettext_lazy("Runs out soon"), gettext_lazy("No clock runs out by then.")),
    "waking": (gettext_lazy("Comes back from a snooze"), gettext_lazy("Nothing comes back.")),
    "decisions": (
        gettext_lazy("Decisions on their way, or failed"),
        gettext_lazy("Every decision has arrived."),
    ),
    "promises": (
        gettext_lazy("Promises, open or made in the shift"),
        gettext_lazy("Nobody has promised anything."),
    ),
    "waiting": (gettext_lazy("Waits for somebody"), gettext_lazy("Nothing waits.")),
    "new": (gettext_lazy("New"), gettext_lazy("No new case.")),
    "assigned": (gettext_lazy("Assigned"), gettext_lazy("Nothing was assigned.")),
    "acknowledged": (gettext_lazy("Acknowledged"), gettext_lazy("Nothing was acknowledged.")),
    "resolved": (gettext_lazy("Resolved"), gettext_lazy("Nothing was resolved.")),
    "dismissed": (gettext_lazy("Dismissed"), gettext_lazy("Nothing was dismissed.")),
    "reopened": (gettext_lazy("Came back"), gettext_lazy("Nothing came back.")),
    "breached": (gettext_lazy("Ran out"), gettext_lazy("No clock ran out.")),
    "escalated": (gettext_lazy("Escalated"), gettext_lazy("Nothing was escalated.")),
}
assert set(TITLES) == set(query.SECTIONS)


@require_safe
def handover(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    return render(request, "handover.html", page(request.GET, actor))


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Sign a note; refused, the sheet comes back with the sentence and what was typed."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    asked = asked_for(request.POST, actor, at)
    if asked is None or str(asked.site.pk) != request.POST.get("site", ""):
        raise Http404
    text = request.POST.get("text", "").replace("\x00", "")
    try:
        handing_over.write(asked.site, asked.team, text, actor, since=asked.since, at=at)
    except Refused as refused:
        context = page(request.POST, actor) | {"refused": str(refused), "typed": text}
        return render(request, "handover.html", context, status=409)
    messages.success(request, _("Handed over. The next person says when they have taken over."))
    return redirect(address(asked))


@require_POST
def take(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Say that one has taken over."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    found = Handover.objects.filter(site__in=actors.visible_sites(actor))
    note = get_object_or_404(found.select_related("site", "team"), pk=handover_id)
    form = {"site": str(note.site_id), "team": str(note.team_id or "")}
    try:
        handing_over.take(note, actor, at=at)
    except Refused as refused:
        context = page(form, actor) | {"refused": str(refused)}
        return render(request, "handover.html", context, status=409)
    messages.success(request, _("You have taken over from %s.") % note.by_name)
    return redirect(f"{reverse('handover')}?{urlencode(form)}")


def page(said: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    """Everything the page shows. Raises PermissionDenied for those who read no cases."""
    if not actor.has_role(*(Role(role) for role in READING_ROLES)):
        raise PermissionDenied
    at = timezone.now()
    asked = asked_for(said, actor, at)
    context: dict[str, Any] = {"section": "handover", "at": at, "asked": asked}
    if asked is None:
        return context
    sections = query.sheet(shift_of(asked, actor, at))
    ahead = len(query.AHEAD)
    return context | {
        "sites": actors.visible_sites(actor).order_by("name"),
        "teams": Team.objects.order_by("name"),
        "ahead": [_shown(section) for section in sections[:ahead]],
        "happened": [_shown(section) for section in sections[ahead:]],
        "notes": notes_of(asked),
        "may_write": not handing_over.refusal(asked.site, actor),
        "reader": actor.user,
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """A section with its words."""

    section: Section
    title: str
    nothing: str


def _shown(section: Section) -> Shown:
    title, nothing = TITLES[section.name]
    return Shown(section, str(title), str(nothing))


def address(asked: Asked) -> str:
    said = {"site": asked.site.pk, "since": asked.since.isoformat(), "until": asked.ahead}
    said |= {"team": asked.team.pk} if asked.team else {}
    return f"{reverse('handover')}?{urlencode(said)}"
