"""The page of AI advice: how each kind is used, how it fared, and who may change that."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exceptions import actors
from exceptions.actors import READING_ROLES, Actor
from exceptions.models import AdviceModel, AdviceSwitch
from exceptions.triage import governing, scorecard
from exceptions.triage.governing import NotChanged
from exceptions.vocabulary import Advice, AdviceUse, Role
from exceptions.web.reader import ids, reader_of

# What is made today; the others have their place and come later.
MADE = (Advice.MESSAGE_LABEL,)


@dataclass(frozen=True, slots=True)
class Governed:
    advice: Advice
    use: AdviceUse
    switch: AdviceSwitch | None


@require_http_methods(["GET", "HEAD", "POST"])
def advice(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*READING_ROLES):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, actor)
    if not actor.has_role(Role.POLICY_ADMIN):
        raise PermissionDenied
    return _change(request, actor)


def _change(request: HttpRequest, actor: Actor) -> HttpResponse:
    if "model" in request.POST:
        return _put_in_use(request, actor)
    said, wanted = request.POST.get("advice", ""), request.POST.get("use", "")
    if said not in MADE or wanted not in AdviceUse.values:
        return _page(request, actor, problem=_("Choose how far it may go."), status=422)
    because, use = request.POST.get("because", "").replace("\x00", ""), AdviceUse(wanted)
    try:
        found = governing.change(Advice(said), use, actor, because=because, at=timezone.now())
    except NotChanged as refused:
        return _page(request, actor, problem=str(refused), status=409)
    if found.asked:
        messages.success(request, _("Asked for. Another policy admin has to confirm it."))
    else:
        messages.success(request, _("It is so from now on."))
    return redirect("advice")


def _put_in_use(request: HttpRequest, actor: Actor) -> HttpResponse:
    because = request.POST.get("because", "").replace("\x00", "")
    model_id = next(iter(ids([request.POST["model"]])), 0)
    try:
        found = governing.put_in_use(model_id, actor, because=because, at=timezone.now())
    except AdviceModel.DoesNotExist:
        return _page(request, actor, problem=_("Choose one of the models."), status=422)
    except NotChanged as refused:
        return _page(request, actor, problem=str(refused), status=409)
    messages.success(request, _("Version %s advises from now on.") % found.version)
    return redirect("advice")


def _page(
    request: HttpRequest, actor: Actor, *, problem: str = "", status: int = 200
) -> HttpResponse:
    switches = {row.advice: row for row in AdviceSwitch.objects.select_related("asked_by")}
    context = {
        "section": "advice",
        "governed": [Governed(one, governing.use_of(one), switches.get(one)) for one in MADE],
        "uses": AdviceUse.choices,
        "scores": scorecard.scores(actor),
        "models": AdviceModel.objects.defer("content").select_related("put_in_use_by"),
        "may": actor.has_role(Role.POLICY_ADMIN),
        "problem": problem,
    }
    return render(request, "advice.html", context, status=status)
