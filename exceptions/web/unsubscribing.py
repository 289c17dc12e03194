"""The page behind the link with which an e-mail is ended. Nobody signs in for it."""

from http import HTTPStatus

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from exceptions import unsubscribing
from exceptions.unsubscribing import NoLink


# Mail programs send the form by themselves (RFC 8058): they have no cookie, and the link is signed.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, said: str) -> HttpResponse:
    """Asks; nothing is changed before the form is sent. Too many from one address wait."""
    if not ratelimit.consume(request, action="unsubscribe"):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        asked = unsubscribing.read(said)
    except NoLink:
        return render(request, "unsubscribe.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        unsubscribing.end(asked)
        return render(request, "unsubscribe.html", {"asked": asked, "ended": asked.whats})
    context = {"asked": asked, "mailed": unsubscribing.still_mailed(asked)}
    return render(request, "unsubscribe.html", context)
