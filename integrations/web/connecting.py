"""Connecting an Odoo in a browser: the first step of the way that `connection` goes on with.

The key is taken from the form, probed with, and stored sealed; no page ever shows it again.
"""

from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from exceptions.models import Connection, User
from exceptions.vocabulary import Via
from integrations import connections
from integrations.connections import By
from integrations.odoo import errors
from integrations.odoo.access import Access, Secret
from integrations.web import pages
from integrations.web.pages import ProbeRow


class ConnectForm(forms.Form):
    name = forms.CharField(max_length=80, label=gettext_lazy("What the tower calls it"))
    url = forms.CharField(max_length=200, label=gettext_lazy("Address of Odoo"))
    database = forms.CharField(max_length=80, label=gettext_lazy("Database"))
    login = forms.CharField(max_length=120, label=gettext_lazy("Login of the integration user"))
    key = forms.CharField(max_length=200, label=gettext_lazy("Its API key"))

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Connection.objects.filter(name=name).exists():
            raise forms.ValidationError(_("A connection of this name is there already."))
        return name


@dataclass
class Probed:
    """What a probe found that is not usable yet."""

    rows: list[ProbeRow] = field(default_factory=list)
    sentence: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """Only for who is integration admin everywhere: a new Odoo has no sites yet."""
    _actor, sites = pages.mender(request)
    if sites is not None:
        raise PermissionDenied
    form, probed = ConnectForm(request.POST or None), Probed()
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        connection = _connected(form, By(request.user, Via.WEB), probed)
        if connection:
            messages.success(request, _("Connected. Nothing is sent there until you switch it on."))
            return redirect("connection", connection.pk)
    context = {"section": "integrations", "form": form, "probed": probed}
    return render(request, "connect.html", context)


def _connected(form: ConnectForm, by: By, probed: Probed) -> Connection | None:
    """The new connection, with sending off; None if the probe found it unusable."""
    given, at = form.cleaned_data, timezone.now()
    try:
        key = Secret(given["key"])
        access = Access(given["url"], given["database"], given["login"], key)
    except errors.OdooError as error:
        probed.sentence = error.user_message
        return None
    report = connections.look(access, at=at)
    if not report.usable:
        probed.rows = pages.probe_rows(report.rows())
        return None
    connection = connections.connect(given["name"], access, report, by=by).row.connection
    connections.switch_sending(connection, on=False, by=by, at=at)
    return connection
