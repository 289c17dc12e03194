"""A yes that was given on paper, recorded on the page of its case, and objected to there."""

from datetime import timedelta
from typing import Any

import pytest

from exceptions.models import Evidence, OutsideVote, Vote
from exceptions.vocabulary import ApprovalState
from tests.exceptions.asking import Asking, approver, asking
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower


@pytest.fixture
def asked(tower: Tower) -> Asking:
    found = asking(tower, now() - timedelta(hours=1))
    approver(tower, "pieter")
    found.ask()
    return found


@pytest.fixture
def paper(asked: Asking) -> Evidence:
    return Evidence.objects.create(
        case=asked.case,
        name="signed.pdf",
        file_type="application/pdf",
        size=9,
        sha256="ab" * 32,
        source="web",
        added_by_name="Marta",
        added_at=asked.at,
    )


def page_of(asked: Asking) -> str:
    return f"/cases/{asked.case.pk}/"


def record(asked: Asking, **more: Any) -> Any:
    paper = asked.case.evidence.first()
    said = {
        "voter": asked.tower.actor("pieter").user.pk,  # type: ignore[union-attr] # a person
        "given_at": f"{now() - timedelta(minutes=10):%Y-%m-%dT%H:%M}",
        "evidence": paper.pk if paper else "",
        "digest": asked.request.digest,
        "reason": "Signed in the yard.",
    }
    address = f"{page_of(asked)}approvals/{asked.request.pk}/outside/"
    return signed_in("lead.rtm").post(address, said | more, follow=True)


def test_it_is_recorded_and_shown_as_an_override(asked: Asking, paper: Evidence) -> None:
    before = words(signed_in("lead.rtm").get(page_of(asked)))
    page = words(record(asked))

    assert "Somebody approved it outside…" in before
    assert "Recorded. They are told, and may object until this time tomorrow." in page
    assert "pieter said yes outside" in page
    assert "approved by pieter (outside, recorded by" in page
    assert "recorded that pieter said yes outside" in page
    assert asked.request.state == ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"voter": ""}, "Choose who said yes, of those who are asked now"),
        ({"evidence": ""}, "Choose the file of this case that shows it"),
        ({"given_at": "soon"}, "Give the date and time of the yes."),
    ],
)
def test_a_refusal_is_a_sentence_and_keeps_what_was_typed(
    asked: Asking, paper: Evidence, more: dict[str, str], says: str
) -> None:
    page = record(asked, **more)

    assert (page.status_code, says in words(page)) == (409, True)
    assert "Signed in the yard." in page.content.decode()
    assert not Vote.objects.exists()


def test_without_a_file_the_page_says_where_to_add_one(asked: Asking) -> None:
    assert "The case has no files yet: add the signed paper" in words(
        signed_in("lead.rtm").get(page_of(asked))
    )


def test_others_are_not_offered_it(asked: Asking) -> None:
    for who in ("procurement.rtm", "pieter"):
        assert "approved it outside" not in words(signed_in(who).get(page_of(asked)))


def test_whose_yes_it_is_objects_on_the_page(asked: Asking, paper: Evidence) -> None:
    record(asked)
    vote, pieter = Vote.objects.get(), signed_in("pieter")
    offered = words(pieter.get(page_of(asked)))
    address = f"{page_of(asked)}votes/{vote.pk}/object/"
    page = words(pieter.post(address, {"reason": "I was on leave."}, follow=True))

    assert "I did not say yes…" in offered
    assert "I did not say yes…" not in words(signed_in("lead.rtm").get(page_of(asked)))
    assert "Void: nothing of it is sent." in page
    assert "Objected, and void: I was on leave." in page
    assert OutsideVote.objects.get().stopped
