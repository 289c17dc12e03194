"""Deciding from an e-mail: a look decides nothing, the form once, and only while it may."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now
from pytest_django import Settings

from exceptions import approvals, bundling, delegating, intake, matrices, voting
from exceptions.actors import Actor
from exceptions.delegating import Lent
from exceptions.matrix import STANDARD, Level, Matrix, Row
from exceptions.models import (
    AccessChange,
    Decision,
    MatrixVersion,
    Membership,
    NoticeMail,
    User,
    Vote,
    VoteLink,
)
from exceptions.vocabulary import ApprovalState, Need, Role, Voters
from tests.exceptions.asking import HOUR, Asking, approver, asking, executive
from tests.exceptions.cases import member
from tests.exceptions.web.pages import words
from tests.making import Tower

FREELY = {"EUR": Decimal(10**6)}


@pytest.fixture(autouse=True)
def nobody_has_tried() -> None:
    cache.clear()


@pytest.fixture
def asked(tower: Tower) -> Asking:
    return asking(tower, now() - timedelta(hours=2))


@pytest.fixture
def pieter(asked: Asking) -> Actor:
    return approver(asked.tower, "pieter")


def mailed(who: Actor) -> str:
    """The path of the link in the newest e-mail to somebody."""
    assert who.user
    bundling.gather(at=now())
    letter = bundling.letter(NoticeMail.objects.filter(person=who.user).latest("pk"), at=now())
    assert letter
    return str(re.findall(r"/approvals/link/\S+", letter.text)[-1])


def in_force(matrix: Matrix) -> None:
    said = matrices.to_json(matrix)
    MatrixVersion.objects.create(version=1, published_at=now(), settings=said)


def refusal(client: Client, link: str, **said: str) -> tuple[int, str]:
    """What is answered to a yes that comes too late, or from nobody; no vote is there then."""
    before = Vote.objects.count()
    answer = client.post(link, {"ballot": "yes"} | said)
    assert Vote.objects.count() == before
    return answer.status_code, words(answer)


def test_a_look_decides_nothing_and_the_form_once(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link, browser = mailed(pieter), Client(enforce_csrf_checks=True)
    looked = [browser.get(link), browser.head(link), browser.get(link)]
    before = Vote.objects.count()
    level = asked.request.levels.get()
    done = browser.post(link, {"ballot": "yes", "reason": "Worth it."})
    vote = Vote.objects.get()

    assert [answer.status_code for answer in looked] == [200, 200, 200]
    assert (before, level.first_seen_at) == (0, None)  # a scanner of e-mails is no reader
    assert "You decide here as pieter , once, until" in words(looked[0])
    assert "The line stands still." in words(looked[0])
    assert "Level 1 · any one of the approvers" in words(looked[0])
    assert "Approved. It is carried out now." in words(done)
    assert (vote.voter, vote.ballot, vote.via, vote.reason) == (
        *(pieter.user, "yes", "mail", "Worth it."),
    )
    assert asked.case.events.filter(happening="voted").get().via == "mail"
    assert Decision.objects.get().state == "approved"


def test_it_is_shown_to_nobody_else(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    answer = Client().get(mailed(pieter))
    named = ("Referrer-Policy", "X-Robots-Tag")

    assert [answer.headers[name] for name in named] == ["no-referrer", "noindex, nofollow"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_record_of_access_and_the_page_say_how(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    Client().post(mailed(pieter), {"ballot": "yes"})
    row, reference = AccessChange.objects.get(), asked.case.reference
    client = Client()
    client.force_login(asked.tower.supervisor.user)  # type: ignore[arg-type]
    page = client.get(f"/approvals/?view=done&request={asked.request.pk}")

    assert (row.user, row.what, row.about) == (
        *(pieter.user, "voted_by_link", f"yes: Expedite freight, {reference}"),
    )
    assert "pieter said yes by e-mail link" in words(page)


def test_a_no_needs_a_reason_and_keeps_the_link(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    empty = Client().post(link, {"ballot": "no", "reason": " "})
    neither = Client().post(link, {"ballot": "maybe", "reason": "Hm."})
    done = Client().post(link, {"ballot": "no", "reason": "Ask for a new date."})

    assert (empty.status_code, neither.status_code, done.status_code) == (409, 409, 200)
    assert "Say in a sentence why not" in words(empty)
    assert ">Hm.</textarea>" in neither.content.decode()
    assert "Rejected. procurement.rtm is told why." in words(done)
    assert asked.request.why_ended == "Ask for a new date."


def test_it_votes_once(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    Client().post(link, {"ballot": "yes"})

    status, says = refusal(Client(), link, ballot="no", reason="After all.")
    assert status == 200
    assert "pieter has voted yes by this link already." in says


def test_a_second_link_is_of_no_use_after_the_first(asked: Asking, pieter: Actor) -> None:
    """Two e-mails, as after a reminder."""
    asked.propose()
    first, second = mailed(pieter), mailed(pieter)
    Client().post(first, {"ballot": "yes"})

    assert first != second
    assert "It is no longer open: it is approved." in refusal(Client(), second)[1]


def test_cut_or_forged_links_open_nothing(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    token = link.split("/")[-2]
    other = ("y" if token.startswith("x") else "x") + token[1:]
    forged = [link.replace(token, each) for each in (token[:-1], other, "nothing", token + "A")]
    answers = [Client().get(each) for each in forged]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert all("This link cannot be read" in words(answer) for answer in answers)


def test_the_database_does_not_know_the_link(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    token = mailed(pieter).split("/")[-2]
    said = str(list(VoteLink.objects.values())) + str(list(NoticeMail.objects.values()))

    assert token.split(":")[0] not in said


# What ends it ----------------------------------------------------------------------------------


def test_facts_that_moved_void_it(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    intake.take_in([asked.tower.receipt(1, at=now(), order_reference="P9")], at=now())

    assert "It is no longer open: it is void." in refusal(Client(), link)[1]


def test_a_decision_that_was_changed_voids_it(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    Decision.objects.update(cost="1300")

    assert "What was asked has changed since the e-mail" in refusal(Client(), link)[1]


def test_time_ends_it(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    VoteLink.objects.update(expires_at=now())

    assert "The time to decide is over." in refusal(Client(), link)[1]


def test_who_voted_elsewhere_votes_no_more(asked: Asking, pieter: Actor) -> None:
    levels = (Level(voters=Voters.APPROVER), Level(voters=Voters.EXECUTIVE))
    in_force(Matrix(bounds={}, rows=(Row(bands=(levels,)),), sign_in_above=FREELY))
    second = approver(asked.tower, "second")
    executive(asked.tower)
    asked.propose()
    link = mailed(second)
    asked.vote(pieter, at=now())

    assert "At this level others have decided already." in refusal(Client(), link)[1]


def test_who_let_somebody_else_vote_hears_that_they_did(asked: Asking, pieter: Actor) -> None:
    every = Level(voters=Voters.APPROVER, need=Need.ALL)
    in_force(Matrix(bounds={}, rows=(Row(bands=((every,),)),), sign_in_above=FREELY))
    approver(asked.tower, "second")
    anna = member("anna", Role.AUDITOR, site=asked.tower.site)
    lent = Lent(to=anna.user, starts_at=None, ends_at=now() + 9 * HOUR)
    delegating.lend(lent, pieter, at=asked.at)
    asked.propose()
    theirs, hers = mailed(pieter), mailed(anna)
    seen = words(Client().get(hers))
    Client().post(hers, {"ballot": "yes"})

    assert "You decide here as anna for pieter , once" in seen
    assert "anna has voted on this for pieter already." in refusal(Client(), theirs)[1]
    assert (Vote.objects.get().cast_by, Vote.objects.get().voter) == (anna.user, pieter.user)


def test_a_vote_that_is_lent_no_more_is_gone(asked: Asking, pieter: Actor) -> None:
    anna = member("anna", Role.AUDITOR, site=asked.tower.site)
    lent = Lent(to=anna.user, starts_at=None, ends_at=now() + 9 * HOUR)
    made = delegating.lend(lent, pieter, at=asked.at)
    asked.propose()
    link = mailed(anna)
    delegating.take_back(made.pk, pieter, at=now())

    assert "anna is not among those who decide about this any more" in refusal(Client(), link)[1]


def test_who_lost_the_role_or_left_votes_no_more(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    Membership.objects.filter(user=pieter.user).delete()
    lost = refusal(Client(), link)[1]
    User.objects.filter(pk=pieter.user.pk).update(is_active=False)  # type: ignore[union-attr]
    left = refusal(Client(), link)[1]

    assert "pieter is not among those who decide about this any more" in lost
    assert "The account of pieter is closed." in left
    assert asked.case.title not in lost + left


def test_what_was_taken_back_is_over(asked: Asking, pieter: Actor) -> None:
    asked.propose()
    link = mailed(pieter)
    voting.withdraw(asked.request.pk, asked.owner, at=now())

    assert asked.request.state == ApprovalState.WITHDRAWN
    assert "It is no longer open: it is withdrawn." in refusal(Client(), link)[1]


# Signing in ------------------------------------------------------------------------------------


def test_above_the_amount_one_signs_in_first(asked: Asking, pieter: Actor) -> None:
    asked.propose("9000")
    link, browser = mailed(pieter), Client()
    shut = [browser.get(link), browser.post(link, {"ballot": "yes"})]
    before = Vote.objects.count()
    browser.force_login(pieter.user)  # type: ignore[arg-type]
    seen, done = browser.get(link), browser.post(link, {"ballot": "yes"})

    assert [unquote(answer.headers["Location"]) for answer in shut] == [
        f"/sign-in/?next={link}",
        f"/sign-in/?next={link}",
    ]
    assert before == 0
    assert "You decide here as pieter" in words(seen)
    assert "Approved. It is carried out now." in words(done)


def test_what_became_of_a_costly_one_is_told_after_signing_in(asked: Asking, pieter: Actor) -> None:
    asked.propose("9000")
    link, browser = mailed(pieter), Client()
    voting.withdraw(asked.request.pk, asked.owner, at=now(), reason="Between us.")
    shut = browser.get(link)
    browser.force_login(pieter.user)  # type: ignore[arg-type]

    assert shut.status_code == 302
    assert "It is no longer open: it is withdrawn. Between us." in words(browser.get(link))


@pytest.mark.parametrize(
    ("cost", "limits", "first"),
    [
        ("5000", {"EUR": "5000"}, False),
        ("5000.01", {"EUR": "5000"}, True),
        ("300", {"EUR": "0"}, True),
        ("300", {"USD": "5000"}, True),
        ("300", {}, True),
    ],
)
def test_the_matrix_says_from_where(
    asked: Asking, pieter: Actor, cost: str, limits: dict[str, str], first: bool
) -> None:
    most = {code: Decimal(amount) for code, amount in limits.items()}
    in_force(replace(STANDARD, sign_in_above=most))
    asked.propose(cost)
    answer = Client().get(mailed(pieter))

    assert (answer.status_code == 302) == first


def test_who_needs_a_second_factor_always_signs_in(
    asked: Asking, pieter: Actor, settings: Settings
) -> None:
    settings.TOWER_REQUIRE_MFA = ["approver"]
    asked.propose()

    assert Client().get(mailed(pieter)).status_code == 302


def test_whoever_else_is_signed_in_decides_nothing_with_it(asked: Asking, pieter: Actor) -> None:
    """Such as the proposer, to whom it was forwarded."""
    asked.propose()
    link, browser = mailed(pieter), Client()
    browser.force_login(asked.owner.user)  # type: ignore[arg-type]
    status, says = refusal(browser, link)

    assert status == 403
    assert "This link was made for somebody else than" in says


def test_who_guesses_waits(asked: Asking) -> None:
    guesses = [Client().post("/approvals/link/guess/").status_code for _ in range(31)]

    assert guesses == [404] * 30 + [429]


# The e-mail ------------------------------------------------------------------------------------


def test_only_who_is_asked_gets_a_link(asked: Asking, pieter: Actor) -> None:
    """The proposer hears what comes of it, without one."""
    asked.propose()
    asked.vote(pieter, at=now())
    bundling.gather(at=now() + HOUR)
    owner = NoticeMail.objects.filter(person=asked.owner.user).latest("pk")
    letter: Any = bundling.letter(owner, at=now())

    assert "Approved on" in letter.text
    assert "/approvals/link/" not in letter.text


def test_when_it_was_decided_before_the_e_mail_there_is_no_link(
    asked: Asking, pieter: Actor
) -> None:
    asked.propose()
    bundling.gather(at=now())
    voting.withdraw(asked.request.pk, asked.owner, at=now())
    letter: Any = bundling.letter(NoticeMail.objects.get(person=pieter.user), at=now())

    assert "/approvals/link/" not in letter.text
    assert approvals.pending(asked.case) is None
