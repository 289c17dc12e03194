"""Choosing which automation of an Odoo is called; a part of the connection's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions.vocabulary import Announced
from integrations import automations
from integrations.automations import NoAutomation
from integrations.web import connection


@require_POST
def automation(request: HttpRequest, connection_id: int) -> HttpResponse:
    row = connection.mine(request, connection_id)
    by, at = connection.by(request), timezone.now()
    if request.POST.get("what") == "drop":
        automations.drop(row, by=by, at=at)
        messages.success(request, _("No automation of this Odoo is called any more."))
        return redirect("connection", connection_id)
    events = [Announced(each) for each in request.POST.getlist("event") if each in Announced]
    try:
        automations.choose(row, request.POST.get("address", ""), events, by=by, at=at)
    except NoAutomation as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The automation is called from now on."))
    return redirect("connection", connection_id)
