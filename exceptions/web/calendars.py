"""Calendars: working hours of sites and partners, read by all who work, edited by policy admins."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors, calendars, drafting, rebasing
from exceptions.actors import Actor
from exceptions.business_time import Closure
from exceptions.calendars import NotSound
from exceptions.facts import FACTS_TYPES
from exceptions.models import Calendar, CalendarVersion, Connection, PartnerCalendar, Site
from exceptions.queries import partners
from exceptions.rebasing import Onto
from exceptions.web import calendar_form
from exceptions.web.blackout_form import may_rule
from exceptions.web.calendar_form import CalendarForm
from exceptions.web.partner_field import known_partner
from exceptions.web.reader import ids, reader_of

CLOSURES = 8  # coming ones that are listed


@dataclass(frozen=True, slots=True)
class Listed:
    """A calendar with its version in force, who keeps it, and the next days that it is closed."""

    calendar: Calendar
    version: CalendarVersion
    week: list[calendar_form.DayField]
    sites: list[Site]
    closures: list[Closure]


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    actor = _reader(request)
    at = timezone.now()
    visible = actors.visible_sites(actor)
    return render(
        request,
        "calendars.html",
        {
            "section": "calendars",
            "listed": [_listed(calendar, at) for calendar in Calendar.objects.all()],
            "without": visible.filter(calendar=None),
            "may_edit": drafting.may_draft(actor),
        },
    )


@require_http_methods(["GET", "POST"])
def new_calendar(request: HttpRequest) -> HttpResponse:
    actor = _editor(request)
    form = calendar_form.empty(reader_of(request).time_zone or "UTC")
    if request.method == "POST":
        form = calendar_form.typed(request.POST, request.POST.getlist("site"))
        made = _made(form, actor)
        if made is not None:
            return _saved(request, made, _("The calendar is made."))
    return render(request, "calendar.html", _page(form, None, actor), status=_status(form))


@require_http_methods(["GET", "POST"])
def one_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """The calendar to read, for those who may not change it; else its form."""
    actor = _reader(request)
    calendar = get_object_or_404(Calendar, pk=calendar_id)
    version = calendars.in_force(calendar.pk)
    assert version is not None  # it is made together with its first version
    form = calendar_form.shown(
        calendar.name,
        calendars.settings_of(version),
        frozenset(_keepers(calendar)),
        version.number,
    )
    if request.method == "POST":
        if not may_change(actor, calendar):
            raise PermissionDenied
        form = calendar_form.typed(request.POST, request.POST.getlist("site"))
        if _changed(calendar, form, actor):
            return _saved(request, calendar, _("The calendar is saved."))
    return render(request, "calendar.html", _page(form, calendar, actor), status=_status(form))


@require_POST
def keep_partner(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """A partner works by this calendar, or by it no more (`remove` names the row)."""
    calendar = get_object_or_404(Calendar, pk=calendar_id)
    actor = _editor(request)
    if not may_change(actor, calendar):
        raise PermissionDenied
    if request.POST.get("remove"):
        calendar.partners.filter(pk__in=ids([request.POST["remove"]])).delete()
        messages.success(request, _("The partner's hours are unknown again."))
    elif says := _keep(calendar, actor, request.POST):
        messages.error(request, says)
    else:
        messages.success(request, _("What waits for this partner now counts their hours."))
    return redirect("calendar", calendar_id=calendar.pk)


def _keep(calendar: Calendar, actor: Actor, form: QueryDict) -> str:
    """Why not, in a sentence; empty when it is kept."""
    names = _partners(actor)
    number = known_partner(form.get("partner", "").replace("\x00", "").strip(), names)
    source = _source(actor, form)
    if number is None:
        return _("Choose a partner from the list, or give the number in Odoo, such as 42.")
    if source is None:
        return _("Say in which Odoo the partner is.")
    theirs = PartnerCalendar.objects.filter(connection=source, partner_id=number).first()
    if theirs and not may_change(actor, theirs.calendar):
        return _("%(partner)s has the hours of %(calendar)s, which is not yours to change.") % {
            "partner": theirs.name,
            "calendar": theirs.calendar,
        }
    PartnerCalendar.objects.update_or_create(
        connection=source,
        partner_id=number,
        defaults={"calendar": calendar, "name": names.get(number, str(number))[:120]},
    )
    return ""


def _source(actor: Actor, form: QueryDict) -> Connection | None:
    """The Odoo that was chosen, of those of the actor's sites; the only one needs no choice."""
    known = actors.visible_connections(actor)
    if chosen := ids(form.getlist("connection")):
        return known.filter(pk__in=chosen).first()
    return known.first() if known.count() == 1 else None


