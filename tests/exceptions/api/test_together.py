"""Disruptions over the API: the same rules and sentences as on the pages."""

from datetime import datetime
from typing import Any

import pytest

from exceptions.models import Case, CaseEvent, User
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields
from tests.making import Tower


@pytest.fixture
def pair(tower: Tower, at: datetime) -> tuple[Case, Case]:
    return tower.late_case(1, at=at), tower.late_case(2, at=at)


def near(case: Case) -> dict[str, Any]:
    return {
        "id": case.pk,
        "reference": case.reference,
        "title": case.title,
        "state": Case.objects.get(pk=case.pk).state,
    }


def do(who: Program, case: Case, what: str, body: Any, **headers: str) -> Any:
    return who.send(f"{CASES}{case.pk}/{what}/", body, **headers)


def group(who: Program, case: Case) -> Any:
    answer: Any = who.get(f"{CASES}{case.pk}/")
    return answer.json()["group"]


def test_a_case_is_made_part_of_another_and_taken_out(
    lead: Program, pair: tuple[Case, Case]
) -> None:
    parent, child = pair
    status, told = said(do(lead, child, "attach", {"parent": parent.pk, "reason": "One ship."}))

    assert (status, told["group"]["parent"]) == (200, near(parent))
    assert told["events"][-1]["happening"] == "attached"
    assert group(lead, parent) == {
        "parent": None,
        "children": [near(child)],
        "merged_into": None,
        "duplicates": [],
        "hidden": False,
        "at_risk": [{"currency": "EUR", "value": "20000.00"}],
    }
    listed: Any = lead.get(CASES, part_of=parent.pk)
    assert [c["id"] for c in listed.json()["results"]] == [child.pk, parent.pk]
    status, told = said(do(lead, child, "detach", {}))
    assert (status, told["group"]["parent"]) == (200, None)


def test_refusals_are_sentences(lead: Program, pair: tuple[Case, Case], tower: Tower) -> None:
    parent, child = pair
    owner = program("procurement.rtm")

    assert problem(do(lead, child, "attach", {"parent": child.pk})) == (
        409,
        "Choose another case: none is part of itself.",
    )
    assert problem(do(lead, child, "attach", {"parent": 10**9})) == (
        409,
        "Choose a case that you can see: there is none of that number.",
    )
    assert problem(do(owner, child, "attach", {"parent": parent.pk})) == (
        409,
        f"Only a supervisor of Rotterdam can put {child.reference} together with others.",
    )
    assert problem(do(lead, child, "detach", {})) == (
        409,
        f"{child.reference} is part of no other case.",
    )
    assert wrong_fields(do(lead, child, "attach", {"parent": "x", "why": "So."})) == (
        400,
        ["why"],
    )
    assert wrong_fields(do(lead, child, "attach", {})) == (400, ["parent"])
    assert problem(do(program("lead.chi"), child, "detach", {}))[0] == 404
    reads = program("lead.rtm", "cases:read")
    assert problem(do(reads, child, "attach", {"parent": parent.pk}))[0] == 403


def test_the_same_request_twice_is_done_once(lead: Program, pair: tuple[Case, Case]) -> None:
    parent, child = pair
    body, key = {"parent": parent.pk}, {"Idempotency-Key": "one"}
    first = do(lead, child, "attach", body, **key)
    again = do(lead, child, "attach", body, **key)

    assert (again.status_code, again.json()) == (200, first.json())
    assert CaseEvent.objects.filter(case=child, happening="attached").count() == 1


def test_comments_and_owners_reach_the_children(lead: Program, pair: tuple[Case, Case]) -> None:
    parent, child = pair
    do(lead, child, "attach", {"parent": parent.pk})
    noted = do(lead, parent, "comments", {"text": "The ship is in.", "children": True})
    assign = {"move": "assign", "owner": "warehouse.rtm", "children": True}
    moved: Any = lead.move(parent.pk, assign)

    assert (noted.status_code, moved.status_code) == (200, 200)
    for case in pair:
        (event,) = CaseEvent.objects.filter(case=case, happening="commented")
        assert event.data["words"] == "The ship is in."
        assert Case.objects.get(pk=case.pk).owner == User.objects.get(username="warehouse.rtm")
    plain: Any = lead.move(parent.pk, assign | {"owner": "lead.rtm", "children": False})
    assert plain.status_code == 200
    assert str(Case.objects.get(pk=child.pk).owner) == "warehouse.rtm"
    assert wrong_fields(do(lead, parent, "comments", {"text": ""})) == (400, ["text"])


def test_a_duplicate_is_merged_and_taken_out(lead: Program, pair: tuple[Case, Case]) -> None:
    into, case = pair
    body = {"move": "dismiss", "outcome": "duplicate", "reason": "The same truck."}
    status, told = said(lead.move(case.pk, body | {"merged_into": into.pk}))

    assert (status, told["state"], told["group"]["merged_into"]) == (200, "closed", near(into))
    assert group(lead, into)["duplicates"] == [near(case)]
    status, told = said(lead.move(case.pk, {"move": "reopen", "reason": "Two trucks."}))
    assert (status, told["group"]["merged_into"]) == (200, None)
    assert problem(lead.move(case.pk, body | {"merged_into": case.pk})) == (
        409,
        "Choose another case: none is a duplicate of itself.",
    )
