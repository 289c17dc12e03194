"""The KPIs over the API: the numbers of the dashboards, for one's own sites."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from exceptions.kpis.register import kpis
from exceptions.models import Membership, User
from exceptions.vocabulary import Role
from tests.exceptions.api.calling import Program, program, wrong_fields
from tests.making import Tower

KPIS = "/api/v1/kpis/"


def told(answer: Any) -> dict[str, Any]:
    return {kpi["key"]: kpi["value"] for kpi in answer.json()["kpis"]}


def test_every_number_of_the_last_days(lead: Program, tower: Tower) -> None:
    tower.late_case(at=timezone.now() - timedelta(hours=5), value=Decimal(48_200))
    answer: Any = lead.get(f"{KPIS}?days=7")

    assert list(told(answer)) == list(kpis())
    assert (told(answer)["volume"], told(answer)["backlog"]) == (1, 1)
    (exposed,) = [kpi for kpi in answer.json()["kpis"] if kpi["key"] == "exposed"]
    assert exposed["parts"] == [
        {"part": "EUR", "name": "EUR", "value": "48200.00", "n": 1, "counted": 1}
    ]


def test_nobody_counts_what_they_may_not_see(tower: Tower) -> None:
    tower.late_case(at=timezone.now() - timedelta(hours=5))
    elsewhere = User.objects.create_user("elsewhere")
    Membership.objects.create(user=elsewhere, role=Role.EXECUTIVE, site=tower.other_site)
    answer: Any = program(elsewhere.username).get(f"{KPIS}?kpi=volume&site={tower.site.pk}")
    assert (told(answer), answer.json()["scope"]["sites"]) == ({"volume": 0}, [])


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("kpi=happiness", "kpi"),
        ("tier=huge", "tier"),
        ("subject=x", "subject"),
        ("from=2026-13-01&to=x", "range"),
    ],
)
def test_what_cannot_be_read_is_an_error(lead: Program, query: str, wrong: str) -> None:
    assert wrong_fields(lead.get(f"{KPIS}?{query}")) == (400, [wrong])
