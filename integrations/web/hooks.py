"""Where webhooks knock. The door only stores: Odoo waits one second at most, inside a user's
click.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations import inbox


@csrf_exempt
@require_POST
@login_not_required
def odoo(request: HttpRequest, secret: str) -> HttpResponse:
    """202 once stored; 404 for an unknown secret; 413 for a body that Odoo never sends."""
    body = request.read(inbox.LARGEST_BODY + 1)
    if len(body) > inbox.LARGEST_BODY:
        return JsonResponse({"detail": "The body is larger than 1 MB."}, status=413)
    receipt = inbox.receive(secret, body, request.headers, at=timezone.now())
    if receipt.id is None:
        return JsonResponse({"detail": "No connection has this address."}, status=404)
    return JsonResponse({"stored": receipt.id, "duplicate": receipt.duplicate}, status=202)
