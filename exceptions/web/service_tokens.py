"""Service tokens: what programs may do, as whom, until when. Integration admins make and revoke."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

from exceptions import access, actors, answers
from exceptions.actors import Actor
from exceptions.answers import Answer, KeyUsed
from exceptions.models import ServiceToken, Site, User
from exceptions.vocabulary import Role
from exceptions.web.access_changes import admin, told
from exceptions.web.access_form import TokenForm
from exceptions.web.people import TOKEN_READERS
from exceptions.web.raising import SENT_BEFORE
from exceptions.web.reader import reader_of

ENDS_SOON = timedelta(days=14)
LISTED = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A token; how it stands as look, icon and word; the sites that it is confined to, as far as
    the reader knows them; whether who made it, and saw the key, is no integration admin any more.
    """

    token: ServiceToken
    look: str
    symbol: str
    says: str
    only_at: list[str]
    hidden: bool
    maker_left: bool

    @property
    def revoked(self) -> bool:
        return self.token.revoked_at is not None


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
    if not form.is_valid():
        return _page(request, actor, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        key = _once(request, form, actor)
    except (access.NotAllowed, KeyUsed) as refused:
        form.add_error(None, str(refused) or str(SENT_BEFORE))
        return _page(request, actor, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    made = form.cleaned_data
    return _page(request, actor, TokenForm(actor), key=key, made=made, sent_twice=not key)


@sensitive_variables()
def _once(request: HttpRequest, form: TokenForm, actor: Actor) -> str:
    """The key; empty when the same page is sent twice, for then it was shown before."""
    said = form.cleaned_data
    keys: list[str] = []

    def issue() -> Answer:
        told = {name: said[name] for name in ("name", "scopes", "days")}
        keys.append(access.issue_token(said["user"], **told, by=actor, at=at))
        return Answer(HTTPStatus.CREATED, None)

    at = timezone.now()
    request_is = answers.digest(request.path, {**said, "user": said["user"].pk})
    answers.once(reader_of(request), _nonce(request), request_is, issue, at=at)
    return "".join(keys)


def _nonce(request: HttpRequest) -> str:
    """What names the page that the form was on; without one the request is one of its own."""
    said = request.POST.get("once", "").replace("\x00", "")[:80]
    return f"token:{said or uuid.uuid4().hex}"


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
    rows = list(_visible(actor).select_related("user", "made_by").order_by("-pk")[: LISTED + 1])
    context = {
        "section": "people",
        "rows": sorted(_listed(rows[:LISTED], actor, at), key=lambda row: row.revoked),
        "not_shown": len(rows) > LISTED,
        "form": form if actors.administers(actor) != frozenset() else None,
        "confined": actors.administers(actor) is not None,
        "once": uuid.uuid4().hex,
        "scopes": form.offered,
        "chosen": form["scopes"].value() or [],
    }
    return render(request, "tokens.html", context | more, status=status)


def _listed(rows: Sequence[ServiceToken], actor: Actor, at: datetime) -> Iterator[Listed]:
    sites = actors.site_ids(actor, TOKEN_READERS)
    known = Site.objects.all() if sites is None else Site.objects.filter(pk__in=sites)
    names = dict(known.order_by("name").values_list("pk", "name"))
    admins = User.objects.filter(is_active=True, memberships__role=Role.INTEGRATION_ADMIN)
    in_charge = set(admins.values_list("pk", flat=True))
    for token in rows:
        left = token.made_by_id is not None and token.made_by_id not in in_charge
        only_at = [name for pk, name in names.items() if pk in (token.sites or [])]
        hidden = len(token.sites or []) > len(only_at)
        yield Listed(token, *_standing(token, left, at), only_at, hidden, left)


def _standing(token: ServiceToken, maker_left: bool, at: datetime) -> tuple[str, str, str]:
    """The look, the icon and the word of how a token stands."""
    if token.revoked_at:
        return "", "x", _("revoked")
    if not token.user.is_active:
        return "bad", "lock", _("person deactivated")
    if token.expires_at and token.expires_at <= at:
        return "bad", "clock", _("expired")
    if token.expires_at and token.expires_at - at < ENDS_SOON:
        return "warn", "clock", _("ends soon")
    if maker_left:
        return "warn", "person", _("replace it")
    return "ok", "check", _("valid")


def _visible(actor: Actor) -> QuerySet[ServiceToken]:
    """Those that act as people whom the actor administers or audits."""
    return ServiceToken.objects.filter(user__in=actors.visible_people(actor, TOKEN_READERS))
