"""An integration admin invites people, sends an invitation again, and withdraws it."""

from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exceptions import actors, invitations
from exceptions.access import NotAllowed
from exceptions.actors import Actor
from exceptions.invitations import Invited
from exceptions.models import Invitation
from exceptions.vocabulary import Role
from exceptions.web.access_changes import admin, admin_unasked, told
from exceptions.web.access_form import InvitationForm

LISTED = 100


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """The form, and what became of those that were sent; sent, the person gets an e-mail."""
    if request.method != "POST":
        actor = admin_unasked(request)
        return _page(request, actor, InvitationForm(actor))
    actor = admin(request)
    form = InvitationForm(actor, request.POST)
    if not form.is_valid():
        return _page(request, actor, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        invitation = invitations.invite(_said(form), by=actor, at=timezone.now())
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return _page(request, actor, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("An e-mail goes to %s.") % invitation.email)
    return redirect("invite")


@require_POST
def send_again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    actor = admin(request)
    found = get_object_or_404(_visible(actor), pk=invitation_id)
    if told(request, lambda: invitations.send_again(found, by=actor, at=timezone.now())):
        messages.success(
            request, _("Another e-mail goes to %s. The first link opens nothing now.") % found.email
        )
    return redirect("invite")


@require_POST
def withdraw(request: HttpRequest, invitation_id: int) -> HttpResponse:
    actor = admin(request)
    found = get_object_or_404(_visible(actor), pk=invitation_id)
    if told(request, lambda: invitations.withdraw(found, by=actor, at=timezone.now())):
        messages.success(request, _("The invitation of %s is withdrawn.") % found.name)
    return redirect("invite")


def _said(form: InvitationForm) -> Invited:
    said = form.cleaned_data
    return Invited(
        first_name=said["first_name"],
        last_name=said["last_name"],
        email=said["email"],
        role=Role(said["role"]),
        site=form.chosen_site,
        team=said["team"],
    )


def _visible(actor: Actor) -> QuerySet[Invitation]:
    """One's own; of admins of every site all."""
    rows = Invitation.objects.select_related("by", "person").order_by("-sent_at", "-pk")
    return rows if actors.administers(actor) is None else rows.filter(by=actor.user)


def _page(
    request: HttpRequest, actor: Actor, form: InvitationForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    rows = list(_visible(actor)[:LISTED])
    since = timezone.now() - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    context = {
        "section": "people",
        "form": form,
        "rows": [(row, *_standing(row, expired=row.sent_at < since)) for row in rows],
        "passwords": settings.TOWER_PASSWORDS,
        "company": settings.OIDC_NAME,
    }
    return render(request, "invite.html", context, status=status)


def _standing(row: Invitation, *, expired: bool) -> tuple[str, str, str, bool]:
    """The look, the icon and the word of how it stands, and whether it is open."""
    if row.accepted_at:
        return "ok", "check", _("accepted"), False
    if row.withdrawn_at:
        return "", "x", _("withdrawn"), False
    if expired and settings.TOWER_PASSWORDS:
        return "bad", "clock", _("link ran out"), True
    return "info", "mail", _("waiting"), True
