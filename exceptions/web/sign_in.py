"""Signing in and out."""

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """One sentence for every reason, so that nobody learns which user names exist."""

    default_error = _("User name or password is not right. Mind capitals, and try again.")
    error_messages = {"invalid_login": default_error, "inactive": default_error}


@method_decorator(login_not_required, name="dispatch")
class SignIn(views.LoginView):
    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page again with status 422, so that clients can tell it from success."""
        response = super().form_invalid(form)
        response.status_code = 422
        return response


sign_in = SignIn.as_view()
sign_out = views.LogoutView.as_view()
