"""The canary of a connection: switched on and off, and how it went, on one line and hop by hop."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from exceptions.models import User
from exceptions.vocabulary import Via
from integrations import canaries, health
from integrations.models import CanaryRun, Hop, OdooAccess
from integrations.models.canary import LEAST_MINUTES, MOST_MINUTES
from integrations.web import pages
from integrations.web.canary_line import in_words, line

SHOWN = 20  # walks on the page


class CanaryForm(forms.Form):
    minutes = forms.IntegerField(
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        error_messages={
            "required": gettext_lazy("Say every how many minutes."),
            "invalid": gettext_lazy("Say every how many minutes, as a whole number."),
            "min_value": gettext_lazy("Once a minute is the most often."),
            "max_value": gettext_lazy("Once a day (1440 minutes) is the least often."),
        },
    )


@require_POST
def switch(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Send it every so many minutes, or not any more."""
    _actor, sites = pages.mender(request)
    rows = OdooAccess.objects.select_related("connection")
    visible = health.visible_connections(sites)
    row = get_object_or_404(rows, connection_id=connection_id, connection__in=visible)
    form = CanaryForm(request.POST)
    on = request.POST.get("on") == "yes"
    if on and not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["minutes"])))
    else:
        assert isinstance(request.user, User)
        by, at = request.user, timezone.now()
        minutes = form.cleaned_data["minutes"] if on else canaries.of(row).every_minutes
        canaries.switch(row, on=on, minutes=minutes, by=by, via=Via.WEB, at=at)
        messages.success(request, _("Canaries are sent.") if on else _("No canary is sent."))
    return redirect(f"{request.path.removesuffix('canary/')}#canary")


def context(row: OdooAccess, at: datetime) -> dict[str, Any]:
    """For the page of a connection."""
    canary, runs = canaries.of(row), list(canaries.history(row)[:SHOWN])
    return {
        "canary": canary,
        "canary_line": line(canary, at),
        "canary_runs": [(run, in_words(run), list(_hops(run))) for run in runs],
        "canary_hops": [str(hop.label) for hop in Hop],
        "canary_why_not": canaries.why_not(row),
        "least_minutes": LEAST_MINUTES,
        "most_minutes": MOST_MINUTES,
    }


def _hops(run: CanaryRun) -> Iterator[tuple[float | None, bool]]:
    """Of each hop how long it took, and whether the walk stopped there."""
    for hop, seconds in run.durations:
        yield seconds, hop == run.broken_at
