"""Signing in and out."""

from http import HTTPStatus
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from requests import RequestException

from exceptions.web.entrance import NOT_RIGHT, TOO_MANY


class SignInForm(LoginForm):  # type: ignore[misc] # allauth has no types
    """User name and password. Who left reads what everybody reads whose password is wrong."""

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.user is not None and not self.user.is_active:
            raise ValidationError(NOT_RIGHT)
        return cleaned


class SignIn(LoginView):  # type: ignore[misc] # allauth has no types
    """The page; a failed try is answered 422, a try too many 429 without looking at the password.

    Failed tries are counted for all processes together (ACCOUNT_RATE_LIMITS).
    """

    form_class = SignInForm
    template_name = "sign_in.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Where passwords are switched off, none is looked at."""
        if not settings.TOWER_PASSWORDS:
            says = _("Passwords are switched off here: sign in with your %s.") % settings.OIDC_NAME
            context = self.get_context_data(form=self.form_class(), refused=says)
            return self.render_to_response(context, status=HTTPStatus.UNPROCESSABLE_ENTITY)  # type: ignore[no-any-return]
        answer: HttpResponseBase = super().post(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        limited = form.has_error(NON_FIELD_ERRORS, "too_many_login_attempts")
        refused = TOO_MANY if limited else NOT_RIGHT
        status = HTTPStatus.TOO_MANY_REQUESTS if limited else HTTPStatus.UNPROCESSABLE_ENTITY
        context = self.get_context_data(form=form, refused=refused)
        return self.render_to_response(context, status=status)  # type: ignore[no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company = settings.OIDC_NAME if settings.OIDC_ISSUER else ""
        more = {"company": company, "passwords": settings.TOWER_PASSWORDS}
        return dict(super().get_context_data(**kwargs), **more)


sign_in = SignIn.as_view()
# Also for who gives up half-way, before the second factor.
sign_out = login_not_required(views.LogoutView.as_view())


@login_not_required
def with_company_account(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """On to the identity provider. Linking accounts by hand is not offered: addresses do it."""
    if request.user.is_authenticated:
        return redirect("queue")
    if request.GET.get("process", "login") != "login":
        raise Http404
    try:
        answer: HttpResponseBase = openid_connect.login(request, provider_id)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)
    return answer


@login_not_required
def cancelled(request: HttpRequest) -> HttpResponse:
    """Whoever turned back at the identity provider."""
    messages.info(
        request,
        _("You did not sign in with your company account. Try again, or use your password."),
    )
    return redirect("sign-in")
