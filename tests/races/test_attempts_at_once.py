"""Eight processes try whatever comes to mind with the decisions of the same few cases, at once.

`APPROVAL_ATTEMPTS=100000` tries for longer; the counts go to the file that `APPROVAL_REPORT` names.
"""

import os
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exceptions import audit
from exceptions.models import ApprovalRequest, Case, Decision, OutboxMessage, Vote
from tests.conftest import standing_tower
from tests.exceptions import attempting
from tests.exceptions.attempting import Office
from tests.exceptions.fairness import alone, unapproved, unfair
from tests.making import Tower
from tests.races import team as processes
from tests.races.conftest import WORKERS

ATTEMPTS = int(os.environ.get("APPROVAL_ATTEMPTS", "800"))
A_ROUND = 50  # attempts of each process
CASES = 6


@pytest.mark.timeout(300 + ATTEMPTS // 4)
def test_random_attempts_at_once_break_nothing(
    arena: Tower, at: datetime, team: processes.Team
) -> None:
    attempting.staff(arena)
    began, done, refused = time.monotonic(), Counter[str](), Counter[str]()
    for n in range(max(1, ATTEMPTS // (WORKERS * A_ROUND))):
        records = range(1 + n * CASES, 1 + (n + 1) * CASES)
        attempting.open_cases(arena, records, at)
        orders = [(list(records), at, 100 * n + worker) for worker in range(WORKERS)]
        for came_true, no in team.run(_try, orders):
            done, refused = done + came_true, refused + no
        at += timedelta(days=200)
        _report(done, refused, time.monotonic() - began)

    assert min(done[name] for name in ("propose", "vote", "follow_link", "move_facts")) > 2
    assert refused["vote"] > 20
    assert (unfair(), unapproved(), alone()) == ([], [], [])
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []


def _report(done: Counter[str], refused: Counter[str], took: float) -> None:
    """After each round, so that a long run tells how far it is."""
    if path := os.environ.get("APPROVAL_REPORT"):
        told = f"{done.total()} came true, {refused.total()} were refused, in {took:.0f} s"
        faults = f"unfair {unfair()}, unapproved {unapproved()}, alone {alone()}"
        Path(path).write_text(f"{told}\n{dict(done)}\n{dict(refused)}\n{_counted()}\n{faults}\n")


def _counted() -> str:
    states = Counter(ApprovalRequest.objects.values_list("state", flat=True))
    sent = OutboxMessage.objects.exclude(decision=None)
    not_approved = sent.exclude(decision__approval=None).exclude(
        decision__approval__state="approved"
    )
    return (
        f"{Decision.objects.count()} decisions, {Vote.objects.count()} votes, requests"
        f" {dict(states)}, sent though not approved: {not_approved.count()}"
    )


def _try(records: list[int], at: datetime, seed: int) -> tuple[Counter[str], Counter[str]]:
    office = Office(standing_tower(), records, at, seed)
    for _ in range(A_ROUND):
        office.attempt()
    return office.done, office.refused
