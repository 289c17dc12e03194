"""Setting a password by the link of an e-mail, for who was invited or forgot theirs."""

from http import HTTPStatus

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from exceptions import invitations
from exceptions.models import User


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Whoever is named gets an e-mail, if there is anybody; the page says the same in any case."""
    if not settings.TOWER_PASSWORDS:
        raise Http404
    if request.method != "POST":
        return render(request, "forgotten.html")
    named = request.POST.get("named", "").replace("\x00", "").strip()[:254]
    if not named:
        return render(request, "forgotten.html", {"missing": True}, status=422)
    if not ratelimit.consume(request, action="forgotten", key=named.lower()):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    invitations.forgotten(named, at=timezone.now())
    return render(request, "forgotten.html", {"sent": True})


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest, person_id: int, token: str) -> HttpResponse:
    """The link of the e-mail. One that opens nothing says so, whatever the reason."""
    if not ratelimit.consume(request, action="set_password"):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    whose = invitations.behind(person_id, token)
    if whose is None:
        return render(request, "set_password.html", status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return _page(request, whose, SetPasswordForm(whose))
    form = SetPasswordForm(whose, request.POST)
    if not form.is_valid():
        return _page(request, whose, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    chosen = form.cleaned_data["new_password1"]
    if not invitations.set_password(whose, chosen, at=timezone.now()):
        return render(request, "set_password.html", status=HTTPStatus.NOT_FOUND)
    messages.success(request, _("Your password is set. Sign in as %s.") % whose.get_username())
    return redirect("sign-in")


def _page(
    request: HttpRequest,
    whose: User,
    form: "SetPasswordForm[User]",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"whose": whose, "form": form, "invited": not whose.is_active}
    return render(request, "set_password.html", context, status=status)
