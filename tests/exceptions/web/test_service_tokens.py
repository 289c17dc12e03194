"""The page on which service tokens are made and revoked."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from exceptions import intake, tokens
from exceptions.actors import Actor
from exceptions.models import GivenAnswer, Membership, ServiceToken, User
from exceptions.vocabulary import Role
from tests.exceptions.cases import member
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower

TOKENS = "/people/tokens/"


@pytest.fixture
def admin(tower: Tower) -> Actor:
    return member("admin", Role.INTEGRATION_ADMIN)


def lead() -> User:
    return User.objects.get(username="lead.rtm")


def key_in(page: object) -> str | None:
    found = re.search(r'value="(ct_[^"]+)"', page.content.decode())  # type: ignore[attr-defined]
    return found[1] if found else None


def form(**said: object) -> dict[str, object]:
    return {"name": "n8n", "user": lead().pk, "scopes": ["cases:read"], "days": "30"} | said


def test_the_key_is_shown_once_and_opens_the_api(tower: Tower, admin: Actor) -> None:
    client = signed_in("admin")
    made = client.post(TOKENS, form())
    key = key_in(made)
    again = client.get(TOKENS)

    assert key is not None
    assert made.headers["Cache-Control"].split(", ").count("no-store") == 1
    found = tokens.find(key, at=timezone.now())
    assert (found.name, found.user, found.scopes) == ("n8n", lead(), ["cases:read"])
    assert found.expires_at == found.created_at + timedelta(days=30)
    assert (key_in(again), key in again.content.decode()) == (None, False)
    assert key not in str([session.get_decoded() for session in Session.objects.all()])
    assert key not in str(list(ServiceToken.objects.values()))
    assert list(lead().access_changes.values_list("what", "about", "by_name")) == [
        ("token_made", "n8n: cases:read", "admin")
    ]
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/cases/", headers=headers).status_code == 200
    assert client.post("/api/v1/cases/", {}, headers=headers).status_code == 403


def test_what_is_missing_is_said_and_nothing_is_made(tower: Tower, admin: Actor) -> None:
    client = signed_in("admin")
    page = client.post(
        TOKENS, form(name="", scopes=[], days="0", user=admin.user and admin.user.pk)
    )
    local = member("local", Role.INTEGRATION_ADMIN, site=tower.other_site)
    elsewhere = signed_in(str(local.user)).post(TOKENS, form())

    text = words(page)
    said = [
        "Say which program it is for.",
        "Choose somebody whose access you administer.",
        "Tick at least one thing that it may do.",
        "Give a number of days from 1 to 3650.",
    ]
    assert [each for each in said if each not in text] == []
    assert (page.status_code, elsewhere.status_code, ServiceToken.objects.count()) == (422, 422, 0)


def test_a_page_that_is_sent_twice_makes_one_key(tower: Tower, admin: Actor) -> None:
    client = signed_in("admin")
    first, second = (client.post(TOKENS, form(once="page one")) for _ in range(2))
    changed = client.post(TOKENS, form(once="page one", name="BI"))
    another = client.post(TOKENS, form(once="page two"))

    assert [key_in(page) is not None for page in (first, second, another)] == [True, False, True]
    assert "This page was sent twice: “n8n” was made once." in words(second)
    assert (changed.status_code, "was sent before, with other words" in words(changed)) == (
        422,
        True,
    )
    assert list(ServiceToken.objects.values_list("name", flat=True)) == ["n8n", "n8n"]
    assert (key_in(first) or "ct_") not in str(list(GivenAnswer.objects.values()))


def test_a_key_of_a_local_admin_opens_their_sites_only(tower: Tower, at: datetime) -> None:
    intake.take_in(
        [tower.receipt(1, at=at), tower.receipt(2, at=at, site_id=tower.other_site.pk)], at=at
    )
    robot = member("robot", Role.AUDITOR, site=tower.site).user
    assert robot is not None
    member("local", Role.INTEGRATION_ADMIN, site=tower.site)
    client = signed_in("local")
    facts = client.post(TOKENS, form(user=robot.pk, scopes=["facts:write"]))
    key = key_in(client.post(TOKENS, form(user=robot.pk)))
    Membership.objects.create(user=robot, role=Role.AUDITOR)
    seen = Client().get("/api/v1/cases/", headers={"Authorization": f"Bearer {key}"}).json()

    assert (facts.status_code, "Tick what the list offers." in words(facts)) == (422, True)
    assert [row["site"]["code"] for row in seen["results"]] == ["RTM"]
    member("central", Role.INTEGRATION_ADMIN)
    assert "robot only at Rotterdam" in words(signed_in("central").get(TOKENS))


def test_who_made_a_key_and_is_admin_no_more_still_has_it(tower: Tower, admin: Actor) -> None:
    signed_in("admin").post(TOKENS, form())
    member("other", Role.INTEGRATION_ADMIN)
    before = words(signed_in("other").get(TOKENS))
    Membership.objects.filter(user=admin.user).delete()
    after = words(signed_in("other").get(TOKENS))

    assert [text in before for text in ("valid", "by admin", "replace it")] == [True, True, False]
    assert "replace it" in after
    assert "by admin, who is no integration admin any more but saw the key" in after


def test_a_revoked_key_opens_nothing(tower: Tower, admin: Actor) -> None:
    client = signed_in("admin")
    key = key_in(client.post(TOKENS, form())) or ""
    token = ServiceToken.objects.get()
    page = client.post(f"{TOKENS}{token.pk}/revoke/", follow=True)
    twice = client.post(f"{TOKENS}{token.pk}/revoke/", follow=True)

    assert "“n8n” opens nothing any more." in words(page)
    assert "“n8n” was revoked before." in words(twice)
    with pytest.raises(tokens.Invalid, match="revoked"):
        tokens.find(key, at=timezone.now())


def test_how_each_stands(tower: Tower, admin: Actor) -> None:
    now, gone = timezone.now(), User.objects.create_user("gone", is_active=False)
    Membership.objects.create(user=gone, role=Role.OPERATOR, site=tower.site)
    for name, who, ago, days in [
        ("Fresh", lead(), 0, 90),
        ("Lasting", lead(), 0, None),
        ("Ending", lead(), 20, 30),
        ("Old", lead(), 20, 10),
        ("Orphan", gone, 0, 90),
    ]:
        at = now - timedelta(days=ago)
        tokens.issue(who, name=name, scopes=[tokens.READ], at=at, days=days)
    page = signed_in("admin").get(TOKENS).content.decode()
    rows = re.findall(r"<tr[^>]*><td><b>(\w+)</b>.*?</svg>([^<]*)</span>", page)

    assert dict(rows) == {
        "Fresh": "valid",
        "Lasting": "valid",
        "Ending": "ends soon",
        "Old": "expired",
        "Orphan": "person deactivated",
    }


def test_auditors_read_and_nothing_more(tower: Tower) -> None:
    member("auditor", Role.AUDITOR)
    client = signed_in("auditor")
    page = client.get(TOKENS)

    assert "No program has a key" in words(page)
    assert "Make a token" not in words(page)
    assert client.post(TOKENS, form()).status_code == 403
