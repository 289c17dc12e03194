"""Snoozes over the API: the same rules and sentences as on the pages."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from exceptions.models import Case
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields
from tests.making import Tower

VALUE = {"until": "value", "value": "20000.00", "reason": "Below that it can wait."}


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """Its clocks have only just started: the API reads the real clock."""
    return tower.late_case(1, at=timezone.now() - timedelta(minutes=5))


def do(who: Program, case: Case, what: str, body: Any) -> Any:
    return who.send(f"{CASES}{case.pk}/{what}/", body)


def listed(who: Program, **query: str) -> list[int]:
    _status, told = said(who.get(CASES, **query))
    return [row["id"] for row in told["results"]]


def test_a_case_rests_and_is_woken(lead: Program, case: Case) -> None:
    status, told = said(do(lead, case, "snooze", VALUE))
    snooze = told["snooze"]
    assert (status, snooze["until"], snooze["value"], snooze["currency"], snooze["by"]) == (
        200,
        "value",
        "20000.00",
        "EUR",
        "lead.rtm",
    )
    assert "before the snooze is: the case comes back" in snooze["warning"]
    asked = [{}, {"snoozed": "any"}, {"snoozed": "yes"}, {"snoozed": "no"}]
    assert [listed(lead, **query) for query in asked] == [[case.pk]] * 3 + [[]]

    status, told = said(do(lead, case, "wake", {}))
    assert (status, told["snooze"], told["events"][-1]["happening"]) == (200, None, "snooze_ended")


def test_refusals_are_sentences(lead: Program, case: Case) -> None:
    other = program("warehouse.rtm")
    assert problem(do(other, case, "snooze", VALUE)) == (
        409,
        "Only the owner (procurement.rtm) or a supervisor of Rotterdam can do this.",
    )
    assert problem(do(lead, case, "wake", {})) == (409, f"{case.reference} is not snoozed.")


def test_what_is_wrong_is_named(lead: Program, case: Case) -> None:
    wrong = do(lead, case, "snooze", {"until": "later", "value": "much", "until_at": "soon"})
    assert wrong_fields(wrong) == (400, ["until", "until_at", "value", "reason"])
    assert wrong_fields(do(lead, case, "wake", {"now": True})) == (400, ["now"])