def _partners(actor: Actor) -> dict[int, str]:
    """Those that the records of the actor's own sites name."""
    return partners.named_by(FACTS_TYPES.values(), actors.site_ids(actor, drafting.DRAFTERS))


def may_change(actor: Actor, calendar: Calendar | None) -> bool:
    """Policy admins change calendars; one that sites keep, those who rule over all these sites."""
    if not drafting.may_draft(actor):
        return False
    return calendar is None or all(may_rule(actor, site) for site in _keepers(calendar))


def _reader(request: HttpRequest) -> Actor:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*actors.READING_ROLES):
        raise PermissionDenied
    return actor


def _editor(request: HttpRequest) -> Actor:
    actor = actors.person(reader_of(request))
    if not drafting.may_draft(actor):
        raise PermissionDenied
    return actor


def _keepers(calendar: Calendar) -> list[int]:
    return list(calendar.sites.values_list("pk", flat=True))


def _status(form: CalendarForm) -> int:
    return 422 if form.problems else 200


def _made(form: CalendarForm, actor: Actor) -> Calendar | None:
    try:
        with transaction.atomic():
            settings = calendar_form.settings_of(form)
            calendar = calendars.create(form.name, settings, by=actor.user, at=timezone.now())
            _give(calendar, form, actor)
    except NotSound as refused:
        form.problems = refused.problems
        return None
    return calendar


def _changed(calendar: Calendar, form: CalendarForm, actor: Actor) -> bool:
    """A new version only where the hours are other ones; which sites keep it is no part of it. What
    somebody else has saved since the form was shown is not overwritten unseen.
    """
    try:
        with transaction.atomic():
            settings = calendar_form.settings_of(form)
            Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
            version = calendars.in_force(calendar.pk)
            if version is None or str(version.number) != form.version:
                raise NotSound([_("Somebody else has saved this calendar. Open it again.")])
            if settings != calendars.settings_of(version):
                at = timezone.now()
                calendars.add_version(calendar, settings, by=actor.user, at=at, note=form.note)
            _give(calendar, form, actor)
    except NotSound as refused:
        form.problems = refused.problems
        return False
    return True


def _give(calendar: Calendar, form: CalendarForm, actor: Actor) -> None:
    """The ticked sites keep it, of those that the actor rules over; those whose tick was taken away
    keep it no more.
    """
    ruled = actors.site_ids(actor, drafting.DRAFTERS)
    mine = Site.objects.all() if ruled is None else Site.objects.filter(pk__in=ruled)
    mine.filter(pk__in=form.sites).update(calendar=calendar)
    mine.filter(calendar=calendar, pk__in=form.kept - form.sites).update(calendar=None)


def _saved(request: HttpRequest, calendar: Calendar, says: str) -> HttpResponse:
    """On to the clocks that it would move, where there are any."""
    messages.success(request, says)
    actor = actors.person(reader_of(request))
    if rebasing.foreseen(Onto.CALENDAR, calendar.pk, actor, at=timezone.now()):
        return redirect("calendar-rebase", calendar_id=calendar.pk)
    return redirect("calendar", calendar_id=calendar.pk)


def _listed(calendar: Calendar, at: datetime) -> Listed:
    version = calendars.in_force(calendar.pk)
    assert version is not None
    settings = calendars.settings_of(version)
    return Listed(
        calendar=calendar,
        version=version,
        week=calendar_form.shown("", settings, frozenset()).week,
        sites=list(calendar.sites.all()),
        closures=_coming(version, at.date()),
    )


def _coming(version: CalendarVersion, today: date) -> list[Closure]:
    hours = calendars.hours_of(version)
    return [c for c in hours.closures if c.day >= today][:CLOSURES] if hours else []


def _page(form: CalendarForm, calendar: Calendar | None, actor: Actor) -> dict[str, Any]:
    may = may_change(actor, calendar)
    version = calendars.in_force(calendar.pk) if calendar else None
    sources = list(actors.visible_connections(actor).order_by("name"))
    sites = [s for s in Site.objects.select_related("calendar") if may_rule(actor, s.pk)]
    return {
        "section": "calendars",
        "calendar": calendar,
        "form": form,
        "may_edit": may,
        "sites": sites,
        "closures": _coming(version, timezone.now().date()) if version else [],
        "versions": calendar.versions.select_related("author")[:20] if calendar else [],
        "partners": calendar.partners.select_related("connection") if calendar else [],
        "known_partners": _partners(actor) if calendar and may else {},
        "sources": sources if len(sources) > 1 else [],
        "zones": sorted(calendars.zones()),
    }
