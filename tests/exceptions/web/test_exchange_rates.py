"""The page of exchange rates."""

import pytest

from exceptions.models import ExchangeRate, Membership, User
from exceptions.vocabulary import Role
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

PAGE = "/exchange-rates/"
SAID = {"currency": "USD", "rate": "0.9215", "into": "EUR", "source": "ECB"}


@pytest.fixture
def admin(tower: Tower) -> str:
    user = User.objects.create_user("policy.admin")
    Membership.objects.create(user=user, role=Role.POLICY_ADMIN)
    return user.username


def test_a_policy_admin_notes_a_rate(admin: str) -> None:
    client = signed_in(admin)
    assert "No rate is known yet" in words(client.get(PAGE))
    page = words(client.post(PAGE, SAID | {"day": now().date().isoformat()}, follow=True))
    assert "Noted: 1 USD = 0.9215 EUR" in page
    assert "what they come to in EUR at these rates" in page


def test_what_was_typed_stays_when_it_is_refused(admin: str) -> None:
    page = signed_in(admin).post(PAGE, SAID | {"day": "2026-01-02", "rate": "cheap"})
    assert (page.status_code, ExchangeRate.objects.count()) == (409, 0)
    assert "Give the rate as a number above 0" in words(page)
    assert 'value="cheap"' in page.content.decode()


def test_others_read_only(tower: Tower) -> None:
    client = signed_in("lead.rtm")
    assert "Say a rate" not in words(client.get(PAGE))
    assert client.post(PAGE, SAID).status_code == 403
