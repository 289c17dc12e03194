"""Authenticator apps, recovery codes, who must have one, and what one's account shows."""

import re
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from exceptions.models import Membership, User
from exceptions.vocabulary import Role
from exceptions.web.second_factor import SecondFactorMiddleware
from tests.exceptions.api.calling import key_for
from tests.exceptions.web.pages import HTMX, words
from tests.making import Tower

PASSWORD = "correct horse battery"
NOT_MATCHING = "That did not match. Codes change every 30 seconds: try the next one."


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def marta(db: None) -> User:
    user = User.objects.create_user("marta", password=PASSWORD)
    Membership.objects.create(user=user, role=Role.SUPERVISOR)
    return user


def code_of(secret: str) -> str:
    """The code of now, and not in the last moment before it changes."""
    left = 30 - time.time() % 30
    if left < 2:
        time.sleep(left + 0.1)
    counter = next(totp.yield_hotp_counters_from_time())
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def enter(client: Client, password: str = PASSWORD) -> Any:
    return client.post("/sign-in/", {"login": "marta", "password": password})


def confirmed(client: Client) -> Client:
    """Signed in with the password, and asked for it once more."""
    enter(client)
    client.post("/account/confirm/", {"password": PASSWORD})
    return client


def set_up(client: Client) -> str:
    """An authenticator app, as the page leads to it; returns its key."""
    secret = re.search(
        r"<code class=\"secret\">(\w+)<", client.get("/account/app/").content.decode()
    )
    assert secret
    done = client.post("/account/app/", {"code": code_of(secret[1])})
    assert (done.status_code, done["Location"]) == (302, "/account/recovery-codes/")
    return secret[1]


def codes_shown(client: Client) -> list[str]:
    page = client.get("/account/recovery-codes/").content.decode()
    return re.findall(r"<li><code>(\d{8})</code>", page)


def test_setting_one_up_asks_for_the_password_first(marta: User) -> None:
    client = Client()
    enter(client)
    asked = client.get("/account/app/")
    wrong = client.post("/account/confirm/?next=/account/app/", {"password": "wrong"})
    right = client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/app/"})

    assert (asked.status_code, asked["Location"]) == (
        302,
        "/account/confirm/?next=%2Faccount%2Fapp%2F",
    )
    assert "That is not your password." in words(wrong)
    assert (right.status_code, right["Location"]) == (302, "/account/app/")


