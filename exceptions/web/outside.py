"""Recording on a case's page that somebody approved outside, and objecting to such a record."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import actors, outside
from exceptions.lifecycle import Refused
from exceptions.models import Case, OutsideVote
from exceptions.outside import Outside
from exceptions.web import outside_panel, together
from exceptions.web.moves import instant
from exceptions.web.reader import ids, reader_of


@require_POST
def record(request: HttpRequest, case_id: int, request_id: int) -> HttpResponse:
    """Somebody who is asked has said yes elsewhere."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        if not case.approvals.filter(pk=request_id).exists():
            raise Http404
        said = _said(request.POST)
        outside.record(request_id, said, actor, at=timezone.now())
        return _("Recorded. They are told, and may object until this time tomorrow.")

    return together.done(request, case_id, outside_panel.what(request_id), act)


@require_POST
def object_to(request: HttpRequest, case_id: int, vote_id: int) -> HttpResponse:
    """Whose yes it is did not give it."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        if not OutsideVote.objects.filter(vote=vote_id, vote__request__case=case).exists():
            raise Http404
        reason = request.POST.get("reason", "").replace("\x00", "")
        if outside.object_to(vote_id, actor, reason=reason, at=timezone.now()):
            return _("Void: nothing of it is sent.")
        return _("It was sent already. Who recorded it and the site's lead are told.")

    return together.done(request, case_id, outside_panel.objection(vote_id), act)


def _said(form: Mapping[str, str]) -> Outside:
    """What the form says, with the time in the reader's zone. Raises Refused."""
    given = instant(form.get("given_at", "").strip())
    if given is None:
        raise Refused(_("Give the date and time of the yes."))
    return Outside(
        voter=next(iter(ids([form.get("voter", "")])), 0),
        given_at=given,
        evidence=next(iter(ids([form.get("evidence", "")])), 0),
        digest=form.get("digest", ""),
        reason=form.get("reason", "").replace("\x00", ""),
    )
