"""Before access or keys are changed, one confirms that it is oneself; then it is done."""

import re

import pytest
from django.test import Client

from exceptions.models import Membership, ServiceToken, User
from exceptions.vocabulary import Role
from tests.exceptions.web.pages import words
from tests.making import Tower

PASSWORD = "correct horse battery"
CONFIRM = "/account/confirm/"


@pytest.fixture
def admin(tower: Tower) -> User:
    user = User.objects.create_user("ines", password=PASSWORD)
    Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN)
    return user


@pytest.fixture
def browser(admin: User) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": "ines", "password": PASSWORD})
    return client


def jonas() -> User:
    return User.objects.get(username="procurement.rtm")


def asked_to_confirm(answer: object) -> str:
    """The address that it comes back to; empty when nobody is asked."""
    to = answer.headers.get("Location", "")  # type: ignore[attr-defined]
    return to.removeprefix(f"{CONFIRM}?next=") if to.startswith(CONFIRM) else ""


def test_a_role_is_given_once_one_has_confirmed(tower: Tower, browser: Client) -> None:
    address = f"/people/{jonas().pk}/roles/"
    role = {"role": "auditor", "site": tower.site.pk}
    first = browser.post(address, role)
    held = [jonas().memberships.count()]
    browser.post(CONFIRM, {"password": "wrong", "next": address})
    held.append(jonas().memberships.count())
    done = browser.post(CONFIRM, {"password": PASSWORD, "next": address}, follow=True)
    held.append(jonas().memberships.count())
    again = browser.post(address, role | {"role": "executive"})

    assert asked_to_confirm(first).replace("%2F", "/") == address
    assert held == [1, 1, 2]
    assert "procurement.rtm has the role now." in words(done)
    assert (asked_to_confirm(again), jonas().memberships.count()) == ("", 3)


def test_a_key_is_shown_once_one_has_confirmed(tower: Tower, browser: Client) -> None:
    said = {"name": "n8n", "user": jonas().pk, "scopes": ["cases:read", "cases:move"], "days": 9}
    first = browser.post("/people/tokens/", said | {"once": "a page"})
    before = ServiceToken.objects.count()
    page = browser.post(CONFIRM, {"password": PASSWORD, "next": "/people/tokens/"})

    assert asked_to_confirm(first).replace("%2F", "/") == "/people/tokens/"
    assert (before, ServiceToken.objects.get().scopes) == (0, ["cases:move", "cases:read"])
    assert len(re.findall(r'value="ct_[^"]+"', page.content.decode())) == 1
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("what", ["roles/", "roles/{held}/take-away/", "activation/"])
def test_nothing_is_changed_without(tower: Tower, browser: Client, what: str) -> None:
    address = f"/people/{jonas().pk}/{what.format(held=jonas().memberships.get().pk)}"
    answer = browser.post(address, {"role": "auditor", "site": tower.site.pk, "active": "0"})

    assert asked_to_confirm(answer) != ""
    assert (jonas().is_active, jonas().memberships.count()) == (True, 1)


def test_who_is_no_admin_is_not_asked(tower: Tower) -> None:
    user = User.objects.create_user("marta", password=PASSWORD)
    Membership.objects.create(user=user, role=Role.SUPERVISOR, site=tower.site)
    client = Client()
    client.post("/sign-in/", {"login": "marta", "password": PASSWORD})

    assert client.post(f"/people/{jonas().pk}/activation/", {"active": "0"}).status_code == 403


def test_who_comes_with_a_company_account_alone_is_not_kept_out(tower: Tower, admin: User) -> None:
    """They have nothing here to confirm with; their company looks after that."""
    admin.set_unusable_password()
    admin.save()
    client = Client()
    client.force_login(admin)
    client.post(f"/people/{jonas().pk}/activation/", {"active": "0"})

    assert not jonas().is_active
