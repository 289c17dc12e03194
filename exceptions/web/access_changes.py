"""An integration admin changes somebody's access: gives and takes roles, lets in and shuts out."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from allauth.account.internal.flows import reauthentication
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from exceptions import access, actors, granting
from exceptions.access import NotAllowed
from exceptions.actors import Actor
from exceptions.granting import Given
from exceptions.models import AccessProposal
from exceptions.vocabulary import Role
from exceptions.web import people
from exceptions.web.access_form import RoleForm
from exceptions.web.reader import reader_of

T = TypeVar("T")


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
        lambda: granting.grant(
            whose, role, site=form.chosen_site, team=team, by=actor, at=timezone.now()
        ),
    )
    if given is not None:
        messages.success(request, _GIVEN[given] % whose)
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
    at = timezone.now()
    if request.POST.get("active") == "1":
        given = told(request, lambda: granting.let_in(whose, by=actor, at=at))
        if given is not None:
            messages.success(request, _LET_IN[given] % whose)
    elif told(request, lambda: access.shut_out(whose, by=actor, at=at)):
        messages.success(request, _("%s is shut out from now on.") % whose)
    return redirect("person", person_id=whose.pk)


@require_POST
def confirm(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """What another admin proposed is given."""
    actor = admin(request)
    found = _proposal(actor, proposal_id)
    given = told(request, lambda: granting.confirm(found.pk, by=actor, at=timezone.now()))
    if given:
        messages.success(request, _("Confirmed: %(who)s, %(what)s.") % _named(found))
    elif given is not None:
        says = _("The rights of %s have changed since, so it is void. Look, then propose it anew.")
        messages.error(request, says % found.user)
    return redirect("person", person_id=found.user_id)


@require_POST
def take_back(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """It is not given, whoever of the admins says so."""
    actor = admin(request)
    found = _proposal(actor, proposal_id)

    def act() -> bool:
        granting.take_back(found.pk, by=actor, at=timezone.now())
        return True

    if told(request, act):
        messages.success(request, _("Not given: %(who)s, %(what)s.") % _named(found))
    return redirect("person", person_id=found.user_id)


def _proposal(actor: Actor, proposal_id: int) -> AccessProposal:
    theirs = AccessProposal.objects.filter(user__in=actors.administered_people(actor))
    return get_object_or_404(theirs.select_related("user", "site", "team"), pk=proposal_id)


def _named(proposal: AccessProposal) -> dict[str, object]:
    return {"who": proposal.user, "what": granting.in_words(proposal)}


_GIVEN = {
    Given.NOW: gettext_lazy("%s has the role now."),
    Given.HAD: gettext_lazy("%s had this role already."),
    Given.WAITS: gettext_lazy("Proposed for %s. Another integration admin has to confirm it."),
}
_LET_IN = {
    Given.NOW: gettext_lazy("%s may sign in again."),
    Given.HAD: gettext_lazy("%s may sign in already."),
    Given.WAITS: gettext_lazy("Proposed for %s. Another integration admin has to confirm it."),
}


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


def told(request: HttpRequest, change: Callable[[], T]) -> T | None:
    """What the change says of itself, such as whether anything was changed; None, and a sentence
    for the reader, when it may not be.
    """
    try:
        return change()
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return None
