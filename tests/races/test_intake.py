"""Eight processes find the same exceptions at the same time."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from exceptions import audit
from exceptions.casework import Change
from exceptions.facts import Facts
from exceptions.models import Case, Document, OutboxMessage
from exceptions.vocabulary import State
from tests.making import Tower
from tests.races import jobs
from tests.races.conftest import WORKERS
from tests.races.team import Team

FINDINGS = 40


def shuffled(facts: Sequence[Facts], seed: int) -> list[list[Facts]]:
    """In an order and in batches of a size that are the process's own."""
    mixed = random.Random(seed).sample(facts, len(facts))
    size = (1, 2, 3, 5, 7, 13, 20, 40)[seed % 8]
    return [mixed[i : i + size] for i in range(0, len(mixed), size)]


def test_forty_findings_by_eight_processes_are_forty_cases(
    arena: Tower, at: datetime, team: Team
) -> None:
    facts = [arena.receipt(i, at=at) for i in range(1, FINDINGS + 1)]
    changes = team.run(jobs.take_in, [(shuffled(facts, seed), at) for seed in range(WORKERS)])

    assert sum(changes, Counter()) == {Change.OPENED: FINDINGS}
    assert Counter(Case.objects.values_list("state", flat=True)) == {State.ASSIGNED: FINDINGS}
    assert Document.objects.count() == FINDINGS
    history = [[e.move or e.happening for e in case.events.all()] for case in Case.objects.all()]
    assert history == [["detected", "classify", "assign"]] * FINDINGS
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []
    sent = Counter(OutboxMessage.objects.values_list("case", "verb"))
    assert set(sent.values()) == {1}


def test_forty_recoveries_by_eight_processes_clear_each_case_once(
    arena: Tower, at: datetime, team: Team
) -> None:
    late = [arena.receipt(i, at=at) for i in range(1, FINDINGS + 1)]
    jobs.take_in([late], at)
    done = [arena.receipt(i, at=at, open=False) for i in range(1, FINDINGS + 1)]
    changes = team.run(jobs.take_in, [(shuffled(done, seed), at) for seed in range(WORKERS)])

    assert sum(changes, Counter()) == {Change.CLEARED: FINDINGS}
    history = [case.events.filter(move="resolve").count() for case in Case.objects.all()]
    assert history == [1] * FINDINGS
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []
