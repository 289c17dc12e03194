"""What a case offers, by HTTP: programs see what pages ask for, and are held to the same."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from exceptions import lifecycle
from exceptions.models import Case, Decision
from exceptions.vocabulary import Move
from tests.exceptions.api.calling import problem, program
from tests.making import Tower


@pytest.fixture
def case(tower: Tower) -> Case:
    at = now() - timedelta(hours=1)
    case = tower.late_case(at=at)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=at)
    case.refresh_from_db()
    return case


def propose(case: Case, **said: Any) -> Any:
    body = {
        "move": "propose",
        "decision": "new_date",
        "substance": case.document.substance,
        "reason": "They called.",
    }
    return program("lead.rtm").send(f"/api/v1/cases/{case.pk}/moves/", body | said)


def test_offers_say_what_they_ask_for(case: Case) -> None:
    answer: Any = program("lead.rtm").get(f"/api/v1/cases/{case.pk}/offers/")
    offers = {offer["kind"]: offer for offer in answer.json()}

    assert offers["new_date"]["verbs"] == ["new_date", "note"]
    assert offers["new_date"]["resolves"]
    assert offers["new_date"]["asks"] == [
        {
            "name": "date",
            "label": "New date and time",
            "type": "date",
            "required": True,
            "help": "",
            "usual": None,
            "most": None,
            "options": None,
        }
    ]
    assert (offers["expedite"]["has_cost"], offers["expedite"]["asks"]) == (True, [])


def test_a_case_of_another_site_offers_nothing(case: Case) -> None:
    elsewhere: Any = program("lead.chi").get(f"/api/v1/cases/{case.pk}/offers/")

    assert elsewhere.status_code == 404


def test_answers_are_parameters(case: Case) -> None:
    day = (now() + timedelta(days=3)).date()
    answer = propose(case, parameters={"date": f"{day}T12:00:00+05:30"})

    assert answer.status_code == 200
    assert Decision.objects.get().parameters == {"date": f"{day}T06:30:00+00:00"}


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({}, "New date and time: give a date and a time."),
        ({"date": "2026-11-25T10:30"}, "New date and time: give a date and a time."),
        ({"date": "x", "speed": 2}, "“speed” is not asked for. New date and time: give a date"),
    ],
)
def test_answers_are_held_to_the_same_as_on_the_page(
    case: Case, parameters: dict[str, Any], says: str
) -> None:
    status, told = problem(propose(case, parameters=parameters))

    assert status == 409
    assert says in told
    assert Decision.objects.count() == 0
