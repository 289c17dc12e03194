"""The page of a connection: what still has to be done until an Odoo works, step by step.

The way can be left and gone on with at any time: each step is read from what stands in the tables.
An administrator's key is used by the request that brings it, and kept nowhere.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors
from exceptions.models import User
from exceptions.vocabulary import Announced, Role, Via
from integrations import connections, health, provisioning
from integrations.connections import By
from integrations.models import OdooAccess
from integrations.odoo import connecting, errors
from integrations.odoo.access import Access, Secret
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.provision import Plan
from integrations.odoo.report import Outcome
from integrations.provisioning import Trial
from integrations.web import canary, fault_cases, pages

PATIENCE = 30  # seconds until a trial event that did not arrive is given up
LACKING = (Outcome.MISSING, Outcome.FAILED)
WEBHOOKS_MISSING = "base_automation"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the way; `where` is its anchor on the page."""

    where: str
    says: str
    done: bool


@require_safe
def connection(request: HttpRequest, connection_id: int) -> HttpResponse:
    actor = pages.reader(request)
    row = _row(connection_id, actors.site_ids(actor, pages.READERS))
    return _page(request, row)


@require_POST
def probe(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Look again; with a key, or another login, store these if they are usable."""
    row = mine(request, connection_id)
    key, login = request.POST.get("key", "").strip(), request.POST.get("login", "").strip()
    try:
        stored = connecting.access_of(row) if not key else None
        access = stored or Access(row.url, row.database, login or row.login, Secret(key))
    except errors.OdooError as error:
        messages.error(request, error.user_message)
        return redirect("connection", row.connection_id)
    report = connections.look(access, at=timezone.now(), holds=row.hold_locations)
    if stored or not report.usable:
        if stored:
            connections.renew(row, report)
        failed = " ".join(step.sentence for step in report.steps if step.outcome == "failed")
        if failed:
            messages.error(request, failed)
        return redirect("connection", row.connection_id)
    connections.connect(row.connection.name, access, report, by=by(request))
    messages.success(request, _("The new key works and is stored."))
    return redirect("connection", row.connection_id)


@require_POST
def sites(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Make a site for each warehouse of Odoo that has none yet."""
    row = mine(request, connection_id)
    try:
        with connecting.opened(row) as odoo:
            found = Ground(odoo, row.connection, row.url, read_at=timezone.now()).sites()
    except errors.OdooError as error:
        messages.error(request, error.in_full)
    else:
        messages.success(request, _("Warehouses of Odoo: %s. Each is a site here.") % len(found))
    return redirect("connection", row.connection_id)


@require_POST
def rules(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Show what would be done in Odoo, do it, or take it away; with an administrator's key."""
    row = mine(request, connection_id)
    what, key = request.POST.get("what", ""), request.POST.get("key", "")
    planned: Plan | None = None
    refused = ""
    try:
        secret, login = Secret(key), request.POST.get("login", "").strip()
        with provisioning.administering(row, login, secret) as admin:
            if what == "set_up" and "install" in request.POST:
                provisioning.install_if_missing(admin)
            planned = _planned(row, admin, request)
            if what in ("set_up", "remove"):
                provisioning.carry_out(row, admin, planned, by=by(request), at=timezone.now())
                _told(request, row, what, provisioning.left_over(row, admin))
    except errors.OdooError as error:
        refused = error.in_full
    except (*provisioning.EXPECTED, provisioning.NotYet) as error:
        refused = str(error)
    if what == "plan":
        return _page(request, row, planned=planned, refused=refused)
    if refused:
        messages.error(request, refused)
    return redirect("connection", row.connection_id)


def _planned(row: OdooAccess, admin: Odoo, request: HttpRequest) -> Plan:
    if request.POST.get("what") == "remove":
        return provisioning.plan_removal(row, admin)
    return provisioning.plan(row, admin, granting="grant" in request.POST)


def _told(request: HttpRequest, row: OdooAccess, what: str, left: int) -> None:
    if what == "set_up":
        messages.success(request, _("The rules stand in Odoo. Now try whether an event arrives."))
    elif left:
        messages.error(request, _("Records of ours still in Odoo: %s. Remove them again.") % left)
    else:
        messages.success(request, _("Nothing of ours is left in %s.") % row.connection)


@require_POST
def trial(request: HttpRequest, connection_id: int) -> HttpResponse:
    row = mine(request, connection_id)
    try:
        provisioning.ask(row, at=timezone.now(), now=timezone.now)
    except errors.OdooError as error:
        messages.error(request, error.in_full)
    except provisioning.NotYet as error:
        messages.error(request, str(error))
    return redirect("connection", row.connection_id)


@require_POST
def secret(request: HttpRequest, connection_id: int) -> HttpResponse:
    """A new secret in the address that Odoo posts to."""
    row = mine(request, connection_id)
    connections.rotate_hook(row, by=by(request), at=timezone.now())
    messages.success(request, _("There is a new secret. Set up the rules in Odoo again now."))
    return redirect("connection", row.connection_id)


@require_POST
def sending(request: HttpRequest, connection_id: int) -> HttpResponse:
    row = mine(request, connection_id)
    on = request.POST.get("on") == "yes"
    connections.switch_sending(row.connection, on=on, by=by(request), at=timezone.now())
    return redirect("connection", row.connection_id)


def _row(connection_id: int, seen: health.Sites) -> OdooAccess:
    visible = health.visible_connections(seen)
    rows = OdooAccess.objects.select_related("connection")
    return get_object_or_404(rows, connection_id=connection_id, connection__in=visible)


def mine(request: HttpRequest, connection_id: int) -> OdooAccess:
    _actor, mended = pages.mender(request)
    return _row(connection_id, mended)


def by(request: HttpRequest) -> By:
    assert isinstance(request.user, User)
    return By(request.user, Via.WEB)


def _page(
    request: HttpRequest, row: OdooAccess, *, planned: Plan | None = None, refused: str = ""
) -> HttpResponse:
    """With a plan, or why there is none: both stand below the form, which keeps its key."""
    actor, at = pages.reader(request), timezone.now()
    row.connection.refresh_from_db()
    standing, tried = provisioning.rules_of(row), provisioning.trial(row)
    probed = pages.probe_rows(row.probe)
    lacks = [each for each in probed if each.outcome in LACKING]
    waits = tried is not None and tried.done_at is None
    context: dict[str, Any] = {
        "section": "integrations",
        "row": row,
        "at": at,
        "sites": list(row.connection.sites.all()),
        "lacks": lacks,
        "by_hand": [each for each in probed if each.outcome == Outcome.BY_HAND],
        "probed": probed,
        "can_install": any(WEBHOOKS_MISSING in each.sentence for each in lacks),
        "standing": standing,
        "trial": tried,
        "late": waits and tried and (at - tried.asked_at).total_seconds() > PATIENCE,
        "waits": waits,
        "nothing_came": provisioning.nothing_came(),
        "events": [(each, each in row.connection.tells) for each in Announced],
        "planned": planned,
        "refused": refused,
        "mends": actors.site_ids(actor, [Role.INTEGRATION_ADMIN]) != frozenset(),
        "fault_cases": fault_cases.of_connection(actor, row.connection),
        **canary.context(row, at),
    }
    context["steps"] = _steps(row, context["sites"], lacks, standing.provisioned_at, tried)
    return render(request, "connection.html", context)


def _steps(
    row: OdooAccess, found: list[Any], lacks: list[Any], rules_at: object, tried: Trial | None
) -> list[Step]:
    failed = any(each.outcome == "failed" for each in lacks)
    return [
        Step("reached", _("Odoo is reached"), row.probed_at is not None and not failed),
        Step("sites", _("Warehouses are sites"), bool(found)),
        Step("rights", _("No right is missing"), row.probed_at is not None and not lacks),
        Step("rules", _("Odoo tells of changes"), rules_at is not None),
        Step("trial", _("An event arrived"), tried is not None and tried.arrived_at is not None),
        Step("sending", _("Decisions are sent"), row.connection.sending),
    ]
