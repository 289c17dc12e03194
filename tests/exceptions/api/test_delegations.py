"""Delegations and the matrix by HTTP: read by programs, changed by people alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from exceptions.models import Delegation
from tests.exceptions.api.calling import problem, program
from tests.exceptions.asking import HOUR, Asking, approver, asking
from tests.making import Tower

LIST = "/api/v1/delegations/"


@pytest.fixture
def asked(tower: Tower) -> Asking:
    return asking(tower, now() - timedelta(hours=2))


def browser(tower: Tower, name: str) -> Client:
    client = Client()
    client.force_login(tower.actor(name).user)  # type: ignore[arg-type] # a person
    return client


def lend(client: Client, **said: Any) -> Any:
    body = {"to": "lead.rtm", "ends_at": (now() + 5 * HOUR).isoformat()} | said
    return client.post(LIST, body, content_type="application/json")


def test_somebody_lets_another_vote_and_ends_it(tower: Tower) -> None:
    approver(tower, "pieter")
    pieter, lead = browser(tower, "pieter"), browser(tower, "lead.rtm")
    made = lend(pieter, most="5000", currency="EUR", sites=[tower.site.pk], reason="On leave")
    told = made.json()
    seen = [client.get(LIST).json() for client in (pieter, lead)]
    ended = lead.delete(f"{LIST}{told['id']}/")
    again = lead.delete(f"{LIST}{told['id']}/")

    assert made.status_code == 201
    assert (told["from_person"], told["to_person"], told["most"], told["sites"]) == (
        *("pieter", "lead.rtm", "5000.00", [tower.site.pk]),
    )
    assert seen == [[told], [told]]
    assert ended.json()["taken_back_at"] is not None
    assert problem(again) == (409, "This is over already.")


def test_the_same_request_twice_makes_one(tower: Tower) -> None:
    approver(tower, "pieter")
    client = browser(tower, "pieter")
    body = {"to": "lead.rtm", "ends_at": (now() + 5 * HOUR).isoformat()}
    answers = [
        client.post(LIST, body, content_type="application/json", headers={"Idempotency-Key": "a"})
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert Delegation.objects.count() == 1


def test_what_cannot_be_is_said(tower: Tower) -> None:
    approver(tower, "pieter")
    pieter = browser(tower, "pieter")
    strangers = browser(tower, "procurement.rtm")

    assert problem(lend(pieter, to="nobody")) == (409, "Choose who shall vote for you.")
    assert problem(lend(pieter, to="pieter")) == (409, "Choose somebody else than yourself.")
    assert problem(lend(strangers))[0] == 409
    assert problem(lend(pieter, sites=[tower.other_site.pk]))[0] == 400
    assert problem(lend(pieter, ends_at="2026-12-01T10:00"))[0] == 400
    assert problem(lend(pieter, forever=True))[0] == 400
    assert Delegation.objects.count() == 0


def test_programs_read_and_lend_nothing(tower: Tower) -> None:
    approver(tower, "pieter")
    body = {"to": "lead.rtm", "ends_at": (now() + 5 * HOUR).isoformat()}
    caller = program("pieter")
    refused = caller.send(LIST, body)
    read: Any = caller.get(LIST)

    assert problem(refused)[0] == 403
    assert read.json() == []


def test_others_delegations_are_not_there(tower: Tower) -> None:
    approver(tower, "pieter")
    made = lend(browser(tower, "pieter")).json()
    other = browser(tower, "lead.chi")

    assert other.get(LIST).json() == []
    assert other.delete(f"{LIST}{made['id']}/").status_code == 404


# The matrix ------------------------------------------------------------------------------------


def test_the_matrix_in_force_is_read(tower: Tower) -> None:
    told: Any = program("lead.rtm").get("/api/v1/approval-matrix/")
    said = told.json()
    (expedite,) = [row for row in said["rows"] if row["decision"] == "expedite"]

    assert (said["version"], said["bounds"]["EUR"]) == (None, ["250", "5000", "25000"])
    assert said["sign_in_above"]["EUR"] == "5000"
    assert [[level["says"] for level in band] for band in expedite["bands"]] == [
        [],
        ["any one of the approvers"],
        ["any one of the approvers"],
        ["any one of the approvers", "any one of the executives"],
    ]


def test_whom_a_decision_on_a_case_would_need(asked: Asking) -> None:
    approver(asked.tower, "pieter")
    path = f"/api/v1/cases/{asked.case.pk}/approval/"
    caller = program("procurement.rtm")
    costly: Any = caller.get(path, decision="expedite", cost="30000")
    cheap: Any = caller.get(path, decision="expedite", cost="30")
    own: Any = program("pieter").get(path, decision="expedite", cost="1200")
    odd: Any = caller.get(path, decision="fly")
    elsewhere: Any = program("lead.chi").get(path, decision="expedite")

    assert costly.status_code == 200, costly.json()
    assert costly.json()["band"] == "€25,000 or more"
    assert [(level["says"], level["people"]) for level in costly.json()["levels"]] == [
        ("any one of the approvers", ["pieter"]),
        ("any one of the executives", []),
    ]
    assert cheap.json()["levels"] == []
    assert [level["people"] for level in own.json()["levels"]] == [[]]  # the proposer is not asked
    assert (problem(odd)[0], elsewhere.status_code) == (400, 404)
