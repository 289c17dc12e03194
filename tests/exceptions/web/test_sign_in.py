"""Signing in and out."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from exceptions.models import User
from exceptions.web.sign_in import TRIES
from tests.exceptions.web.pages import signed_in, words

PASSWORD = "correct horse battery"
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
    form = {"username": "marta", "password": PASSWORD, "next": "/?kind=late_inbound"}
    page = Client().post("/sign-in/", form)

    assert (page.status_code, page.headers["Location"]) == (302, "/?kind=late_inbound")


@pytest.mark.parametrize("name", ["marta", "nobody", "gone"])
def test_every_wrong_try_reads_the_same(marta: User, name: str) -> None:
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    page = Client().post("/sign-in/", {"username": name, "password": "wrong"})

    assert page.status_code == 422
    assert NOT_RIGHT in words(page)


def test_too_many_tries_are_not_looked_at(marta: User) -> None:
    client = Client()
    wrong = [
        client.post("/sign-in/", {"username": "marta", "password": "wrong"}).status_code
        for _ in range(TRIES)
    ]
    right = client.post("/sign-in/", {"username": "marta", "password": PASSWORD})
    other = client.post("/sign-in/", {"username": "else", "password": "wrong"})

    assert wrong == [422] * TRIES
    assert right.status_code == 429
    assert "Too many tries." in words(right)
    assert other.status_code == 422


def test_it_never_leads_to_another_host(marta: User) -> None:
    form = {"username": "marta", "password": PASSWORD, "next": "https://evil.test/"}

    assert Client().post("/sign-in/", form).headers["Location"] == "/"


def test_signing_out_ends_the_session(marta: User) -> None:
    client = signed_in("marta")
    out = client.post("/sign-out/")

    assert (out.status_code, out.headers["Location"]) == (302, "/sign-in/")
    assert client.get("/").status_code == 302
    assert signed_in("marta").get("/sign-out/").status_code == 405
