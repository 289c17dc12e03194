"""Where webhooks knock. The doors only store: Odoo waits one second at most, inside a user's
click, and carriers give up on who keeps them waiting.
"""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations import inbox, receiving
from integrations.models import TurnedAway

TOO_LARGE = "The body is larger than 1 MB."
NOBODY = {"detail": "No connection has this address."}
ANSWERS: dict[TurnedAway, tuple[int, str]] = {
    TurnedAway.SIGNATURE: (401, "The signature is not that of this source, or too old."),
    TurnedAway.NO_SECRET: (401, "This source has no secret yet, so nobody is believed."),
    TurnedAway.OFF: (403, "This source is switched off."),
    TurnedAway.TOO_LARGE: (413, TOO_LARGE),
    TurnedAway.CUT_OFF: (400, "The body is shorter than it says."),
    TurnedAway.ENCODING: (415, "Send the body as it is, in UTF-8."),
    TurnedAway.TOO_MANY: (429, "Too many in this minute. Send it again later."),
}


@csrf_exempt
@require_POST
@login_not_required
def odoo(request: HttpRequest, secret: str) -> HttpResponse:
    """202 once stored; 404 for an unknown secret; 413 for a body that Odoo never sends."""
    body = request.read(inbox.LARGEST_BODY + 1)
    if len(body) > inbox.LARGEST_BODY:
        return JsonResponse({"detail": TOO_LARGE}, status=413)
    receipt = inbox.receive(secret, body, request.headers, at=timezone.now())
    if receipt.id is None:
        return JsonResponse(NOBODY, status=404)
    return JsonResponse({"stored": receipt.id, "duplicate": receipt.duplicate}, status=202)


@csrf_exempt
@require_POST
@login_not_required
def events(request: HttpRequest, path: str) -> HttpResponse:
    """202 once stored, also for what came before; else why not, in the words of ANSWERS."""
    source = receiving.source_of(path)
    if source is None:
        return JsonResponse(NOBODY, status=404)
    try:
        # Read to the end of what is allowed, whatever the length says: it may say anything.
        body = request.read(receiving.LARGEST_BODY + 1)
        stored = receiving.receive(source, body, request.headers, at=timezone.now())
    except receiving.Refused as refused:
        return _refusal(refused)
    answer = {"stored": stored.id, "duplicate": stored.duplicate}
    return JsonResponse(answer, status=HTTPStatus.ACCEPTED)


def _refusal(refused: receiving.Refused) -> HttpResponse:
    status, words = ANSWERS[refused.why]
    answer = JsonResponse({"detail": words}, status=status)
    if refused.wait:
        answer["Retry-After"] = str(refused.wait)
    return answer
