"""Pauses over the API: the same rules and sentences as on the pages."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from exceptions.models import Case
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields
from tests.making import Tower

MAERSK = {"waiting_for": "carrier", "counterparty": "Maersk", "reason": "A new ETA"}


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """Its clocks have only just started: the API reads the real clock."""
    return tower.late_case(1, at=timezone.now() - timedelta(minutes=5))


def do(who: Program, case: Case, what: str, body: Any) -> Any:
    return who.send(f"{CASES}{case.pk}/{what}/", body)


def clock(told: Any) -> str:
    (state,) = [c["state"] for c in told["clocks"] if c["kind"] == "resolve"]
    return str(state)


def test_a_case_waits_and_goes_on(lead: Program, case: Case) -> None:
    status, told = said(do(lead, case, "pause", MAERSK))
    assert (status, clock(told), told["events"][-1]["happening"]) == (200, "paused", "paused")
    status, told = said(do(lead, case, "resume", {}))
    assert (status, clock(told), told["events"][-1]["happening"]) == (200, "running", "resumed")


def test_refusals_are_sentences(lead: Program, case: Case) -> None:
    owner = program("procurement.rtm")
    assert problem(do(owner, case, "pause", MAERSK)) == (
        409,
        "Only a supervisor of Rotterdam can do this.",
    )
    assert problem(do(lead, case, "resume", {})) == (
        409,
        f"{case.reference} does not wait for anybody.",
    )


def test_what_is_wrong_is_named(lead: Program, case: Case) -> None:
    unknown = do(lead, case, "pause", MAERSK | {"extra": 1})
    wrong = do(lead, case, "pause", {"waiting_for": "godot", "counterparty": ""})
    assert wrong_fields(unknown) == (400, ["extra"])
    assert wrong_fields(wrong) == (400, ["waiting_for", "counterparty", "reason"])
