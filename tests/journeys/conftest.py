"""A tower that is connected to a simulated Odoo, and somebody who works in it over the API."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exceptions import tokens
from exceptions.models import User
from integrations.simulator import instants
from tests import plant
from tests.plant import Plant


@dataclass
class Desk:
    """Somebody's place in the tower: what they do there goes through the REST API."""

    username: str
    key: str
    client: Client

    def case(self, number: int) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/cases/{number}/", headers=self._headers())
        assert answer.status_code == 200, answer.content
        case: dict[str, Any] = answer.json()
        return case

    def move(self, number: int, which: str, **fields: object) -> dict[str, Any]:
        """The case as it stands after the move."""
        return self.post(number, "moves", move=which, **fields)

    def post(self, number: int, what: str, **fields: object) -> dict[str, Any]:
        """The case as it then stands."""
        answer = self.client.post(
            f"/api/v1/cases/{number}/{what}/",
            json.dumps(fields),
            content_type="application/json",
            headers=self._headers(),
        )
        assert answer.status_code == 200, answer.content
        case: dict[str, Any] = answer.json()
        return case

    def propose(self, number: int, decision: str, **fields: object) -> dict[str, Any]:
        """Decided on what the case says when one looks at it."""
        seen = self.case(number)["document"]["substance"]
        return self.move(number, "propose", decision=decision, substance=seen, **fields)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture(params=[17, 19], ids=["odoo17", "odoo19"])
def source(request: pytest.FixtureRequest, db: None) -> Iterator[Plant]:
    """An Odoo of either protocol, connected; nothing is read from it yet."""
    now, clock = timezone.now(), instants.RealClock()
    with plant.running(now, version=request.param, clock=clock) as running:
        plant.connect(running.url, at=now)
        yield running


def desk_of(username: str) -> Desk:
    user = User.objects.get(username=username)
    key = tokens.issue(user, name="desk", scopes=tokens.SCOPES, at=timezone.now())
    return Desk(username, key, Client())
