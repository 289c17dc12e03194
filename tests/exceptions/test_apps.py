"""What is looked at when the tower starts."""

import os
import subprocess
import sys

import pytest

from exceptions.apps import misspelt
from exceptions.vocabulary import Announced

KNOWN = "There are: *, case.opened, case.assigned, "


@pytest.mark.parametrize("named", [[], ["*"], ["case.opened", "approval.ended"], [*Announced]])
def test_types_that_there_are_are_no_problem(named: list[str]) -> None:
    assert misspelt(named) == ""


def test_each_misspelt_type_is_named_with_what_is_meant() -> None:
    said = misspelt(["case.opened", "case.resolvd", "weather"])

    named = "“case.resolvd” (is “case.resolved” meant?), “weather”"
    assert said.startswith(f"N8N_EVENTS: no such type of event: {named}. {KNOWN}")


def test_the_tower_does_not_start_with_a_misspelt_type() -> None:
    environment = os.environ | {"N8N_EVENTS": "case.resolvd"}
    started = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True
    )

    assert started.returncode != 0
    assert "“case.resolvd” (is “case.resolved” meant?)" in started.stderr
