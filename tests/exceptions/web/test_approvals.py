"""The page of approvals: what waits for whom, and votes from there and from the case."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from exceptions.actors import Actor
from exceptions.models import Decision, Vote
from tests.exceptions.asking import Asking, approver, asking
from tests.exceptions.web.pages import words
from tests.making import Tower

PAGE = "/approvals/"


@pytest.fixture
def asked(tower: Tower) -> Asking:
    return asking(tower, now() - timedelta(hours=2))


def browser(actor: Actor) -> Client:
    client = Client()
    assert actor.user is not None
    client.force_login(actor.user)
    return client


def vote(client: Client, asked: Asking, **said: str) -> Any:
    request = asked.request
    form = {"ballot": "yes", "digest": request.digest} | said
    return client.post(f"{PAGE}{request.pk}/vote/", form, follow=True)


def test_what_waits_for_me_says_why_and_is_approved_there(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    client = browser(pieter)
    page: Any = client.get(PAGE)
    seen = asked.request.levels.get().first_seen_at

    assert [tab.n for tab in page.context["tabs"]] == [1, None, 1, None]
    assert (
        "At stake: €1,200, which the approval matrix (standard) asks about in the row for"
        " Expedite freight, €250 to €5,000."
    ) in words(page)
    assert "Level 1 · any one of the approvers approver waited" in words(page)
    assert seen is not None

    done = vote(client, asked, reason="Worth it.")
    assert "Approved. It is carried out now." in words(done)
    assert "Nothing waits for you" in words(done)
    assert "Expedite freight, €1,200" in words(done)  # among my last votes
    assert (Decision.objects.get().state, Vote.objects.get().reason) == ("approved", "Worth it.")


def test_who_looks_without_a_vote_is_not_waited_for(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    page = browser(asked.owner).get(f"{PAGE}?view=proposed")

    assert "You proposed this, so others decide about it." in words(page)
    assert "Take it back…" in words(page)
    assert asked.request.levels.get().first_seen_at is None


def test_a_refused_vote_keeps_what_was_typed(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    page = vote(browser(pieter), asked, digest="0" * 64, reason="Worth it.")

    assert page.status_code == 409
    assert "This is not what you have seen. Look at it again, then decide." in words(page)
    assert ">Worth it.</textarea>" in page.content.decode()


def test_on_the_case_the_approver_decides_too(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    client = browser(pieter)
    case = f"/cases/{asked.case.pk}/"
    before = client.get(case)
    after = vote(client, asked, ballot="no", reason="Ask for a new date.", back="case")

    assert "Expedite freight, €1,200 waits for approval" in words(before)
    assert "Approve… y" in words(before)
    assert after.redirect_chain == [(case, 302)]
    assert "Expedite freight, €1,200 rejected" in words(after)
    assert "approver said no" in words(after)
    assert "approver voted no: Expedite freight" in words(after)


def test_it_is_taken_back_from_the_page(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    client = browser(asked.owner)
    page: Any = client.post(
        f"{PAGE}{asked.request.pk}/withdraw/", {"reason": "A typo."}, follow=True
    )

    assert "Taken back. Who was asked is told." in words(page)
    assert asked.request.why_ended == "A typo."


def test_the_rail_counts_what_waits_for_me(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    counted = [browser(who).get("/").context["to_approve"] for who in (pieter, asked.owner)]

    assert counted == [1, 0]
