"""The pages of sources of events: who sends, how that goes, secrets, and trying what a body says.

Integration admins make and change them; supervisors and auditors read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from exceptions import actors
from exceptions.actors import Actor
from exceptions.vocabulary import Role
from exceptions.web.access_changes import admin
from exceptions.web.reader import reader_of
from integrations import event_sources, source_health, trying, vault
from integrations.carriers import ADAPTERS
from integrations.models import DeliveryState, EventSource
from integrations.source_health import SourceHealth, Standing
from integrations.web import fault_cases
from integrations.web.event_source_form import (
    RULE_FIELDS,
    STRIP,
    EventSourceForm,
    secret_problem,
    words_dropped,
)

READERS = (Role.INTEGRATION_ADMIN, Role.AUDITOR, Role.SUPERVISOR)
RECENT = 20
# The look and the words of how a source stands: class, icon, text.
STANDINGS: dict[Standing, tuple[str, str, str | Promise]] = {
    Standing.HEARD: ("ok", "check", gettext_lazy("heard")),
    Standing.NEW: ("", "clock", gettext_lazy("nothing sent yet")),
    Standing.SILENT: ("bad", "alert", gettext_lazy("silent for too long")),
    Standing.REFUSED: ("warn", "lock", gettext_lazy("turned away today")),
    Standing.OFF: ("", "pause", gettext_lazy("switched off")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A source on the page."""

    source: EventSource
    health: SourceHealth
    speaks: str
    look: str
    symbol: str
    says: str


@never_cache
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    """The list, and the form. A secret stands in the answer to the form, once and nowhere else."""
    actor = _reader(request)
    if request.method != "POST":
        return _list(request, actor, EventSourceForm(actor))
    actor = admin(request)
    form = EventSourceForm(actor, request.POST)
    if not form.is_valid():
        return _list(request, actor, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said, at = form.cleaned_data, timezone.now()
    source, secret = event_sources.add(
        form.settings(), said["adapter"], said["secret"], actor.user, at=at
    )
    return _page(request, actor, source.pk, secret=secret)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    actor = _reader(request)
    if request.method != "POST":
        return _page(request, actor, source_id)
    actor = _admin_of(request, source_id)
    assert actor.user is not None
    form = EventSourceForm(actor, request.POST, source=_found(actor, source_id))
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, actor, source_id, form=form, status=status)
    if event_sources.change(source_id, form.settings(), actor.user, at=timezone.now()):
        messages.success(request, _("Changed. What comes from now on is treated so."))
    else:
        messages.info(request, _("Nothing was another before."))
    return redirect("event-source", source_id=source_id)


@never_cache
@sensitive_variables("secret", "typed")
@require_POST
def secret(request: HttpRequest, source_id: int) -> HttpResponse:
    """`op` is rotate, with the secret that the sender gives or none, or retire."""
    actor = _admin_of(request, source_id)
    assert actor.user is not None
    try:
        if request.POST.get("op") == "retire":
            event_sources.retire(source_id, actor.user, at=timezone.now())
            messages.success(request, _("The former secret opens nothing any more."))
            return redirect("event-source", source_id=source_id)
        typed = request.POST.get("secret", "").replace("\x00", "").strip()
        if problem := secret_problem(_found(actor, source_id).adapter, typed):
            raise event_sources.NotPossible(problem)
        made = event_sources.rotate(source_id, typed, actor.user, at=timezone.now())
    except event_sources.NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("event-source", source_id=source_id)
    return _page(request, actor, source_id, secret=made)


@require_POST
def switch(request: HttpRequest, source_id: int) -> HttpResponse:
    """`on` is 1 to let it in, 0 to turn it away."""
    actor = _admin_of(request, source_id)
    assert actor.user is not None
    on = request.POST.get("on") == "1"
    event_sources.switch(source_id, on, actor.user, at=timezone.now())
    said = _("It is let in again.") if on else _("It is turned away from now on.")
    messages.success(request, said)
    return redirect("event-source", source_id=source_id)


@require_POST
def attempt(request: HttpRequest, source_id: int) -> HttpResponse:
    """What a body would say. Nothing is stored."""
    actor = _reader(request)
    found = _found(actor, source_id)
    body = request.POST.get("body", "")
    tried = trying.of(found, body.encode("utf-8", "replace"), at=timezone.now())
    return _page(request, actor, source_id, body=body, tried=tried)


def _reader(request: HttpRequest) -> Actor:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*READERS):
        raise PermissionDenied
    return actor


def _admin_of(request: HttpRequest, source_id: int) -> Actor:
    """Who may change it, and has confirmed lately that it is they."""
    actor = admin(request)
    get_object_or_404(visible(actor, [Role.INTEGRATION_ADMIN]), pk=source_id)
    return actor


def visible(actor: Actor, roles: Sequence[Role] = READERS) -> QuerySet[EventSource]:
    """The sources of the sites where the actor has one of the roles."""
    sites = actors.site_ids(actor, roles)
    every = EventSource.objects.select_related("site", "connection")
    return every if sites is None else every.filter(site__in=sites)


def _found(actor: Actor, source_id: int) -> EventSource:
    return get_object_or_404(visible(actor), pk=source_id)


def _row(source: EventSource, health: SourceHealth) -> Row:
    look, symbol, says = STANDINGS[health.standing]
    return Row(source, health, ADAPTERS[source.adapter].name, look, symbol, str(says))


def _list(
    request: HttpRequest, actor: Actor, form: EventSourceForm, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    found = list(visible(actor))
    health = source_health.of(found, at=at)
    context = {
        "section": "integrations",
        "at": at,
        "rows": [_row(each, health[each.pk]) for each in found],
        "form": form if actors.administers(actor) != frozenset() else None,
        **_form_context(form),
    }
    return render(request, "event_sources.html", context, status=status)


def _form_context(form: EventSourceForm) -> dict[str, Any]:
    return {
        "rule_fields": RULE_FIELDS,
        "strip": STRIP,
        "dropping": words_dropped(),
        "given": sorted(a.name for a in ADAPTERS.values() if a.given),
        "rule_sites": form.sites,
    }


@sensitive_variables()
def _page(
    request: HttpRequest,
    actor: Actor,
    source_id: int,
    *,
    form: EventSourceForm | None = None,
    secret: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    found, at = _found(actor, source_id), timezone.now()
    mends = visible(actor, [Role.INTEGRATION_ADMIN]).filter(pk=found.pk).exists()
    form = form or EventSourceForm(actor, source=found)
    recent = found.deliveries.order_by("-received_at", "-pk")
    context = {
        "section": "integrations",
        "at": at,
        "source": found,
        "row": _row(found, source_health.of([found], at=at)[found.pk]),
        "adapter": ADAPTERS[found.adapter],
        "address": _address(found) if mends else "",
        "form": form if mends else None,
        "mends": mends,
        "secret": secret,
        "recent": recent.defer("body")[:RECENT],
        "aside": DeliveryState.SET_ASIDE,
        "fault_cases": fault_cases.of_source(actor, found),
        "refusals": found.refusals.order_by("-day", "-count")[:RECENT],
        **_form_context(form),
        **more,
    }
    return render(request, "event_source.html", context, status=status)


def _address(source: EventSource) -> str:
    try:
        return event_sources.address(source)
    except vault.SealedWithAnotherKey:
        return ""
