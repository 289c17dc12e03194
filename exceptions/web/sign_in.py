"""Signing in and out."""

import hashlib
from http import HTTPStatus
from typing import Any

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

TRIES = 10
WINDOW = 300  # seconds in which so many failed tries are allowed, per name and address


class SignInForm(AuthenticationForm):
    """One sentence for every reason, so that nobody learns which user names exist."""

    default_error = _("User name or password is not right. Mind capitals, and try again.")
    too_many = _("Too many tries. Wait five minutes, then try again.")
    error_messages = {"invalid_login": default_error, "inactive": default_error}


@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    """The page; a failed try is answered 422, a try too many 429 without looking at the password.

    Tries are counted in the process's own cache: enough against guessing, and nothing to maintain.
    """

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if cache.get(_key(request), 0) < TRIES:
            return super().post(request, *args, **kwargs)
        context = self.get_context_data(form=SignInForm(request), refused=SignInForm.too_many)
        return self.render_to_response(context, status=HTTPStatus.TOO_MANY_REQUESTS)

    def form_invalid(self, form: Any) -> HttpResponse:
        key = _key(self.request)
        cache.add(key, 0, WINDOW)
        cache.incr(key)
        context = self.get_context_data(form=form, refused=SignInForm.default_error)
        return self.render_to_response(context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _key(request: HttpRequest) -> str:
    name = request.POST.get("username", "").lower()
    who = f"{name} {request.META.get('REMOTE_ADDR', '')}"
    return f"sign-in-{hashlib.sha256(who.encode()).hexdigest()}"


sign_in = SignIn.as_view()
sign_out = views.LogoutView.as_view()
