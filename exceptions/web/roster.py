"""The duty roster: who is on duty at a site, week by week, and the shifts that say so."""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors, rostering, rosters
from exceptions.actors import Actor
from exceptions.business_time import DAY
from exceptions.models import RosterChange, Shift, Site, Team, User
from exceptions.rostering import NotRostered
from exceptions.vocabulary import Role
from exceptions.web import roster_week
from exceptions.web.reader import ids, reader_of
from exceptions.web.roster_forms import ShiftForm
from exceptions.web.roster_week import Asked

CHANGES = 30
CHANGE_READERS = (Role.SUPERVISOR, Role.AUDITOR)


@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    actor, at = actors.person(reader_of(request)), timezone.now()
    if not actor.has_role(*actors.READING_ROLES):
        raise PermissionDenied
    asked = _asked(request, actor, at)
    if asked is None:
        return render(request, "roster.html", {"section": "roster", "asked": None})
    with timezone.override(asked.zone):
        return render(request, "roster.html", _page(asked, actor, at))


@require_http_methods(["GET", "POST"])
def new_shift(request: HttpRequest) -> HttpResponse:
    """For the site that the address names; what is wrong is said, and what was typed stays."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    asked = _asked(request, actor, at)
    if asked is None or not rostering.may_keep(actor, asked.site.pk):
        raise PermissionDenied
    form = ShiftForm(asked.site, request.POST or None)
    if not form.is_bound:
        form.initial = _suggested(request, asked, at)
    elif form.is_valid():
        try:
            made = rostering.add_shift(asked.site, form.turn(), by=actor, at=at)
        except NotRostered as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The shift of %s is on the roster.") % made.person)
            return redirect(_address(asked))
    return _shift_page(request, form, asked.site, _address(asked))


@require_http_methods(["GET", "POST"])
def one_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    actor, at = actors.person(reader_of(request)), timezone.now()
    shift = _shift(actor, shift_id)
    back = _address(Asked(shift.site, shift.team, _monday(at, shift.site)))
    form = ShiftForm(shift.site, request.POST or None, shift=shift)
    if form.is_bound and form.is_valid():
        try:
            rostering.change_shift(shift.pk, form.turn(), by=actor, at=at)
        except NotRostered as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The shift of %s is saved.") % shift.person)
            return redirect(back)
    return _shift_page(request, form, shift.site, back, shift)


@require_POST
def end_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    actor, at = actors.person(reader_of(request)), timezone.now()
    shift = _shift(actor, shift_id)
    try:
        rostering.end_shift(shift.pk, by=actor, at=at)
    except NotRostered as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The shift of %s has ended: today is none.") % shift.person)
    return redirect(_address(Asked(shift.site, shift.team, _monday(at, shift.site))))


def _shift(actor: Actor, shift_id: int) -> Shift:
    """One of a site whose roster the actor keeps. Else 404."""
    rows = Shift.objects.select_related("site", "team", "person", "connection")
    shift = get_object_or_404(rows, pk=shift_id)
    if not rostering.may_keep(actor, shift.site_id):
        raise Http404
    return shift


def _shift_page(
    request: HttpRequest, form: ShiftForm, site: Site, back: str, shift: Shift | None = None
) -> HttpResponse:
    context = {"section": "roster", "form": form, "site": site, "back": back, "shift": shift}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "roster_shift.html", context, status=status)


def _suggested(request: HttpRequest, asked: Asked, at: datetime) -> dict[str, Any]:
    """Whom and which day the address names, and that day of every week; else from today on."""
    today, named = at.astimezone(asked.zone).date(), _day(request.GET.get("day", ""))
    return {
        "weekdays": [named.isoweekday()] if named else [],
        "person": request.GET.get("person", ""),
        "team": asked.team.pk if asked.team else "",
        "first_day": (named or today).isoformat(),
        "starts": "08:00",
        "ends": "16:00",
    }


def _asked(request: HttpRequest, actor: Actor, at: datetime) -> Asked | None:
    """Which roster the address names, of the sites that the actor sees; None where there is none.

    What it does not say is the actor's first site, their team there, and this week.
    """
    sites = actors.visible_sites(actor).order_by("name")
    wanted = ids([request.GET.get("site", "")])
    site = sites.filter(pk__in=wanted).first() if wanted else _usual_site(sites, actor)
    if site is None:
        if wanted:
            raise Http404
        return None
    day = _day(request.GET.get("week", "")) or _monday(at, site)
    return Asked(site, _team(request, site, actor), day - day.weekday() * DAY)


def _usual_site(sites: QuerySet[Site], actor: Actor) -> Site | None:
    """Where the actor works, of those; else the first."""
    own = [g.site_id for g in actor.grants if g.site_id is not None and g.team_id is not None]
    return sites.filter(pk__in=own).first() or sites.first()


def _team(request: HttpRequest, site: Site, actor: Actor) -> Team | None:
    said = request.GET.get("team", "")
    teams = roster_week.teams_at(site)
    if said:
        return teams.filter(pk__in=ids([said])).first()
    own = [g.team_id for g in actor.grants if g.team_id and g.site_id in (None, site.pk)]
    return teams.filter(pk__in=own).first()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 < day.year < 2200 else None


def _monday(at: datetime, site: Site) -> date:
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    return today - today.weekday() * DAY


def _address(asked: Asked) -> str:
    return f"{reverse('roster')}?{asked.query()}"


def _page(asked: Asked, actor: Actor, at: datetime) -> dict[str, Any]:
    people = list(rosters.workers(asked.site, asked.team).order_by("first_name", "username"))
    gaps = rosters.gaps(asked.site, asked.team, at, at + roster_week.AHEAD)
    by_day = roster_week.gaps_by_day(asked, at)
    return {
        "section": "roster",
        "at": at,
        "asked": asked,
        "today": at.astimezone(asked.zone).date(),
        "sites": actors.visible_sites(actor).order_by("name"),
        "teams": roster_week.teams_at(asked.site),
        "this_week": asked.query(week=_monday(at, asked.site).isoformat()),
        "earlier": asked.query(week=(asked.monday - 7 * DAY).isoformat()),
        "later": asked.query(week=(asked.monday + 7 * DAY).isoformat()),
        "people": people,
        "standings": roster_week.standings(asked, people, at),
        "has_roster": rosters.span_of(asked.site, asked.team) is not None,
        "week": roster_week.week(asked, people, actor),
        "gaps_by_day": by_day,
        "any_gap": any(parts for _day, parts in by_day),
        "n_gaps": len(gaps),
        "gaps": [
            roster_week.gap_in_words(gap, asked.zone) for gap in gaps[: roster_week.MOST_GAPS]
        ],
        "more_gaps": max(len(gaps) - roster_week.MOST_GAPS, 0),
        "absences": roster_week.absences(people, actor, at),
        "may_keep": rostering.may_keep(actor, asked.site.pk),
        "changes": _changes(asked.site, people, actor),
    }


def _changes(site: Site, people: Sequence[User], actor: Actor) -> QuerySet[RosterChange] | None:
    """What was changed of the site's shifts and its people's absences; None: they may not know."""
    if not actor.roles_at(site.pk) & set(CHANGE_READERS):
        return None
    about = Q(site=site) | Q(site=None, person__in=[person.pk for person in people])
    return RosterChange.objects.filter(about).select_related("person")[:CHANGES]
