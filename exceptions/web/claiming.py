"""Saying on a case's page that its claim is filed, or that there is none."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import actors, claims
from exceptions.models import Case
from exceptions.web import claim_panel, together
from exceptions.web.reader import reader_of


@require_POST
def claim(request: HttpRequest, case_id: int) -> HttpResponse:
    """Filed, or that there is nothing to claim, by the button that was pressed."""
    actor, form = actors.person(reader_of(request)), request.POST
    none = form.get("how") == claim_panel.NONE

    def act(case: Case) -> str:
        words = form.get("reason" if none else "reference", "").replace("\x00", "")
        end = claims.waive if none else claims.file
        end(case.pk, words, actor, at=timezone.now())
        said = _("Nothing is claimed for %s.") if none else _("The claim of %s is filed.")
        return said % case.reference

    return together.done(request, case_id, claim_panel.NONE if none else claim_panel.FILED, act)
