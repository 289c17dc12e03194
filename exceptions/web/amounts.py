"""Saying on the page of an ended case what was avoided, and what was lost."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import actors, reckoning
from exceptions.models import Case
from exceptions.web import amounts_panel, together
from exceptions.web.reader import reader_of

FIELDS = ("avoided", "lost", "amounts_currency", "reason")


@require_POST
def amounts(request: HttpRequest, case_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    said = {n: request.POST[n].replace("\x00", "") for n in FIELDS if n in request.POST}

    def act(case: Case) -> str:
        reckoning.say(case.pk, said, actor, at=timezone.now())
        return _("The amounts of %s are noted.") % case.reference

    return together.done(request, case_id, amounts_panel.SAY, act)
