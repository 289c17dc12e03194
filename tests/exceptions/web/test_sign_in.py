"""Signing in and out."""

import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from exceptions.models import User
from tests.exceptions.web.pages import signed_in, words

PASSWORD = "correct horse battery"
TRIES = 10
NOT_RIGHT = "User name or password is not right. Mind capitals, and try again."


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def marta(db: None) -> User:
    return User.objects.create_user("marta", password=PASSWORD)


def test_who_signs_in_comes_where_they_wanted_to(marta: User) -> None:
    form = {"login": "marta", "password": PASSWORD, "next": "/?kind=late_inbound"}
    page = Client().post("/sign-in/", form)

    assert (page.status_code, page.headers["Location"]) == (302, "/?kind=late_inbound")


@pytest.mark.parametrize("name", ["marta", "nobody", "gone"])
def test_every_wrong_try_reads_the_same(marta: User, name: str) -> None:
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    password = PASSWORD if name == "gone" else "wrong"
    page = Client().post("/sign-in/", {"login": name, "password": password})

    assert page.status_code == 422
    assert NOT_RIGHT in words(page)


def test_too_many_tries_are_not_looked_at(marta: User) -> None:
    client = Client()
    wrong = [
        client.post("/sign-in/", {"login": "marta", "password": "wrong"}).status_code
        for _ in range(TRIES)
    ]
    right = client.post("/sign-in/", {"login": "marta", "password": PASSWORD})
    User.objects.create_user("else", password=PASSWORD)
    other = client.post("/sign-in/", {"login": "else", "password": PASSWORD})
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    from_elsewhere = elsewhere.post("/sign-in/", {"login": "marta", "password": PASSWORD})

    assert wrong == [422] * TRIES
    assert right.status_code == 429
    assert "Too many tries. Wait five minutes, then try again." in words(right)
    assert (other.status_code, from_elsewhere.status_code) == (302, 302)


def test_after_five_minutes_one_may_try_again(marta: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client, began = Client(), time.time()
    form = {"login": "marta", "password": PASSWORD}
    for _ in range(TRIES):
        client.post("/sign-in/", form | {"password": "wrong"})
    answers = []
    for seconds in (0, 299, 301):
        monkeypatch.setattr(time, "time", lambda later=seconds: began + later)
        answers.append(client.post("/sign-in/", form).status_code)

    assert answers == [429, 429, 302]


def test_what_succeeds_does_not_count(marta: User) -> None:
    form = {"login": "marta", "password": PASSWORD}

    assert [Client().post("/sign-in/", form).status_code for _ in range(TRIES + 2)] == [302] * 12


def test_many_names_from_one_address_are_too_many_in_the_end(db: None) -> None:
    answers = [
        Client().post("/sign-in/", {"login": f"guess{i}", "password": "wrong"}).status_code
        for i in range(102)
    ]

    assert answers == [422] * 100 + [429] * 2


def test_it_never_leads_to_another_host(marta: User) -> None:
    form = {"login": "marta", "password": PASSWORD, "next": "https://evil.test/"}

    assert Client().post("/sign-in/", form).headers["Location"] == "/"


def test_signing_out_ends_the_session(marta: User) -> None:
    client = signed_in("marta")
    out = client.post("/sign-out/")

    assert (out.status_code, out.headers["Location"]) == (302, "/sign-in/")
    assert client.get("/").status_code == 302
    assert signed_in("marta").get("/sign-out/").status_code == 405
