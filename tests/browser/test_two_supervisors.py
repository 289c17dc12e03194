"""Two supervisors at the same cases at once, each in a browser of their own."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from exceptions import audit
from exceptions.models import Case, Membership, User
from exceptions.vocabulary import Move, Role, State
from tests.browser.conftest import Visit, Visitor
from tests.exceptions.web.pages import cases
from tests.making import Tower

SENT = "(id) => document.getElementById(id).requestSubmit()"
DONE = "#toasts .toast, [data-refused]"


@pytest.fixture
def pair(tower: Tower, visit: Visit) -> Iterator[tuple[Visitor, Visitor]]:
    """The lead and one more supervisor of Rotterdam; nothing went wrong in either browser."""
    other = User.objects.get(username="procurement.rtm")
    Membership.objects.create(user=other, role=Role.SUPERVISOR, site=tower.site)
    two = visit("lead.rtm"), visit("procurement.rtm")
    yield two
    assert [visitor.troubles for visitor in two] == [[], []]


def at_once(pages: list[Page], form: str) -> list[str]:
    """Both send their form before either has an answer; the sentence that each then reads, empty
    for whoever's move was made.
    """
    for page in pages:
        page.evaluate(SENT, form)
    for page in pages:
        expect(page.locator(DONE).first).to_be_visible()
    return [
        page.locator("[data-refused]").first.inner_text()
        if page.locator("[data-refused]").count()
        else ""
        for page in pages
    ]


def test_of_two_who_acknowledge_at_once_one_does_and_one_reads_who(
    tower: Tower, pair: tuple[Visitor, Visitor]
) -> None:
    for case in cases(tower, 4):
        pages = [visitor.go(f"/cases/{case.pk}/") for visitor in pair]
        told = at_once(pages, "form-acknowledge")
        case.refresh_from_db()
        (made,) = case.events.filter(move=Move.ACKNOWLEDGE)

        assert case.state == State.ACKNOWLEDGED
        assert sorted(told) == [
            "",
            f"{case.reference} is already acknowledged: {made.actor_name} was first.",
        ]
        assert list(audit.verify(case)) == []


def test_of_two_who_assign_at_once_none_overwrites_what_they_have_not_seen(
    tower: Tower, pair: tuple[Visitor, Visitor]
) -> None:
    wanted = ["lead.rtm", "procurement.rtm"]
    clerk = User.objects.create_user("clerk.rtm")
    Membership.objects.create(user=clerk, role=Role.OPERATOR, site=tower.site)
    for case in cases(tower, 4):
        Case.objects.filter(pk=case.pk).update(owner=clerk)
        pages = [visitor.go(f"/cases/{case.pk}/") for visitor in pair]
        for page, name in zip(pages, wanted, strict=True):
            page.locator("#move-assign summary").click()
            page.select_option("#owner", str(User.objects.get(username=name).pk))
        told = at_once(pages, "form-assign")
        case.refresh_from_db()
        assert case.owner is not None
        won = case.owner.username

        assert sorted(told) == [
            "",
            f"{case.reference} has gone to {won} since you looked. Look again, then assign it.",
        ]
        assert told[wanted.index(won)] == ""
        assert case.events.filter(move=Move.ASSIGN).count() == 2  # by routing, and by one of them


def test_who_was_too_late_looks_again_and_assigns_it(
    tower: Tower, pair: tuple[Visitor, Visitor]
) -> None:
    case = cases(tower, 1)[0]
    first, second = (visitor.go(f"/cases/{case.pk}/") for visitor in pair)
    mine, theirs = (User.objects.get(username=n) for n in ("lead.rtm", "warehouse.rtm"))
    for page, owner in ((first, mine), (second, theirs)):
        page.locator("#move-assign summary").click()
        page.select_option("#owner", str(owner.pk))
    first.evaluate(SENT, "form-assign")
    expect(first.locator("#toasts .toast").first).to_be_visible()
    second.evaluate(SENT, "form-assign")
    expect(second.locator("[data-refused]").first).to_contain_text("has gone to lead.rtm")
    assert second.input_value("#owner") == str(theirs.pk)

    second.evaluate(SENT, "form-assign")
    expect(second.locator("#toasts .toast").first).to_have_text(re.compile("is assigned"))
    case.refresh_from_db()
    assert case.owner == theirs
