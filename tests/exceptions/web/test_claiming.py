"""Saying on a case's page, or over the API, that its claim is filed or that there is none."""

from datetime import timedelta

import pytest

from exceptions import intake
from exceptions.models import Case
from tests.exceptions.api.calling import CASES, problem, program
from tests.exceptions.api.calling import said as answered
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower


@pytest.fixture
def case(tower: Tower) -> Case:
    """A parcel that is lost, as its carrier said an hour ago."""
    at = now() - timedelta(hours=1)
    intake.take_in([tower.shipment(at=at)], at=at)
    return Case.objects.get()


def state(case: Case) -> str:
    return case.clocks.get(kind="claim").state


def test_it_is_filed(case: Case) -> None:
    client, address = signed_in("logistics.rtm"), f"/cases/{case.pk}/claim/"
    assert "The claim is filed…" in words(client.get(f"/cases/{case.pk}/"))
    said = {"how": "claim-filed", "reference": "CLM-4711"}
    page = words(client.post(address, said, follow=True))
    assert f"The claim of {case.reference} is filed." in page
    assert "filed the claim: CLM-4711" in page
    assert ("The claim is filed…" in page, state(case)) == (False, "met")


def test_there_is_none(case: Case) -> None:
    said = {"how": "claim-none", "reason": "Insured by the customer."}
    page = signed_in("lead.rtm").post(f"/cases/{case.pk}/claim/", said, follow=True)
    assert f"Nothing is claimed for {case.reference}." in words(page)
    assert "Insured by the customer." in words(page)
    assert state(case) == "cancelled"


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("claim-filed", "Give the number or the name under which it is filed."),
        ("claim-none", "Say in a sentence why there is nothing to claim."),
    ],
)
def test_a_refusal_is_a_sentence_in_its_place(case: Case, how: str, says: str) -> None:
    page = signed_in("lead.rtm").post(f"/cases/{case.pk}/claim/", {"how": how, "reference": " "})
    assert (page.status_code, says in words(page), state(case)) == (409, True, "running")


def test_who_only_reads_is_offered_nothing(case: Case) -> None:
    page = signed_in("warehouse.rtm").get(f"/cases/{case.pk}/")
    assert "The claim is filed…" not in words(page)


def test_over_the_api(case: Case) -> None:
    address = f"{CASES}{case.pk}/claim/"
    refused = program("warehouse.rtm").send(address, {"filed": True, "words": "4711"})
    assert problem(refused)[0] == 409
    status, told = answered(program("logistics.rtm").send(address, {"filed": True, "words": "47"}))
    assert (status, told["events"][-1]["happening"]) == (200, "claim_filed")
    assert [c["state"] for c in told["clocks"] if c["kind"] == "claim"] == ["met"]
