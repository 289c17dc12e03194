"""The page behind the link with which somebody decides from an e-mail."""

from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from exceptions import actors, bundling, vote_links
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalRequest, VoteLink
from exceptions.vocabulary import ApprovalState, Via
from exceptions.web import approval_panel, second_factor
from exceptions.web.approvals import said_of, text_of

PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


# Whoever sends the form has the link, and so could open the page, too: a token of it would prove
# nothing more. Without a referrer browsers give no origin, and Django would refuse the form.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, ticket: str) -> HttpResponse:
    """Shows what is asked; only the form votes. Too many tries from one address wait."""
    answer = _answer(request, ticket)
    for name, value in PRIVATE.items():
        answer.headers[name] = value
    return answer


def _answer(request: HttpRequest, ticket: str) -> HttpResponse:
    if not ratelimit.consume(request, action="vote_link"):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    link = vote_links.found(ticket)
    if link is None:
        return render(request, "vote_link.html", status=HTTPStatus.NOT_FOUND)
    if request.user.is_authenticated and request.user != link.person:
        return _over(request, link, _of_another(request), HTTPStatus.FORBIDDEN)
    with timezone.override(bundling.zone_of(link.person)):
        return _opened(request, link)


def _opened(request: HttpRequest, link: VoteLink) -> HttpResponse:
    """For whom it was made, as far as anybody can tell."""
    asked = vote_links.request_of(link)
    stands = vote_links.standing(link, asked, asked.case, at=timezone.now())
    if _needs_sign_in(link, asked) and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if stands.seat is None:
        return _over(request, link, stands.says)
    if request.method == "POST":
        return _voted(request, link, asked)
    return _page(request, link, asked)


def _needs_sign_in(link: VoteLink, asked: ApprovalRequest) -> bool:
    """Also to be told what has become of it; but who has left cannot sign in."""
    needs = vote_links.needs_sign_in(asked) or second_factor.needs(link.person)
    return needs and link.person.is_active


def _voted(request: HttpRequest, link: VoteLink, asked: ApprovalRequest) -> HttpResponse:
    reason = text_of(request.POST)
    try:
        ballot = request.POST.get("ballot", "")
        done = vote_links.vote(link.pk, ballot, reason=reason, at=timezone.now())
    except Refused as refused:
        tried = {"refused": str(refused), "typed": reason}
        return _page(request, link, asked, tried, HTTPStatus.CONFLICT)
    context = {"link": link, "done": said_of(done), "good": done.state != ApprovalState.REJECTED}
    return render(request, "vote_link.html", context)


def _page(
    request: HttpRequest,
    link: VoteLink,
    asked: ApprovalRequest,
    tried: dict[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """That somebody looked is not noted: it may have been the mail server, looking for dangers."""
    actor, at = actors.person(link.person, via=Via.MAIL), timezone.now()
    panel = approval_panel.panel(asked, asked.case, actor, at)
    context: dict[str, Any] = {"link": link, "panel": panel, "at": at, **(tried or {})}
    return render(request, "vote_link.html", context, status=status)


def _over(
    request: HttpRequest, link: VoteLink, says: str, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "vote_link.html", {"link": link, "says": says}, status=status)


def _of_another(request: HttpRequest) -> str:
    said = _("This link was made for somebody else than %s, who is signed in: it decides nothing.")
    return said % request.user
