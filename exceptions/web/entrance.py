"""Who comes in: the tower's answers to what django-allauth asks about people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exceptions import invitations
from exceptions.models import User

NOT_RIGHT = _("User name or password is not right. Mind capitals, and try again.")
TOO_MANY = _("Too many tries. Wait five minutes, then try again.")
NO_ACCESS = _("This account has no access. Ask your administrator.")


class Accounts(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """One sentence for every reason, so that nobody learns which user names exist."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NOT_RIGHT,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_password": _("That is not your password. Mind capitals, and try again."),
        "enter_current_password": _("That is not your password. Mind capitals, and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Per name and address: who guesses from elsewhere does not keep the person out."""
        return f"{credentials.get('username', '').lower()} {self.get_client_ip(request)}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG002
        messages.error(request, NO_ACCESS)
        return redirect("sign-in")


class CompanyAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Accounts of the company's identity provider open accounts that exist here, and no others."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The first time, the account is recognised by its address; from then on by its subject."""
        if not sociallogin.is_existing and (user := _owner(sociallogin) or _invited(sociallogin)):
            sociallogin.connect(request, user)


def _owner(sociallogin: SocialLogin) -> User | None:
    """Whose address it is that the provider verified; None when it is nobody's, or several's."""
    found = [
        user
        for address in _verified(sociallogin)
        for user in User.objects.filter(email__iexact=address, is_active=True)
    ]
    return found[0] if len(found) == 1 else None


def _invited(sociallogin: SocialLogin) -> User | None:
    """Who was invited under a verified address: to come with it is to accept."""
    for address in sorted(_verified(sociallogin)):
        user = invitations.invited_at(address)
        if user is not None and invitations.accept(user, at=timezone.now()):
            return user
    return None


def _verified(sociallogin: SocialLogin) -> set[str]:
    return {a.email.lower() for a in sociallogin.email_addresses if a.verified is True}
