"""Ending e-mails from the e-mail, by people and by mail programs; nobody signs in for it."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from exceptions import unsubscribing
from exceptions.models import NoticeSettings, User
from exceptions.vocabulary import Notice
from tests.exceptions.web.pages import words
from tests.making import Tower


@pytest.fixture
def anna(tower: Tower) -> User:
    return User.objects.get(username="warehouse.rtm")


def link(person: User, *whats: str) -> str:
    return "/unsubscribe/" + unsubscribing.address(person.pk, whats).split("/unsubscribe/")[1]


def chosen(person: User) -> dict[str, Any]:
    found = NoticeSettings.objects.filter(person=person).first()
    return found.choices if found else {}


def test_a_look_changes_nothing_and_the_form_does(anna: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    to = link(anna, Notice.MENTIONED)
    looked = [browser.get(to), browser.head(to)]
    before = chosen(anna)
    done = browser.post(to)
    again = browser.get(to)

    assert "End these e-mails? You are told of it in your inbox" in words(looked[0])
    assert "somebody mentions me" in words(looked[0])
    assert (before, chosen(anna)) == ({}, {"mentioned": "inbox"})
    assert "No more e-mails of this" in words(done)
    assert "To get them again, sign in and choose e-mail under “How I am told”." in words(done)
    assert "You get no e-mails of this" in words(again)


def test_a_mail_program_does_it_with_one_request(anna: User) -> None:
    """As RFC 8058 has it: no cookie, no token of a form, no redirect."""
    program = Client(enforce_csrf_checks=True)
    said = "List-Unsubscribe=One-Click"
    kind = "application/x-www-form-urlencoded"
    answers = [program.post(link(anna, Notice.COMMENTED), said, kind) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert chosen(anna) == {"commented": "inbox"}


def test_it_ends_e_mails_of_these_kinds_and_nothing_else(anna: User) -> None:
    theirs = {"mentioned": "digest", "assigned": "mail", "closed": "none"}
    NoticeSettings.objects.create(person=anna, choices=theirs)
    Client().post(link(anna, Notice.MENTIONED, Notice.CLOSED, Notice.CLOCK_WARNING))

    assert chosen(anna) == theirs | {"mentioned": "inbox"}
    assert not NoticeSettings.objects.exclude(person=anna).exists()


@pytest.mark.parametrize("cut", [lambda to: to[:-3] + "/", lambda to: "/unsubscribe/nothing/"])
def test_what_is_no_link_changes_nothing(anna: User, cut: Any) -> None:
    broken = cut(link(anna, Notice.MENTIONED))
    pages = [Client().get(broken), Client().post(broken)]

    assert [page.status_code for page in pages] == [404, 404]
    assert "This link cannot be read" in words(pages[0])
    assert (chosen(anna), anna.username in pages[0].content.decode()) == ({}, False)


def test_a_link_of_one_is_no_link_of_another(anna: User) -> None:
    """Neither whose it is nor what of can be changed without the tower's key."""
    to = link(anna, Notice.MENTIONED)
    other = link(User.objects.get(username="lead.rtm"), Notice.MENTIONED)
    said, _, signature = to.rstrip("/").rpartition(":")
    forged = re.sub(r"/unsubscribe/[^:]*", "/unsubscribe/" + other.split("/")[2].split(":")[0], to)

    assert said
    assert signature
    assert Client().post(forged).status_code == 404
    assert NoticeSettings.objects.count() == 0


def test_too_many_tries_wait(anna: User) -> None:
    cache.clear()
    browser = Client(REMOTE_ADDR="10.9.8.7")
    found = [browser.post("/unsubscribe/guess/").status_code for _ in range(31)]
    cache.clear()

    assert found == [404] * 30 + [429]
