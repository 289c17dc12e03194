"""Second factors: who needs one, who has one, and that who lacks it sets it up first."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from exceptions.models import User
from exceptions.vocabulary import Role

# Recovery codes only stand in for a factor; they are none themselves.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

# What somebody who still lacks their second factor may open: what it takes to set it up, or leave.
OPEN_WITHOUT = frozenset(
    {
        "account",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "sign-out",
        "account_logout",
    }
)


def needs(user: User) -> bool:
    """Whether one of the person's roles is named in TOWER_REQUIRE_MFA."""
    required = settings.TOWER_REQUIRE_MFA
    return bool(required) and user.memberships.filter(role__in=required).exists()


def has(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def lacks(user: User) -> bool:
    return needs(user) and not has(user)


def may_lose(user: User, authenticator_id: int) -> bool:
    """Whether the person may remove this factor: not the last one of somebody who needs one."""
    others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator_id)
    return not needs(user) or others.exists()


class SecondFactorMiddleware:
    """Leads who needs a second factor and has none to where it is set up, whatever they asked for.

    Service tokens are no sessions: they are not concerned.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        if unknown := set(settings.TOWER_REQUIRE_MFA) - set(Role.values):
            raise ImproperlyConfigured(f"TOWER_REQUIRE_MFA names no roles: {sorted(unknown)}")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        if not settings.TOWER_REQUIRE_MFA or not isinstance(request.user, User):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in OPEN_WITHOUT:
            return None
        return _lead_there(request) if lacks(request.user) else None


def _lead_there(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        detail = _("Your role needs a second factor: set one up under Your account.")
        problem = {"title": "Forbidden", "status": HTTPStatus.FORBIDDEN, "detail": detail}
        return JsonResponse(
            problem, status=HTTPStatus.FORBIDDEN, content_type="application/problem+json"
        )
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("account"))
    return redirect("account")
