"""People come in by an invitation, and set a password anew; nobody learns which addresses exist."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from exceptions import invitations
from exceptions.actors import Actor
from exceptions.models import Invitation, Membership, NoticeMail, Team, User
from exceptions.vocabulary import MailState, Role, TeamCode
from integrations import post
from tests.exceptions.cases import member
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower

INVITE = "/people/invite/"
FORGOTTEN = "/sign-in/forgotten/"
PASSWORD = "a battery of horses"
ANNA = "anna.kowalska@example.com"


@pytest.fixture
def admin(tower: Tower) -> Actor:
    cache.clear()
    return member("ines", Role.INTEGRATION_ADMIN)


@pytest.fixture
def local(tower: Tower) -> Actor:
    """Of Rotterdam only."""
    return member("local", Role.INTEGRATION_ADMIN, site=tower.site)


def form(tower: Tower, **said: Any) -> dict[str, Any]:
    team = Team.objects.get(code=TeamCode.PROCUREMENT)
    return {
        "first_name": "Anna",
        "last_name": "Kowalska",
        "email": ANNA,
        "role": "operator",
        "site": tower.site.pk,
        "team": team.pk,
    } | said


def sent() -> list[tuple[str, str]]:
    """The e-mails that go out now: to whom, and what they are about."""
    mail.outbox.clear()
    post.send_due(timezone.now)
    return [(each.to[0], str(each.subject)) for each in mail.outbox]


def link() -> str:
    found = re.search(r"/sign-in/password/\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def choose(to: str, password: str = PASSWORD) -> Any:
    typed = {"new_password1": password, "new_password2": password}
    return Client().post(to, typed, follow=True)


def signs_in(username: str, password: str = PASSWORD) -> bool:
    answer = Client().post("/sign-in/", {"login": username, "password": password})
    return answer.status_code == 302


def record(person: User) -> list[tuple[str, str, str]]:
    rows = person.access_changes.order_by("id")
    return list(rows.values_list("what", "about", "by_name"))


def test_who_is_invited_comes_in_with_their_role(tower: Tower, admin: Actor) -> None:
    page = signed_in("ines").post(INVITE, form(tower), follow=True)
    anna = User.objects.get(email=ANNA)
    before = (anna.is_active, anna.has_usable_password(), sent())
    welcome = Client().get(link())
    done = choose(link())
    anna.refresh_from_db()

    assert f"An e-mail goes to {ANNA}." in words(page)
    assert before == (False, False, [(ANNA, "Come in to the control tower")])
    assert "ines invites you" in str(mail.outbox[-1].body)
    assert "List-Unsubscribe" not in mail.outbox[-1].extra_headers
    assert "Your user name is anna.kowalska : you sign in with it." in words(welcome)
    assert "Your password is set. Sign in as anna.kowalska." in words(done)
    assert (anna.is_active, signs_in("anna.kowalska")) == (True, True)
    assert (str(anna), list(anna.memberships.values_list("role", "site__code"))) == (
        "Anna Kowalska",
        [("operator", "RTM")],
    )
    assert record(anna) == [
        ("granted", "operator · Rotterdam · Procurement, no second admin", "ines"),
        ("invited", f"{ANNA}, operator · Rotterdam · Procurement", "ines"),
        ("joined", "", "Anna Kowalska"),
    ]


def test_a_link_opens_once_and_the_latest_only(tower: Tower, admin: Actor) -> None:
    client = signed_in("ines")
    client.post(INVITE, form(tower))
    sent()
    first, invitation = link(), Invitation.objects.get()
    client.post(f"/people/invitations/{invitation.pk}/again/")
    again = sent()
    second = link()

    assert again == [(ANNA, "Come in to the control tower")]
    assert [Client().get(to).status_code for to in (first, second)] == [404, 200]
    choose(second)
    assert Client().get(second).status_code == 404
    assert choose(second, "another battery of horses").status_code == 404
    assert signs_in("anna.kowalska")


def test_a_withdrawn_invitation_opens_nothing(tower: Tower, admin: Actor) -> None:
    client = signed_in("ines")
    client.post(INVITE, form(tower))
    sent()
    to, invitation = link(), Invitation.objects.get()
    client.post(f"/people/invitations/{invitation.pk}/again/")
    client.post(f"/people/invitations/{invitation.pk}/withdraw/")
    page = client.get(INVITE)

    assert (sent(), Client().get(to).status_code, choose(to).status_code) == ([], 404, 404)
    assert "withdrawn" in words(page)
    anna = User.objects.get(email=ANNA)
    assert (anna.is_active, anna.memberships.count()) == (False, 0)
    assert [what for what, *_ in record(anna)][-2:] == ["withdrawn", "uninvited"]
    failed = NoticeMail.objects.latest("id")
    assert (failed.state, failed.error[:8]) == (MailState.FAILED, "Not sent")


def test_a_link_runs_out(tower: Tower, admin: Actor, settings: Settings) -> None:
    client = signed_in("ines")
    client.post(INVITE, form(tower))
    sent()
    to = link()
    settings.PASSWORD_RESET_TIMEOUT = -1
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=1))

    assert Client().get(to).status_code == 404
    assert "This link opens nothing any more" in words(Client().get(to))
    assert "link ran out" in words(client.get(INVITE))


def test_passwords_that_are_too_weak_are_said_and_nothing_is_set(
    tower: Tower, admin: Actor
) -> None:
    signed_in("ines").post(INVITE, form(tower))
    sent()
    short = choose(link(), "horse")
    typed = {"new_password1": PASSWORD, "new_password2": "another"}
    differs = Client().post(link(), typed)

    assert (short.status_code, differs.status_code) == (422, 422)
    assert "at least 12 characters" in words(short)
    assert not User.objects.get(email=ANNA).is_active


def test_the_page_does_not_tell_whose_addresses_exist(tower: Tower, local: Actor) -> None:
    """An address of Chicago is answered like a new one; only its owner learns of it."""
    cache.clear()
    there = User.objects.get(username="lead.chi")
    User.objects.filter(pk=there.pk).update(email="boss@example.com")
    client = signed_in("local")
    new, known = (
        client.post(INVITE, form(tower, email=email), follow=True)
        for email in (ANNA, "boss@example.com")
    )
    rows = re.findall(r"<tr><td>.*?</tr>", client.get(INVITE).content.decode(), re.DOTALL)
    plain = {re.sub(r"\S+@example.com|/\d+/|value=\"[^\"]+\"", "", row) for row in rows}

    assert words(new).count("An e-mail goes to") == words(known).count("An e-mail goes to") == 1
    assert (len(rows), len(plain)) == (2, 1)
    assert set(sent()) == {
        (ANNA, "Come in to the control tower"),
        ("boss@example.com", "You have an account in the control tower"),
    }
    assert User.objects.filter(email="boss@example.com").count() == 1
    assert there.memberships.count() == 1
    assert "lead.chi" not in client.get("/people/?q=lead").content.decode()


def test_who_is_here_already_gets_roles_and_no_invitation(tower: Tower, admin: Actor) -> None:
    User.objects.filter(username="lead.rtm").update(email=ANNA)
    client = signed_in("ines")
    here = client.post(INVITE, form(tower, email=ANNA.upper()))
    client.post(INVITE, form(tower, email="new@example.com"))
    twice = client.post(INVITE, form(tower, email="new@example.com"))

    assert "lead.rtm has this address already" in words(here)
    assert "Anna Kowalska was invited before: send it again below." in words(twice)
    assert (here.status_code, Invitation.objects.count()) == (422, 1)


def test_an_admin_invites_to_their_sites_only(tower: Tower, local: Actor) -> None:
    client = signed_in("local")
    elsewhere = client.post(INVITE, form(tower, site=tower.other_site.pk))
    every = client.post(INVITE, form(tower, site="every"))
    nobody = signed_in("lead.rtm").post(INVITE, form(tower))

    assert [page.status_code for page in (elsewhere, every, nobody)] == [422, 422, 403]
    assert not User.objects.filter(email=ANNA).exists()


def test_names_that_are_taken_get_a_number(tower: Tower, admin: Actor) -> None:
    User.objects.create_user("anna.kowalska")
    client = signed_in("ines")
    for email in (ANNA, "anna.kowalska@elsewhere.example", "@@", "ö@example.com"):
        client.post(INVITE, form(tower, email=email))

    made = Invitation.objects.order_by("id").values_list("person__username", flat=True)
    assert list(made) == ["anna.kowalska2", "anna.kowalska3"]


def test_who_forgot_the_password_sets_another(tower: Tower, admin: Actor) -> None:
    jonas = User.objects.create_user("jonas", email="jonas@example.com", password="long forgotten")
    theirs = Client()
    theirs.force_login(jonas)
    page = Client().post(FORGOTTEN, {"named": "JONAS"})
    told = sent()
    to = link()
    done = choose(to)

    assert "Look into your e-mails" in words(page)
    assert told == [("jonas@example.com", "A new password for the control tower")]
    assert "Sign in as jonas" in words(done)
    assert (signs_in("jonas"), signs_in("jonas", "long forgotten")) == (True, False)
    assert theirs.get("/").status_code == 302
    assert Client().get(to).status_code == 404
    assert record(jonas) == [("password_set", "", "jonas")]


def test_the_answer_is_the_same_whoever_is_named(tower: Tower, admin: Actor) -> None:
    """Nobody, somebody who left, who comes with a company account, who has no address."""
    people: dict[str, dict[str, Any]] = {
        "jonas": {"email": "jonas@example.com", "password": PASSWORD},
        "gone": {"email": "gone@example.com", "password": PASSWORD, "is_active": False},
        "company": {"email": "company@example.com"},
        "nomail": {"password": PASSWORD},
    }
    for name, what in people.items():
        User.objects.create_user(name, **what)
    names = ("jonas", "jonas", "gone", "company", "nomail", "nobody", "gone@example.com")
    pages = {words(Client().post(FORGOTTEN, {"named": name})) for name in names}

    assert len(pages) == 1
    assert sent() == [("jonas@example.com", "A new password for the control tower")]


def test_who_asks_too_often_waits(tower: Tower, admin: Actor) -> None:
    answers = [Client().post(FORGOTTEN, {"named": "Jonas"}).status_code for _ in range(6)]
    cache.clear()

    assert answers == [200] * 5 + [429]


def test_without_passwords_the_company_account_is_the_way_in(
    tower: Tower, admin: Actor, settings: Settings
) -> None:
    settings.TOWER_PASSWORDS, settings.OIDC_NAME = False, "Meridian account"
    client = signed_in("ines")
    page = client.get(INVITE)
    client.post(INVITE, form(tower))
    told = sent()
    User.objects.create_user("jonas", password=PASSWORD)
    refused = Client().post("/sign-in/", {"login": "jonas", "password": PASSWORD})

    assert "they come in with their Meridian account" in words(page)
    assert told == [(ANNA, "Come in to the control tower")]
    assert "Sign in with your Meridian account:" in str(mail.outbox[-1].body)
    assert "/sign-in/password/" not in str(mail.outbox[-1].body)
    assert (refused.status_code, "Passwords are switched off here" in words(refused)) == (422, True)
    assert 'name="password"' not in refused.content.decode()
    assert Client().get(FORGOTTEN).status_code == 404
    anna = invitations.invited_at(ANNA.upper())
    assert anna is not None
    assert invitations.accept(anna, at=timezone.now())
    assert User.objects.get(email=ANNA).is_active
    assert Membership.objects.filter(user=anna).count() == 1
