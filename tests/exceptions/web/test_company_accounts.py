"""Signing in with company accounts, against an identity provider that answers over HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client, override_settings

from exceptions.models import User
from tests.exceptions.web.pages import words

CLIENT = "tower"
SECRET = "a secret of thirty-two characters!!"


class Provider(HTTPServer):
    """An OpenID provider with one account, `claims`. Codes are given back as access tokens."""

    claims: dict[str, Any] = {}
    asked: list[dict[str, list[str]]]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        if self.path.startswith("/.well-known/"):
            at = self.server.address
            self._say(
                {
                    "issuer": at,
                    "authorization_endpoint": f"{at}/authorize",
                    "token_endpoint": f"{at}/token",
                    "userinfo_endpoint": f"{at}/userinfo",
                    "jwks_uri": f"{at}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        else:
            self._say(self.server.claims)

    def do_POST(self) -> None:
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(body)
        now = int(time.time())
        told = self.server.claims | {"iss": self.server.address, "aud": CLIENT, "exp": now + 60}
        self._say(
            {
                "access_token": body["code"][0],
                "token_type": "Bearer",
                "id_token": jwt.encode(told | {"iat": now}, SECRET, "HS256"),
            }
        )

    def _say(self, what: Any) -> None:
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


def company(issuer: str) -> dict[str, Any]:
    app = {
        "provider_id": "company",
        "name": "Acme account",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": issuer},
    }
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_NAME": "Acme account",
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app] if issuer else []}
        },
    }


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    server = Provider(("127.0.0.1", 0), Answers)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with override_settings(**company(server.address)):
        yield server
    server.shutdown()
    server.server_close()
    thread.join()


def come_back(client: Client, start: str = "/sign-in/with/company/") -> Any:
    """To the provider, and back with a code as its page would send the browser."""
    sent = client.get(start)
    asked = parse_qs(urlsplit(sent["Location"]).query)
    back = f"/sign-in/with/company/back/?code=xyz&state={asked['state'][0]}"
    return client.get(back)


def claims(**more: Any) -> dict[str, Any]:
    told = {"sub": "0042", "email": "Marta@Example.com", "email_verified": True, "name": "M"}
    return told | more


def test_who_is_known_by_a_verified_address_comes_in(provider: Provider) -> None:
    marta = User.objects.create_user("marta", "marta@example.com", "correct horse battery")
    provider.claims = claims()
    client = Client()
    page = words(client.get("/sign-in/?next=/dashboards/"))
    answer = come_back(client, "/sign-in/with/company/?next=/dashboards/")

    assert "Sign in with your Acme account" in page
    assert (answer.status_code, answer["Location"]) == (302, "/dashboards/")
    assert client.session["_auth_user_id"] == str(marta.pk)
    assert provider.asked[0]["client_id"] == [CLIENT]
    assert "code_verifier" in provider.asked[0]
    marta.refresh_from_db()
    assert marta.check_password("correct horse battery")


def test_from_then_on_the_subject_counts(provider: Provider) -> None:
    marta = User.objects.create_user("marta", "marta@example.com")
    provider.claims = claims()
    come_back(Client())
    User.objects.create_user("other", "new@example.com")
    provider.claims = claims(email="new@example.com")
    client = Client()
    come_back(client)

    assert client.session["_auth_user_id"] == str(marta.pk)
    assert list(SocialAccount.objects.values_list("uid", "user__username")) == [("0042", "marta")]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (claims(email="nobody@example.com"), "Nobody here has your address"),
        (claims(email_verified=False), "Nobody here has your address"),
        (claims(email_verified="false"), "Nobody here has your address"),
        (claims(email="twice@example.com"), "Nobody here has your address"),
        (claims(email="gone@example.com"), "Nobody here has your address"),
    ],
)
def test_nobody_else_does(provider: Provider, told: dict[str, Any], says: str) -> None:
    for name, address, active in [
        ("marta", "marta@example.com", True),
        ("one", "twice@example.com", True),
        ("two", "twice@example.com", True),
        ("gone", "gone@example.com", False),
    ]:
        User.objects.create_user(name, address, is_active=active)
    provider.claims = told
    client = Client()

    assert says in words(come_back(client))
    assert "_auth_user_id" not in client.session
    assert (User.objects.count(), SocialAccount.objects.count()) == (4, 0)


def test_who_left_stays_out(provider: Provider) -> None:
    User.objects.create_user("marta", "marta@example.com")
    provider.claims = claims()
    come_back(Client())
    User.objects.update(is_active=False)
    client = Client()
    answer = come_back(client)

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert "This account has no access." in words(client.get("/sign-in/"))


def test_an_answer_nobody_asked_for_is_none(provider: Provider) -> None:
    User.objects.create_user("marta", "marta@example.com")
    provider.claims = claims()
    client = Client()
    page = client.get("/sign-in/with/company/back/?code=xyz&state=made-up")

    assert "Your company account could not be checked" in words(page)
    assert "_auth_user_id" not in client.session


def test_turning_back_there_leads_to_the_sign_in(provider: Provider) -> None:
    client = Client()
    state = parse_qs(urlsplit(client.get("/sign-in/with/company/")["Location"]).query)["state"][0]
    back = f"/sign-in/with/company/back/?error=access_denied&state={state}"

    assert "You did not sign in with your company account." in words(client.get(back, follow=True))


@override_settings(**company("http://127.0.0.1:1"))
def test_a_provider_that_is_away_is_told(db: None) -> None:
    page = Client().get("/sign-in/with/company/")

    assert (page.status_code, "could not be checked" in words(page)) == (502, True)


@override_settings(**company(""))
def test_without_an_issuer_it_is_off(db: None) -> None:
    client = Client()

    assert "account</a>" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/with/company/").status_code == 404
    assert client.get("/sign-in/with/company/back/").status_code == 404


def test_accounts_are_not_linked_by_hand(provider: Provider) -> None:
    assert Client().get("/sign-in/with/company/?process=connect").status_code == 404
