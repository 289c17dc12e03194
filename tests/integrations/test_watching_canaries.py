"""A canary that does not come back is a fault of its Odoo; the next one that does ends it."""

from datetime import datetime

import pytest

from exceptions.models import Case
from exceptions.vocabulary import Outcome, State
from integrations.models import Canary, CanaryRun, Hop, OdooAccess
from tests.integrations.test_health import reached
from tests.integrations.test_watching import MINUTE, cases, look
from tests.making import Tower


@pytest.fixture
def access(tower: Tower) -> OdooAccess:
    return reached(tower.connection)


def walk(access: OdooAccess, at: datetime, broken_at: str = "") -> None:
    said = {"broken_at": broken_at, "reason": "Nothing arrived in 120 s." if broken_at else ""}
    CanaryRun.objects.create(access=access, started_at=at, ended_at=at + MINUTE, **said)


def test_it_is_a_case_until_one_comes_back(access: OdooAccess, at: datetime) -> None:
    Canary.objects.create(access=access, enabled=True)
    for minute in (0, 5, 10, 15):
        walk(access, at + minute * MINUTE, Hop.WEBHOOK)
        look(at + minute * MINUTE + 2 * MINUTE)
    assert cases() == [("Odoo: its canary does not come back", State.ASSIGNED, "")]
    assert Case.objects.get().facts["said"] == "Odoo → webhook: Nothing arrived in 120 s."

    walk(access, at + 20 * MINUTE)
    look(at + 22 * MINUTE, minutes=35)
    assert cases() == [("Odoo: its canary does not come back", State.RESOLVED, Outcome.SELF_HEALED)]


def test_one_that_is_switched_off_is_none(access: OdooAccess, at: datetime) -> None:
    Canary.objects.create(access=access, enabled=False)
    walk(access, at, Hop.WEBHOOK)
    look(at + MINUTE, minutes=30)

    assert cases() == []
