"""Doing by hand, on a case's page, what the outbox does by itself: give up, mark delivered, try
again now.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import actors, by_hand
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.web import by_hand_panel, together
from exceptions.web.by_hand_panel import AGAIN, DELIVERED, GIVEN_UP
from exceptions.web.reader import reader_of


@require_POST
def do(request: HttpRequest, case_id: int, message_id: int) -> HttpResponse:
    """What the form says `how`, about one message of the case."""
    actor, form = actors.person(reader_of(request)), request.POST
    how, reason = form.get("how", ""), form.get("reason", "").replace("\x00", "")

    def act(case: Case) -> str:
        if not case.outbox.filter(pk=message_id).exists():
            raise Http404
        at = timezone.now()
        if how == AGAIN:
            by_hand.again(message_id, actor, at=at)
            return _("It waits to be sent again. Odoo is looked at first.")
        if how == DELIVERED:
            by_hand.mark_delivered(message_id, actor, reason=reason, at=at)
            return _("Marked as delivered, on your word. The history says so.")
        if how != GIVEN_UP:
            raise Refused(_("Choose what to do by hand."))
        rest = form.get("rest") == "yes"
        by_hand.give_up(message_id, actor, reason=reason, rest=rest, at=at)
        return _("Given up. The history says so.")

    return together.done(request, case_id, by_hand_panel.what(message_id), act)
