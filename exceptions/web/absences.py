"""Absences: one's own, and those of the people whom a supervisor looks after."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exceptions import actors, rostering
from exceptions.actors import Actor
from exceptions.models import Absence
from exceptions.rostering import NotRostered
from exceptions.vocabulary import Move, Role
from exceptions.web import moves
from exceptions.web.reader import ids, reader_of
from exceptions.web.roster_forms import AbsenceForm, excusable

LISTED = 50


@require_http_methods(["GET", "POST"])
def new_absence(request: HttpRequest) -> HttpResponse:
    """One's own, or that of the person whom the address names."""
    reader, at = reader_of(request), timezone.now()
    actor = actors.person(reader)
    wanted = ids([request.GET.get("person", "")])
    whose = excusable(actor).filter(pk__in=wanted).first() or reader
    form = AbsenceForm(actor, request.POST or None, initial={"person": whose.pk, "starts_at": at})
    if form.is_bound and form.is_valid():
        try:
            made = rostering.record(form.whose(reader), form.leave(), by=actor, at=at)
        except NotRostered as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The absence of %s is recorded.") % made.person)
            return redirect("absence", absence_id=made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "absence.html", {**_own(actor), "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def one_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Its form, and the cases that whoever is away owns."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    absence = _absence(actor, absence_id)
    form = AbsenceForm(actor, request.POST or None, absence=absence)
    if form.is_bound and form.is_valid():
        try:
            rostering.change_absence(absence.pk, form.leave(), by=actor, at=at)
        except NotRostered as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The absence of %s is saved.") % absence.person)
            return redirect("absence", absence_id=absence.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "absence.html", _page(absence, form, actor), status=status)


@require_POST
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    actor, at = actors.person(reader_of(request)), timezone.now()
    absence = _absence(actor, absence_id)
    try:
        rostering.end_absence(absence.pk, by=actor, at=at)
    except NotRostered as refused:
        messages.error(request, str(refused))
        return redirect("absence", absence_id=absence.pk)
    messages.success(request, _("%s is not away any more.") % absence.person)
    return redirect("roster" if actor.has_role(*actors.READING_ROLES) else "account")


@require_POST
def hand_over(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Their open cases go to their deputy; what became of each is told."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    absence = _absence(actor, absence_id)
    done = rostering.hand_over(absence, by=actor, at=at)
    refused = [(each.case, each.says) for each in done if each.says]
    if done:
        moves.tell(request, Move.ASSIGN, [each.case for each in done], refused)
    else:
        messages.success(request, _("%s owns no open case any more.") % absence.person)
    return redirect("absence", absence_id=absence.pk)


def _absence(actor: Actor, absence_id: int) -> Absence:
    """One that the actor may record. Else 404."""
    rows = Absence.objects.select_related("person", "deputy", "connection")
    absence = get_object_or_404(rows, pk=absence_id)
    if not rostering.may_excuse(actor, absence.person):
        raise Http404
    return absence


def _own(actor: Actor) -> dict[str, Any]:
    """What every page of an absence shows: those of the reader to come, and the way back."""
    return {
        "section": "roster" if actor.has_role(*actors.READING_ROLES) else "",
        "at": timezone.now(),
        "own": Absence.objects.filter(person=actor.user, ends_at__gt=timezone.now())
        .select_related("deputy")
        .order_by("starts_at")[:LISTED],
    }


def _page(absence: Absence, form: AbsenceForm, actor: Actor) -> dict[str, Any]:
    cases = (
        rostering.owned_by(absence.person, actor).select_related("site").order_by("-score", "pk")
    )
    found = list(cases)
    supervised = [case for case in found if Role.SUPERVISOR in actor.roles_at(case.site_id)]
    return {
        **_own(actor),
        "form": form,
        "absence": absence,
        "over": absence.ends_at <= timezone.now(),
        "cases": found[:LISTED],
        "owns": len(found),
        "may_hand_over": bool(supervised),
    }
