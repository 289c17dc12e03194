"""Avoided and lost on a case's page and over the API."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exceptions import intake, lifecycle
from exceptions.actors import person
from exceptions.models import Case
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import Move
from tests.exceptions.api.calling import CASES, problem, program
from tests.exceptions.api.calling import said as answered
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower


@pytest.fixture
def case(tower: Tower) -> Case:
    at = now() - timedelta(hours=1)
    intake.take_in([tower.receipt(1, at=at, value=Decimal(48_200), currency="EUR")], at=at)
    case = Case.objects.get()
    assert case.owner
    return lifecycle.move(case.pk, Move.ACKNOWLEDGE, person(case.owner), at=at)


def resolve(case: Case) -> None:
    assert case.owner
    data = {"outcome": "fixed", "reason": "It came."}
    lifecycle.move(case.pk, Move.RESOLVE, person(case.owner), at=now(), data=data)


def test_the_form_that_resolves_offers_what_was_at_risk(case: Case) -> None:
    page = signed_in("procurement.rtm").get(f"/cases/{case.pk}/").content.decode()
    assert '<datalist id="resolve-at-risk"><option value="48200.00">' in page
    said = {"outcome": "fixed", "reason": "It came.", "avoided": "40000", "lost": "200.50"}
    client = signed_in("procurement.rtm")
    page = words(client.post(f"/cases/{case.pk}/moves/resolve/", said, follow=True))
    assert "resolved: fixed; avoided €40,000, lost €200" in page


def test_what_was_typed_stays_when_it_is_refused(case: Case) -> None:
    said = {"outcome": "fixed", "reason": "It came.", "avoided": "forty", "lost": "7"}
    page = signed_in("procurement.rtm").post(f"/cases/{case.pk}/moves/resolve/", said)
    assert page.status_code == 409
    assert "Give each amount as a number such as 1200.50" in words(page)
    assert 'value="forty"' in page.content.decode()


def test_they_are_said_and_corrected_later(case: Case) -> None:
    resolve(case)
    client, address = signed_in("procurement.rtm"), f"/cases/{case.pk}/amounts/"
    page = words(client.post(address, {"avoided": "", "lost": "75"}, follow=True))
    assert f"The amounts of {case.reference} are noted." in page
    assert ("said the amounts: lost €75" in page, "€75 lost" in page) == (True, True)
    refused = client.post(address, {"avoided": "", "lost": "80", "amounts_currency": "EUR"})
    assert refused.status_code == 409
    assert "Say in a sentence why the amounts are different." in words(refused)


def test_who_only_reads_is_offered_nothing(case: Case) -> None:
    resolve(case)
    page = signed_in("warehouse.rtm").get(f"/cases/{case.pk}/")
    assert "Avoided and lost…" not in words(page)


def test_programs_say_them_too(case: Case) -> None:
    move = {"move": "resolve", "outcome": "fixed", "reason": "So.", "avoided": "12.50"}
    lead = program("lead.rtm")
    told = answered(lead.move(case.pk, move))[1]
    assert (told["avoided"], told["lost"], told["amounts_currency"]) == ("12.50", None, "EUR")
    address = f"{CASES}{case.pk}/amounts/"
    assert problem(lead.send(address, {"lost": "3"}))[0] == 409
    status, told = answered(lead.send(address, {"lost": "3", "reason": "The bill came."}))
    assert (status, told["avoided"], told["lost"]) == (200, "12.50", "3.00")


@pytest.mark.parametrize(("word", "n"), [("none", 1), ("avoided", 0), ("lost", 0)])
def test_cases_are_listed_by_what_is_known(case: Case, word: str, n: int) -> None:
    resolve(case)
    asked = CaseFilter(states=("ended",), amounts=word)
    assert asked.apply(Case.objects.all(), at=now()).count() == n
