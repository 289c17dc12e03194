"""Letting a case wait for somebody outside, from its page, and going on."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import actors, pausing, sla
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.pausing import Wait
from exceptions.vocabulary import Waiting
from exceptions.web import clock_panel, formats, together
from exceptions.web.moves import instant
from exceptions.web.reader import reader_of


@require_POST
def pause(request: HttpRequest, case_id: int) -> HttpResponse:
    """Let the case wait, and the cases that are part of it."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        at = timezone.now()
        begun = pausing.pause(case.pk, wait_of(case, request.POST, at), actor, at=at)
        return _("%(case)s waits for %(who)s, until %(by)s at the longest.") % {
            "case": case.reference,
            "who": begun.counterparty,
            "by": formats.when(begun.ends_by),
        }

    return together.done(request, case_id, clock_panel.PAUSE, act)


@require_POST
def resume(request: HttpRequest, case_id: int) -> HttpResponse:
    """The answer is there."""
    actor = actors.person(reader_of(request))

    def act(case: Case) -> str:
        pausing.resume(case.pk, actor, at=timezone.now())
        return _("%(case)s goes on.") % {"case": case.reference}

    return together.done(request, case_id, clock_panel.RESUME, act)


def wait_of(case: Case, form: Mapping[str, str], at: datetime) -> Wait:
    """What a form says, with the times of the reader's zone. Raises Refused."""
    if form.get("waiting_for") not in Waiting.values:
        raise Refused(_("Choose for whom the case waits."))
    return Wait(
        waiting_for=Waiting(form["waiting_for"]),
        counterparty=form.get("counterparty", "").replace("\x00", ""),
        reason=form.get("reason", "").replace("\x00", ""),
        expected_at=_expected(case, form, at),
    )


def _expected(case: Case, form: Mapping[str, str], at: datetime) -> datetime | None:
    """A date and time, or so much working time of theirs."""
    within, by = form.get("within", "").strip(), form.get("expected_at", "").strip()
    if within:
        minutes = sla.minutes_of(within)
        if not minutes or minutes > clock_panel.LONGEST_WAIT:
            raise Refused(_("Give the working time as 4 h or 1 h 30 min."))
        return pausing.answer_by(case, minutes, at)
    if by and instant(by) is None:
        raise Refused(_("Give the date and time of the answer."))
    return instant(by) if by else None
