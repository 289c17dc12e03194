"""What waits for a second admin, on the pages of people."""

import pytest
from django.test import Client

from exceptions.models import AccessProposal, User
from exceptions.vocabulary import ProposalEnd, Role
from tests.exceptions.cases import member
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower


def confirmed(username: str) -> Client:
    """Signed in, and confirmed lately that it is they."""
    client = signed_in(username)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 4102444800}]
    session.save()
    return client


@pytest.fixture
def admins(tower: Tower) -> tuple[Client, Client]:
    for name in ("ines", "ivo"):
        member(name, Role.INTEGRATION_ADMIN)
    return confirmed("ines"), confirmed("ivo")


@pytest.fixture
def jonas(tower: Tower) -> User:
    found = member("jonas", None).user
    assert found is not None
    return found


def propose(ines: Client, jonas: User) -> str:
    said = {"role": "auditor", "site": "every"}
    return words(ines.post(f"/people/{jonas.pk}/roles/", said, follow=True))


def test_it_is_proposed_told_and_confirmed(admins: tuple[Client, Client], jonas: User) -> None:
    ines, ivo = admins
    page = propose(ines, jonas)
    listed = words(ivo.get("/people/"))
    proposal = AccessProposal.objects.get()
    done = words(ivo.post(f"/people/proposals/{proposal.pk}/confirm/", follow=True))

    assert "Proposed for jonas. Another integration admin has to confirm it." in page
    assert "You proposed this, so another integration admin confirms it." in page
    assert "jonas : auditor · every site Proposed by ines" in listed
    assert "People 1" in listed
    assert "Confirmed: jonas, auditor · every site." in done
    assert [row.role for row in jonas.memberships.all()] == [Role.AUDITOR]


def test_it_is_not_given(admins: tuple[Client, Client], jonas: User) -> None:
    ines, ivo = admins
    propose(ines, jonas)
    proposal = AccessProposal.objects.get()
    done = words(ivo.post(f"/people/proposals/{proposal.pk}/take-back/", follow=True))

    assert "Not given: jonas, auditor · every site." in done
    proposal.refresh_from_db()
    assert (proposal.end, jonas.memberships.count()) == (ProposalEnd.TAKEN_BACK, 0)


def test_supervisors_learn_nothing_of_it(admins: tuple[Client, Client], jonas: User) -> None:
    propose(admins[0], jonas)

    assert "Waits for a second admin" not in words(signed_in("lead.rtm").get("/people/"))
