"""The page on which people let others vote for them, and see for whom they may."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exceptions import actors, delegating, matrices
from exceptions.actors import Actor
from exceptions.delegating import Lent
from exceptions.lifecycle import Refused
from exceptions.models import Delegation, User
from exceptions.web.moves import instant
from exceptions.web.reader import ids, reader_of


@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    actor, at = actors.person(reader_of(request)), timezone.now()
    if request.method != "POST":
        return render(request, "delegations.html", _context(actor, at))
    try:
        made = delegating.lend(_lent(actor, request), actor, at=at)
    except Refused as refused:
        context = _context(actor, at) | {"refused": str(refused), "typed": request.POST}
        context["chosen_sites"] = ids(request.POST.getlist("site"))
        return render(request, "delegations.html", context, status=409)
    messages.success(request, _("%s may vote for you, and is told what waits.") % made.to_person)
    return redirect("delegations")


@require_POST
def take_back(request: HttpRequest, delegation_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    found = get_object_or_404(_theirs(actor), pk=delegation_id)
    try:
        delegating.take_back(found.pk, actor, at=timezone.now())
        messages.success(request, _("It is over. Votes that were given stay."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("delegations")


def _theirs(actor: Actor) -> Any:
    mine = Q(from_person=actor.user) | Q(to_person=actor.user)
    people = Delegation.objects.select_related("from_person", "to_person")
    return people.filter(mine).prefetch_related("sites")


def _context(actor: Actor, at: datetime) -> dict[str, Any]:
    rows = [(row, _state(row, at)) for row in _theirs(actor)[:50]]
    return {
        "section": "approvals",
        "at": at,
        "rows": rows,
        "may_lend": delegating.may_lend(actor),
        "candidates": list(delegating.candidates(actor)) if delegating.may_lend(actor) else [],
        "sites": actors.visible_sites(actor),
        "currencies": sorted(matrices.of(matrices.newest()).bounds),
    }


def _state(row: Delegation, at: datetime) -> tuple[str, str, bool]:
    """Its badge's look, what it says, and whether it can be ended."""
    if row.taken_back_at:
        return "", _("ended"), False
    if row.ends_at <= at:
        return "", _("over"), False
    if row.starts_at > at:
        return "info", _("to come"), True
    return "ok", _("in force"), True


def _lent(actor: Actor, request: HttpRequest) -> Lent:
    """What the form says; times without a zone are of the reader's."""
    form = request.POST
    sites = actors.visible_sites(actor).filter(pk__in=ids(form.getlist("site")))
    return Lent(
        to=User.objects.filter(pk__in=ids([form.get("to", "")])).first(),
        starts_at=instant(form.get("starts_at", "")),
        ends_at=instant(form.get("ends_at", "")),
        most=_most(form),
        currency=form.get("currency", "")[:3],
        sites=tuple(sites),
        reason=form.get("reason", "").replace("\x00", ""),
    )


def _most(form: Mapping[str, str]) -> Decimal | None:
    text = form.get("most", "").strip()
    if not text:
        return None
    try:
        most = Decimal(text)
    except InvalidOperation:
        most = Decimal(-1)
    if not most.is_finite() or not 0 < most < Decimal(10) ** 11:
        raise Refused(_("Give the amount as a number above 0, with its currency."))
    return most
