"""All KPIs as plain data: by the command, for everybody's sites."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from exceptions.kpis.register import kpis
from tests.making import Tower


def told(*more: str) -> dict[str, Any]:
    out, today = StringIO(), timezone.now().date()
    days = [f"--from={today - timedelta(days=6)}", f"--to={today + timedelta(days=1)}"]
    call_command("kpis", *days, "--format=json", *more, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def values(found: dict[str, Any], key: str) -> tuple[Any, int, dict[str, Any]]:
    (kpi,) = [kpi for kpi in found["kpis"] if kpi["key"] == key]
    return kpi["value"], kpi["n"], {part["part"]: part["value"] for part in kpi["parts"]}


def test_every_kpi_is_told_with_its_definition(tower: Tower) -> None:
    tower.late_case(at=timezone.now() - timedelta(hours=5), value=Decimal("48200.50"))
    found = told()

    assert [kpi["key"] for kpi in found["kpis"]] == list(kpis())
    assert [k["key"] for k in found["kpis"] if not k["definition"]] == []
    assert values(found, "volume") == (1, 1, {"late_inbound": 1})
    assert values(found, "exposed") == (None, 0, {"EUR": "48200.50"})
    assert found["scope"]["sites"] == sorted([tower.site.pk, tower.other_site.pk])


def test_rollups_and_cases_say_the_same(tower: Tower) -> None:
    tower.late_case(at=timezone.now() - timedelta(hours=5), value=Decimal(48_200))
    assert told()["kpis"] == told("--cases")["kpis"]


def test_one_site_one_kind_one_kpi(tower: Tower) -> None:
    tower.late_case(at=timezone.now() - timedelta(hours=5))
    here = [f"--site={tower.site.code}", "--kpi=volume"]
    assert values(told(*here), "volume")[0] == 1
    assert values(told(f"--site={tower.other_site.code}", "--kpi=volume"), "volume")[0] == 0
    assert values(told(*here, "--kind=quality_hold"), "volume")[0] == 0


def test_as_text(tower: Tower) -> None:
    out = StringIO()
    today = str(timezone.now().date())
    call_command("kpis", "--from", today, "--to", today, "--kpi", "old", stdout=out)
    assert out.getvalue().splitlines() == [
        "Open for 3 days or more: 0 (n = 0)",
        "    Open cases by elapsed time since detection, now.",
    ]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--site=NOWHERE"], "There is no NOWHERE. There are: RTM, "),
        (["--from=2026-11-05", "--to=2026-11-01"], "--from lies after --to."),
        (["--from=yesterday"], "yesterday is no day like 2026-11-30"),
    ],
)
def test_what_cannot_be_asked_is_said(tower: Tower, more: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        told(*more)