def test_the_way_in_with_an_app(marta: User) -> None:
    secret = set_up(confirmed(Client()))
    cache.clear()  # the code of setting up was used in this half minute
    client = Client()
    half_way = enter(client)
    still_out = client.get("/")
    wrong = client.post("/sign-in/code/", {"code": "000000"})
    right = client.post("/sign-in/code/", {"code": code_of(secret)})

    assert (half_way.status_code, half_way["Location"]) == (302, "/sign-in/code/")
    assert (still_out.status_code, still_out["Location"]) == (302, "/sign-in/?next=/")
    assert NOT_MATCHING in words(wrong)
    assert (right.status_code, right["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_a_code_counts_once(marta: User) -> None:
    secret = set_up(confirmed(Client()))
    cache.clear()
    first, second = Client(), Client()
    enter(first)
    enter(second)
    code = code_of(secret)

    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    assert NOT_MATCHING in words(second.post("/sign-in/code/", {"code": code}))


def test_each_recovery_code_lets_in_once(marta: User) -> None:
    mine = confirmed(Client())
    set_up(mine)
    codes = codes_shown(mine)
    answers = []
    for code in (codes[0], codes[0], codes[1]):
        client = Client()
        enter(client)
        answers.append(client.post("/sign-in/code/", {"code": code}).status_code)

    assert (len(codes), answers) == (10, [302, 200, 302])
    assert codes_shown(mine) == codes[2:]
    assert "8 of 10 are left" in words(mine.get("/account/"))


def test_guessing_codes_is_stopped(marta: User) -> None:
    secret = set_up(confirmed(Client()))
    cache.clear()
    client = Client()
    enter(client)
    said = [words(client.post("/sign-in/code/", {"code": "000000"})) for _ in range(11)]
    right = client.post("/sign-in/code/", {"code": code_of(secret)})

    assert [NOT_MATCHING in page for page in said] == [True] * 10 + [False]
    assert "Too many tries. Wait five minutes, then try again." in words(right)


def test_who_gives_up_half_way_starts_again(marta: User) -> None:
    set_up(confirmed(Client()))
    client = Client()
    enter(client)
    out = client.post("/sign-out/")

    assert (out.status_code, out["Location"]) == (302, "/sign-in/")
    assert client.get("/sign-in/").status_code == 200


def test_the_key_is_sealed_where_it_is_stored(marta: User) -> None:
    secret = set_up(confirmed(Client()))
    rows = list(Authenticator.objects.values_list("data", flat=True))

    assert [row for row in rows if secret in str(row)] == []
    assert {frozenset(row) for row in rows} == {
        frozenset({"secret"}),
        frozenset({"seed", "used_mask"}),
    }


def test_an_app_is_removed_with_its_codes(marta: User) -> None:
    client = confirmed(Client())
    set_up(client)
    client.post("/account/app/remove/")

    assert Authenticator.objects.count() == 0
    assert enter(Client())["Location"] == "/"


def test_who_lost_everything_is_helped_by_a_command(marta: User) -> None:
    set_up(confirmed(Client()))
    call_command("reset_second_factor", "marta", stdout=StringIO())

    assert enter(Client())["Location"] == "/"
    with pytest.raises(CommandError, match="nobody is called gone"):
        call_command("reset_second_factor", "gone")


@override_settings(TOWER_REQUIRE_MFA=["supervisor", "approver"])
def test_who_needs_one_sets_it_up_before_anything_else(tower: Tower, marta: User) -> None:
    key = key_for("marta")
    client = Client()
    enter(client)
    led = [client.get(path) for path in ("/", "/dashboards/", "/account/password/")]
    api = client.get("/api/v1/cases/")
    piece = client.get("/queue/pulse/", headers=HTMX)
    page = client.get("/account/")
    token = Client().get("/api/v1/cases/", headers={"Authorization": f"Bearer {key}"})

    assert [(one.status_code, one["Location"]) for one in led] == [(302, "/account/")] * 3
    assert (api.status_code, api.json()["status"]) == (403, 403)
    assert piece.headers["HX-Redirect"] == "/account/"
    assert "Your role needs a second factor." in words(page)
    assert token.status_code == 200

    client.post("/account/confirm/", {"password": PASSWORD})
    set_up(client)
    refused = client.post("/account/app/remove/")
    assert client.get("/").status_code == 200
    assert "Set up another one first, then remove this one." in words(refused)
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


@override_settings(TOWER_REQUIRE_MFA=["approver"])
def test_others_are_left_alone(tower: Tower, marta: User) -> None:
    client = Client()
    enter(client)

    assert client.get("/").status_code == 200


@override_settings(TOWER_REQUIRE_MFA=["boss"])
def test_a_role_that_is_none_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"names no roles: .*boss"):
        SecondFactorMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]


def test_signing_out_elsewhere_and_everywhere(marta: User) -> None:
    here, there, third = Client(), Client(), Client()
    for client in (here, there, third):
        enter(client)
    assert "You are signed in 3 times." in words(here.get("/account/"))

    here.post("/account/sessions/")
    assert [c.get("/").status_code for c in (here, there, third)] == [200, 302, 302]
    enter(there)
    out = here.post("/account/sessions/end/")
    assert (out.status_code, out["Location"]) == (302, "/sign-in/")
    assert [c.get("/").status_code for c in (here, there)] == [302, 302]
    assert UserSession.objects.count() == 0


def test_a_new_password_ends_the_other_sessions(marta: User) -> None:
    here, there = Client(), Client()
    enter(here)
    enter(there)
    form = {"password1": "a much longer one", "password2": "a much longer one"}
    wrong = here.post("/account/password/", form | {"oldpassword": "wrong"})
    right = here.post("/account/password/", form | {"oldpassword": PASSWORD})

    assert "That is not your password." in words(wrong)
    assert (right.status_code, right["Location"]) == (302, "/account/")
    assert [c.get("/").status_code for c in (here, there)] == [200, 302]
    assert enter(Client()).status_code == 422
    assert enter(Client(), "a much longer one").status_code == 302


def test_the_pages_of_ones_account_are_strict_and_whole(marta: User) -> None:
    client = confirmed(Client())
    set_up(client)
    for path in (
        "/account/",
        "/account/password/",
        "/account/app/remove/",
        "/account/recovery-codes/",
        "/account/recovery-codes/new/",
        "/account/passkeys/add/",
        "/account/sessions/",
        "/account/confirm/",
        "/account/confirm/code/",
    ):
        page = client.get(path)
        html = page.content.decode()
        assert (path, page.status_code) == (path, 200)
        assert " style=" not in html
        assert html.count("<script") == html.count("<script src=")
