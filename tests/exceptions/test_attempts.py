"""Random attempts on decisions: nobody votes on their own, nobody twice, and nothing is sent that
was not approved as it was. `APPROVAL_ATTEMPTS=100000` tries in as many worlds as that takes.
"""

import os
from datetime import datetime

import pytest

from exceptions.models import OutboxMessage
from tests.exceptions import attempting
from tests.exceptions.attempting import Office
from tests.exceptions.fairness import alone, unapproved, unfair
from tests.making import Tower

ATTEMPTS = 1500  # one after the other; eight at once: tests/races/test_attempts_at_once.py
WORLDS = max(1, int(os.environ.get("APPROVAL_ATTEMPTS", "0")) // ATTEMPTS)


@pytest.mark.parametrize("seed", range(7, 7 + WORLDS))
def test_random_attempts_break_nothing(tower: Tower, at: datetime, seed: int) -> None:
    attempting.staff(tower)
    attempting.open_cases(tower, (1, 2, 3), at)
    office = Office(tower, (1, 2, 3), at, seed=seed)
    for _ in range(ATTEMPTS):
        office.attempt()

    assert unfair() == []
    assert unapproved() == []
    assert alone() == []
    # And there was something to go wrong.
    tried = ("propose", "vote", "follow_link", "wait", "move_facts")
    assert min(office.done[name] for name in tried) > 2
    assert office.refused["vote"] > 20
    if seed == 7:  # not every world comes as far as that
        assert OutboxMessage.objects.filter(verb="cancel").exists()
