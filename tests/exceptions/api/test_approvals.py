"""Approvals by HTTP: programs read them, people vote."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from exceptions.models import Decision
from tests.exceptions.api.calling import problem, program
from tests.exceptions.asking import Asking, approver, asking
from tests.making import Tower

LIST = "/api/v1/approvals/"


@pytest.fixture
def asked(tower: Tower) -> Asking:
    return asking(tower, now() - timedelta(hours=2))


def vote(asked: Asking, **said: str) -> Any:
    client = Client()
    client.force_login(asked.tower.actor("approver").user)  # type: ignore[arg-type] # a person
    body = {"ballot": "yes", "digest": asked.request.digest} | said
    path = f"{LIST}{asked.request.pk}/vote/"
    return client.post(path, body, content_type="application/json")


def test_what_waits_is_listed_with_its_levels(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    answer: Any = program("approver").get(LIST)
    (told,) = answer.json()

    assert (told["kind"], told["cost"], told["state"]) == ("expedite", "1200.00", "pending")
    assert (told["proposed_by"], told["waits_for_me"]) == (asked.owner.name, True)
    assert [(lv["says"], lv["state"]) for lv in told["levels"]] == [
        ("any one of the approvers", "open")
    ]
    assert told["digest"] == asked.request.digest
    elsewhere: Any = program("lead.chi").get(LIST)
    assert elsewhere.json() == []


def test_a_person_votes_and_no_program_does(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    body = {"ballot": "yes", "digest": asked.request.digest}
    refused = program("approver").send(f"{LIST}{asked.request.pk}/vote/", body)
    assert problem(refused)[0] == 403
    told = vote(asked, reason="Worth it.").json()

    assert (told["state"], told["votes"][0]["reason"]) == ("approved", "Worth it.")
    assert Decision.objects.get().state == "approved"


def test_a_refusal_is_a_sentence(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()

    assert problem(vote(asked, digest="0" * 64)) == (
        409,
        "This is not what you have seen. Look at it again, then decide.",
    )
    assert problem(vote(asked, ballot="maybe"))[0] in (400, 422)
    odd: Any = program("approver").get(LIST, state="odd")
    assert problem(odd)[0] == 400
