"""An integration admin changes somebody's access: gives and takes roles, lets in and shuts out."""

from collections.abc import Callable
from http import HTTPStatus

from allauth.account.internal.flows import reauthentication
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions import access, actors
from exceptions.access import NotAllowed
from exceptions.actors import Actor
from exceptions.vocabulary import Role
from exceptions.web import people
from exceptions.web.access_form import RoleForm
from exceptions.web.reader import reader_of


@require_POST
def grant(request: HttpRequest, person_id: int) -> HttpResponse:
    actor = admin(request)
    whose = people.found(actor, person_id)
    form = RoleForm(actor, request.POST)
    if not form.is_valid():
        page = people.page_of(whose, actor, form)
        return render(request, "person.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    role, team = Role(form.cleaned_data["role"]), form.cleaned_data["team"]
    given = told(
        request,
        lambda: access.grant(
            whose, role, site=form.chosen_site, team=team, by=actor, at=timezone.now()
        ),
    )
    if given is not None:
        said = _("%s has the role now.") if given else _("%s had this role already.")
        messages.success(request, said % whose)
    return redirect("person", person_id=whose.pk)


@require_POST
def withdraw(request: HttpRequest, person_id: int, membership_id: int) -> HttpResponse:
    actor = admin(request)
    whose = people.found(actor, person_id)
    visible = actors.visible_memberships(actor, [Role.INTEGRATION_ADMIN]).filter(user=whose)
    membership = get_object_or_404(visible.select_related("user", "site", "team"), pk=membership_id)
    if told(request, lambda: access.withdraw(membership, by=actor, at=timezone.now())):
        messages.success(request, _("The role is taken away from %s.") % whose)
    return redirect("person", person_id=whose.pk)


@require_POST
def activation(request: HttpRequest, person_id: int) -> HttpResponse:
    """`active` is 1 to let the person in, 0 to shut them out."""
    actor = admin(request)
    whose = people.found(actor, person_id)
    active = request.POST.get("active") == "1"
    if told(request, lambda: access.set_active(whose, active, by=actor, at=timezone.now())):
        said = _("%s may sign in again.") if active else _("%s is shut out from now on.")
        messages.success(request, said % whose)
    return redirect("person", person_id=whose.pk)


def admin(request: HttpRequest) -> Actor:
    """Who asks, if they are an integration admin anywhere; else 403.

    Who has not confirmed lately that it is they, is asked to first; what they sent is done then.
    """
    actor = admin_unasked(request)
    reauthentication.raise_if_reauthentication_required(request, app="")
    return actor


def admin_unasked(request: HttpRequest) -> Actor:
    """The same, of a page that changes nothing."""
    actor = actors.person(reader_of(request))
    if actors.administers(actor) == frozenset():
        raise PermissionDenied
    return actor


def told(request: HttpRequest, change: Callable[[], bool]) -> bool | None:
    """Whether anything was changed; None, and a sentence for the reader, when it may not be."""
    try:
        return change()
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return None
