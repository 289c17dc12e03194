"""Addresses of signing in and of one's own account.

Of allauth's pages only these are routed: nobody signs up, or changes an address by e-mail here.
Names that begin with `account_`, `mfa_` and so on are those that allauth looks for.
"""

from allauth.account import views as accounts
from allauth.mfa.base import views as second_factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions import views as sessions
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from exceptions.web import account, passwords, sign_in

# Allauth's views take a PUT for a POST, and answer what they do not know with a redirect.
form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("sign-in/", form(sign_in.sign_in), name="sign-in"),
    path("sign-in/", form(sign_in.sign_in), name="account_login"),
    path("sign-in/forgotten/", passwords.forgotten, name="forgotten-password"),
    path(
        "sign-in/password/<int:person_id>/<str:token>/",
        passwords.set_password,
        name="set-password",
    ),
    path("sign-in/code/", form(second_factors.authenticate), name="mfa_authenticate"),
    path(
        "sign-in/passkey/",
        form(login_not_required(passkeys.login_webauthn)),
        name="mfa_login_webauthn",
    ),
    path(
        "sign-in/with/<slug:provider_id>/",
        require_safe(sign_in.with_company_account),
        name="openid_connect_login",
    ),
    path(
        "sign-in/with/<slug:provider_id>/back/",
        require_safe(openid_connect.callback),
        name="openid_connect_callback",
    ),
    path(
        "sign-in/cancelled/", require_safe(sign_in.cancelled), name="socialaccount_login_cancelled"
    ),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("account/", account.account, name="account"),
    path("account/", account.account, name="mfa_index"),
    path("account/", account.account, name="mfa_list_webauthn"),
    path("account/password/", form(account.change_password), name="account_change_password"),
    path("account/confirm/", form(accounts.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", form(second_factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        form(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/app/", form(apps.activate_totp), name="mfa_activate_totp"),
    path("account/app/remove/", form(apps.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "account/recovery-codes/",
        require_safe(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new/",
        form(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/recovery-codes/download/",
        require_safe(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys/add/", form(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/", form(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        form(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("account/sessions/", form(sessions.list_usersessions), name="usersessions_list"),
    path(
        "account/sessions/end/",
        account.sign_out_everywhere,
        name="sign-out-everywhere",
    ),
]
