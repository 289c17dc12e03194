"""The page of secrets with which tokens sign their commands: made, replaced, and taken away again.

Integration admins change them, for tokens of people whom they administer; auditors read.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from exceptions import access, actors
from exceptions.actors import Actor
from exceptions.models import ServiceToken
from exceptions.web.access_changes import admin
from exceptions.web.people import TOKEN_READERS
from exceptions.web.reader import reader_of
from integrations import command_signing
from integrations.command_signing import NotPossible

SHOWN = 200
UNDONE = {"retire": command_signing.retire, "stop": command_signing.stop}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*TOKEN_READERS):
        raise PermissionDenied
    return _page(request, actor)


@never_cache
@sensitive_variables("secret")
@require_POST
def change(request: HttpRequest, token_id: int) -> HttpResponse:
    """`op` is make, retire or stop. A new secret stands in the answer, once and nowhere else."""
    actor = admin(request)
    token = get_object_or_404(_visible(actor).filter(revoked_at=None), pk=token_id)
    try:
        secret = _changed(token, request.POST.get("op", ""), actor)
    except (access.NotAllowed, NotPossible) as refused:
        messages.error(request, str(refused))
        return redirect("command-secrets")
    if secret:
        return _page(request, actor, secret=secret, of=token)
    messages.success(request, _("Done. It stands in the settings history."))
    return redirect("command-secrets")


@sensitive_variables()
@transaction.atomic
def _changed(token: ServiceToken, op: str, actor: Actor) -> str:
    """The new secret, if one was made. Who may do it is asked, and held, until it is done."""
    by = access.deciding(actor, token.user, own=True).user
    if undo := UNDONE.get(op):
        undo(token, at=timezone.now(), by=by)
        return ""
    return command_signing.renew(token, at=timezone.now(), by=by)


def _page(request: HttpRequest, actor: Actor, **more: object) -> HttpResponse:
    tokens = _visible(actor).filter(revoked_at=None).select_related("user", "signing")
    context = {
        "section": "integrations",
        "at": timezone.now(),
        "tokens": tokens.order_by("name", "pk")[:SHOWN],
        "changes": actors.administers(actor) != frozenset(),
    }
    return render(request, "command_secrets.html", context | more)


def _visible(actor: Actor) -> QuerySet[ServiceToken]:
    """Those that act as people whom the actor administers or audits."""
    people = actors.visible_people(actor, TOKEN_READERS)
    return ServiceToken.objects.filter(user__in=people).select_related("user")
