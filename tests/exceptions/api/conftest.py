"""Callers that most tests of the API start from."""

from datetime import datetime

import pytest

from exceptions.models import Case
from tests.exceptions.api.calling import Program, program
from tests.making import Tower


@pytest.fixture
def lead(tower: Tower) -> Program:
    """A program that may do all that Rotterdam's supervisor may."""
    return program("lead.rtm")


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return tower.late_case(at=at)
