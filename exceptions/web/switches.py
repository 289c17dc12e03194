"""The page of kill switches: what is stopped, by whom and why; stopping and going on."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exceptions import actors, switches
from exceptions.actors import Actor
from exceptions.models import KillSwitch, Site
from exceptions.switches import NoSwitch
from exceptions.vocabulary import Role, Verb
from exceptions.web.reader import reader_of

READERS = (Role.INTEGRATION_ADMIN, Role.AUDITOR, Role.SUPERVISOR)
LISTED = 100
EVERYWHERE = "all"


@dataclass(frozen=True, slots=True)
class Stopped:
    """An engaged switch; `asked`: somebody would let it go on, `own`: the reader themselves."""

    switch: KillSwitch
    says: str
    waits: int
    may: bool
    asked: bool
    own: bool


@require_http_methods(["GET", "HEAD", "POST"])
def kill_switches(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*READERS):
        raise PermissionDenied
    return _engage(request, actor) if request.method == "POST" else _page(request, actor)


@require_POST
def release(request: HttpRequest, switch_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    if actors.administers(actor) == frozenset():
        raise PermissionDenied
    get_object_or_404(switches.visible(actor), pk=switch_id)
    try:
        reason = request.POST.get("reason", "").replace("\x00", "")
        found = switches.release(switch_id, actor, reason=reason, at=timezone.now())
    except NoSwitch as refused:
        return _page(request, actor, problem=str(refused), status=409)
    said = _("Goes on: %s. What waited is sent now.")
    if found.released_at is None:
        said = _("Asked to let go on: %s. Another integration admin has to confirm it.")
    messages.success(request, said % switches.in_words(found))
    return redirect("kill-switches")


def _engage(request: HttpRequest, actor: Actor) -> HttpResponse:
    if actors.administers(actor) == frozenset():
        raise PermissionDenied
    form = {name: request.POST.get(name, "").replace("\x00", "") for name in _FIELDS}
    try:
        found = switches.engage(
            actor,
            verb=_verb(form["verb"]),
            site=_site(form["site"], actor),
            reason=form["reason"],
            at=timezone.now(),
        )
    except NoSwitch as refused:
        return _page(request, actor, problem=str(refused), form=form, status=409)
    messages.success(request, _("Stopped: %s.") % switches.in_words(found))
    return redirect("kill-switches")


_FIELDS = ("verb", "site", "reason")


def _verb(said: str) -> Verb | None:
    if said == EVERYWHERE:
        return None
    if said not in Verb.values:
        raise NoSwitch(_("Choose what is to be stopped."))
    return Verb(said)


def _site(said: str, actor: Actor) -> Site | None:
    if said == EVERYWHERE:
        return None
    found = _theirs(actor).filter(pk=int(said)) if said.isascii() and said.isdigit() else None
    site = found.first() if found is not None and len(said) < 19 else None
    if site is None:
        raise NoSwitch(_("Choose where it is to be stopped."))
    return site


def _theirs(actor: Actor) -> QuerySet[Site]:
    sites = actors.administers(actor)
    every = Site.objects.order_by("name")
    return every if sites is None else every.filter(pk__in=sites)


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    problem: str = "",
    form: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    seen = switches.visible(actor)
    context: dict[str, Any] = {
        "section": "integrations",
        "engaged": [
            Stopped(
                switch,
                switches.in_words(switch),
                switches.waiting(switch),
                may=_may(actor, switch),
                asked=switches.asked_now(switch, timezone.now()),
                own=switch.release_asked_by == actor.user,
            )
            for switch in seen.filter(released_at=None)
        ],
        "released": [
            (switch, switches.in_words(switch))
            for switch in seen.exclude(released_at=None)[:LISTED]
        ],
        "sites": _theirs(actor),
        "everywhere": actors.administers(actor) is None,
        "switches_here": actors.administers(actor) != frozenset(),
        "verbs": sorted(Verb.choices, key=lambda verb: str(verb[1]).lower()),
        "problem": problem,
        "form": form or {},
    }
    return render(request, "kill_switches.html", context, status=status)


def _may(actor: Actor, switch: KillSwitch) -> bool:
    return not switches.why_not(actor, switch.site_id)
