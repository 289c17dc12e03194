"""Service tokens: what programs may do, as whom, until when. Integration admins make and revoke."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from exceptions import access, actors
from exceptions.actors import Actor
from exceptions.models import ServiceToken
from exceptions.web.access_changes import admin, told
from exceptions.web.access_form import SCOPES, TokenForm
from exceptions.web.people import TOKEN_READERS
from exceptions.web.reader import reader_of

ENDS_SOON = timedelta(days=14)
LISTED = 200


@never_cache
@sensitive_variables("key")
@require_http_methods(["GET", "HEAD", "POST"])
def service_tokens(request: HttpRequest) -> HttpResponse:
    """The list, and the form. A new key stands in the answer to the form, once and nowhere else."""
    actor = actors.person(reader_of(request))
    if not actor.has_role(*TOKEN_READERS):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, actor, TokenForm(actor))
    form = TokenForm(admin(request), request.POST)
    key = _issued(form, actor)
    if not key:
        return _page(request, actor, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, actor, TokenForm(actor), key=key, made=form.cleaned_data)


def _issued(form: TokenForm, actor: Actor) -> str:
    """The key; empty when there is none, and then the form says why."""
    if not form.is_valid():
        return ""
    said = form.cleaned_data
    try:
        return access.issue_token(
            said["user"],
            name=said["name"],
            scopes=said["scopes"],
            days=said["days"],
            by=actor,
            at=timezone.now(),
        )
    except access.NotAllowed as refused:
        form.add_error(None, str(refused))
        return ""


@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    actor = admin(request)
    token = get_object_or_404(_visible(actor).select_related("user"), pk=token_id)
    done = told(request, lambda: access.revoke_token(token, by=actor, at=timezone.now()))
    if done is not None:
        said = _("“%s” opens nothing any more.") if done else _("“%s” was revoked before.")
        messages.success(request, said % token.name)
    return redirect("tokens")


def _page(
    request: HttpRequest, actor: Actor, form: TokenForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    at = timezone.now()
    rows = list(_visible(actor).select_related("user").order_by("-pk")[: LISTED + 1])
    context = {
        "section": "people",
        "rows": sorted(
            ((token, *_standing(token, at)) for token in rows[:LISTED]),
            key=lambda row: row[0].revoked_at is not None,
        ),
        "not_shown": len(rows) > LISTED,
        "form": form if actors.administers(actor) != frozenset() else None,
        "scopes": SCOPES,
        "chosen": form["scopes"].value() or [],
    }
    return render(request, "tokens.html", context | more, status=status)


def _standing(token: ServiceToken, at: datetime) -> tuple[str, str, str]:
    """The look, the icon and the word of how a token stands."""
    if token.revoked_at:
        return "", "x", _("revoked")
    if not token.user.is_active:
        return "bad", "lock", _("person deactivated")
    if token.expires_at and token.expires_at <= at:
        return "bad", "clock", _("expired")
    if token.expires_at and token.expires_at - at < ENDS_SOON:
        return "warn", "clock", _("ends soon")
    return "ok", "check", _("valid")


def _visible(actor: Actor) -> QuerySet[ServiceToken]:
    """Those that act as people whom the actor administers or audits."""
    return ServiceToken.objects.filter(user__in=actors.visible_people(actor, TOKEN_READERS))
