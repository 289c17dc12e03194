"""Secrets of commands in the browser: made once, replaced by two at a time, and taken away."""

import re

import pytest
from django.test import Client

from exceptions.models import Membership, ServiceToken, SettingChange, User
from exceptions.vocabulary import Role
from integrations import command_signing
from integrations.models import CommandSecret
from tests.exceptions.api.calling import key_for
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower


@pytest.fixture
def token(tower: Tower) -> ServiceToken:
    key_for("lead.rtm")
    return ServiceToken.objects.get()


@pytest.fixture
def admin(tower: Tower) -> Client:
    ines = User.objects.create_user("ines.admin")
    Membership.objects.create(user=ines, role=Role.INTEGRATION_ADMIN)
    return signed_in("ines.admin")


def change(who: Client, token: ServiceToken, op: str) -> str:
    return words(who.post(f"/integrations/commands/{token.pk}/", {"op": op}, follow=True))


def made(who: Client, token: ServiceToken) -> str:
    page = who.post(f"/integrations/commands/{token.pk}/", {"op": "make"}).content.decode()
    found = re.search(r'id="key"[^>]* value="([^"]+)"', page)
    return found[1] if found else ""


def test_a_secret_is_shown_once_and_holds(admin: Client, token: ServiceToken) -> None:
    secret = made(admin, token)

    assert command_signing.secrets_of(token) == [secret]
    page = admin.get("/integrations/commands/")
    assert secret not in page.content.decode()
    assert "n8n signed lead.rtm" in words(page)


def test_two_hold_at_a_time_until_the_former_is_retired(admin: Client, token: ServiceToken) -> None:
    first, second = made(admin, token), made(admin, token)

    assert "Two secrets hold already" in change(admin, token, "make")
    assert command_signing.secrets_of(token) == [second, first]
    change(admin, token, "retire")
    assert command_signing.secrets_of(token) == [second]
    assert "there is no former one to retire" in change(admin, token, "retire")


def test_signing_can_be_stopped_and_each_step_is_in_the_history(
    admin: Client, token: ServiceToken
) -> None:
    for op in ("make", "make", "retire", "stop"):
        change(admin, token, op)

    assert CommandSecret.objects.count() == 0
    assert "This token has no secret." in change(admin, token, "stop")
    lines = SettingChange.objects.filter(data__token=token.pk).order_by("pk")
    assert [(str(line.by), line.says.partition(": ")[2]) for line in lines] == [
        ("ines.admin", "has to sign from now on"),
        ("ines.admin", "next secret made"),
        ("ines.admin", "former secret retired"),
        ("ines.admin", "need not sign any more; its secrets are gone"),
    ]
    assert not [line for line in lines if "ct_" in line.says]


def test_nobody_else_makes_one(token: ServiceToken) -> None:
    assert change(signed_in("lead.rtm"), token, "make")
    assert CommandSecret.objects.count() == 0
