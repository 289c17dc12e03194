"""The page of alerts on numbers: what is watched, how it stands, and the form for another."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors, kpi_alerts
from exceptions.actors import Actor
from exceptions.kpis import amounts
from exceptions.kpis.kpi import Measure
from exceptions.kpis.register import kpis
from exceptions.models import Case, KpiAlert
from exceptions.queries import scope as scopes
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import KPI_MODEL, OPEN_STATES, KindCode
from exceptions.web.dashboards.page import reader
from exceptions.web.kpi_alert_form import KpiAlertForm, as_typed, may_make

DAYS = 30  # of what tells which parts of the numbers there are


@dataclass(frozen=True, slots=True)
class Line:
    """An alert in words. `case` is the open one that it has raised."""

    alert: KpiAlert
    number: str
    threshold: str
    over: str
    value: str
    kinds: str
    case: Case | None
    may_change: bool


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    actor = reader(request)
    at = timezone.now()
    form = KpiAlertForm(actor, _counted(actor, at)) if may_make(actor) else None
    return render(request, "kpi_alerts.html", _page(actor, at, form))


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    actor = reader(request)
    if actor.user is None or not may_make(actor):
        raise PermissionDenied
    at = timezone.now()
    form = KpiAlertForm(actor, _counted(actor, at), request.POST)
    if not form.is_valid():
        return render(request, "kpi_alerts.html", _page(actor, at, form), status=422)
    kpi_alerts.make(form.wish(), by=actor.user, at=at)
    messages.success(request, _("The number is watched. It is looked at every two minutes."))
    return redirect("alerts")


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, alert_id: int) -> HttpResponse:
    actor = reader(request)
    alert = get_object_or_404(_visible(actor), pk=alert_id)
    if actor.user is None or not may_make(actor, alert):
        raise PermissionDenied
    at = timezone.now()
    data = request.POST if request.method == "POST" else None
    form = KpiAlertForm(actor, _counted(actor, at), data, initial=as_typed(alert))
    if data is not None and form.is_valid():
        kpi_alerts.change(alert.pk, form.wish(), by=actor.user, at=at)
        messages.success(request, _("Changed. How it stands is seen at the next look."))
        return redirect("alerts")
    context = {"section": "dashboards", "at": at, "alert": alert, "form": form}
    return render(request, "kpi_alert.html", context, status=200 if data is None else 422)


@require_POST
def switch(request: HttpRequest, alert_id: int) -> HttpResponse:
    actor = reader(request)
    alert = get_object_or_404(_visible(actor), pk=alert_id)
    if actor.user is None or not may_make(actor, alert):
        raise PermissionDenied
    on = request.POST.get("on") == "yes"
    kpi_alerts.switch(alert.pk, on, by=actor.user, at=timezone.now())
    messages.success(request, _("It is watched again.") if on else _("It is not watched any more."))
    return redirect("alerts")


def _visible(actor: Actor) -> Any:
    """Alerts of the actor's sites; those over all sites are for those who see all."""
    sites = actors.site_ids(actor)
    found = KpiAlert.objects.select_related("site", "made_by")
    return found if sites is None else found.filter(site__in=sites, everywhere=False)


def _counted(actor: Actor, at: datetime) -> Counted:
    last = scopes.today(actor, at)
    scope = Scope(
        at=at,
        first_day=last - timedelta(days=DAYS - 1),
        last_day=last,
        sites=scopes.sites_of(actor),
    )
    return Counted(replace(scope, rolled=keeping.freshen(at) is not None))


def _page(actor: Actor, at: datetime, form: KpiAlertForm | None) -> dict[str, Any]:
    found = list(_visible(actor))
    open_cases = {
        case.document.record_id: case
        for case in Case.objects.filter(
            kind=KindCode.KPI_ALERT,
            state__in=OPEN_STATES,
            document__model=KPI_MODEL,
            document__record_id__in=[alert.pk for alert in found],
        ).select_related("document", "owner")
    }
    return {
        "section": "dashboards",
        "at": at,
        "lines": [_line(alert, open_cases.get(alert.pk), actor) for alert in found],
        "form": form,
    }


def _line(alert: KpiAlert, case: Case | None, actor: Actor) -> Line:
    kpi = kpis().get(alert.kpi)
    if kpi is None:
        return Line(alert, alert.kpi, "", "", amounts.DASH, "", case, may_make(actor, alert))
    name = f"{kpi.name}, {alert.part}" if alert.part else str(kpi.name)
    now = Measure(alert.value, alert.n, says=alert.part)
    return Line(
        alert=alert,
        number=name,
        threshold=kpi_alerts.threshold_in_words(alert, kpi),
        over=amounts.written(kpi, Measure(alert.clear_at, 0, says=alert.part)),
        value=amounts.written(kpi, now),
        kinds=", ".join(str(KindCode(kind).label) for kind in alert.kinds),
        case=case,
        may_change=may_make(actor, alert),
    )
