"""What a decision would change in its source, asked of the source now: a part of other pages.

Whoever sees the case may look; nothing is written anywhere by it.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exceptions import actors, foreseeing, proposing
from exceptions.effects import Refused
from exceptions.models import Decision
from exceptions.web import foreseen, moves
from exceptions.web.reader import reader_of
from integrations.models import OdooAccess
from integrations.odoo.errors import OdooError
from integrations.targets import source


@require_safe
def proposal(request: HttpRequest, case_id: int) -> HttpResponse:
    """Of a decision that is not proposed yet, as its form says it."""
    reader = reader_of(request)
    case = get_object_or_404(_cases(request), pk=case_id)
    data = moves.data_of(request.GET)
    try:
        decision = proposing.drafted(case, reader, timezone.now(), data)
    except Refused as refused:
        return _shown(request, {"refusal": str(refused)})
    return _shown(request, _told(decision, sealing=True))


@require_safe
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Of a decision that was proposed."""
    whole = Decision.objects.select_related("case__document__connection", "undoes", "proposed_by")
    found = get_object_or_404(whole.filter(case__in=_cases(request)), pk=decision_id)
    return _shown(request, _told(found, sealing=False))


def _cases(request: HttpRequest) -> Any:
    visible = actors.visible_cases(actors.person(reader_of(request)))
    return visible.select_related("site", "document__connection")


def _told(decision: Decision, *, sealing: bool) -> dict[str, Any]:
    """The lines, or in words why there are none."""
    try:
        steps = source.foresee(decision, timezone.now)
    except OdooError as error:
        return {"refusal": _("Odoo cannot tell now: %s") % error.in_full}
    except OdooAccess.DoesNotExist:
        return {"refusal": _("There is no Odoo connected that could be asked.")}
    seal = foreseeing.sealed(decision, steps, at=timezone.now()) if sealing else ""
    return {"lines": foreseen.lines(steps), "seal": seal, "kind": decision.kind}


def _shown(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    answer = render(request, "_dry_run.html", {"at": timezone.now(), **told})
    answer["Cache-Control"] = "no-store"
    return answer
