"""Your account: password, second factor, passkeys, and where one is signed in."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exceptions.models import User
from exceptions.web import second_factor
from exceptions.web.reader import reader_of


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = reader_of(request)
    needs = second_factor.needs(user)
    context = {
        "needs_factor": needs,
        "lacks_factor": needs and not second_factor.has(user),
        "sessions": UserSession.objects.filter(user=user).count(),
        **_factors(user),
    }
    return render(request, "account.html", context)


def _factors(user: User) -> dict[str, Any]:
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    by_type = {one.type: one for one in found}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    return {
        "app": by_type.get(Authenticator.Type.TOTP),
        "passkeys": [one for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "codes": codes,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
    }


change_password_form = PasswordChangeView.as_view()


def change_password(request: HttpRequest) -> HttpResponseBase:
    """Who comes with a company account gets no password here: it would go around the company's."""
    if not settings.TOWER_PASSWORDS or not reader_of(request).has_usable_password():
        messages.info(request, _("You sign in with your company account: it has the password."))
        return redirect("account")
    answer: HttpResponseBase = change_password_form(request)
    return answer


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ends every session of the person, this one too."""
    end_sessions(request, UserSession.objects.filter(user=reader_of(request)))
    request.session.flush()
    messages.success(request, _("You are signed out everywhere."))
    return redirect("sign-in")
