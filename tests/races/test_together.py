"""Eight at once put cases together and apart, merge and reopen them, while the source goes on."""

import random
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions import intake
from exceptions.models import Case
from exceptions.vocabulary import Outcome
from tests.making import Tower
from tests.races import invariants, jobs
from tests.races import team as processes

CASES = 8
WISHES = ("attach", "attach", "detach", "note", "assign", "merge", "reopen", "reopen")


def test_nobody_waits_crosswise_and_one_level_stays_one(
    arena: Tower, at: datetime, team: processes.Team
) -> None:
    intake.take_in([arena.receipt(i, at=at) for i in range(1, CASES + 1)], at=at)
    cases = list(Case.objects.values_list("id", flat=True))
    later = at + timedelta(hours=1)
    chance = random.Random(5)
    orders = [
        [(chance.choice(WISHES), *chance.sample(cases, 2)) for _ in range(60)] for _ in range(8)
    ]
    readings = [
        [
            [
                arena.receipt(n, at=later + timedelta(seconds=i), value=Decimal(i + n))
                for n in chance.sample(range(1, CASES + 1), 5)
            ]
            for i in range(30)
        ]
        for _ in range(2)
    ]
    done = team.run(
        _either,
        [("lead.rtm", wishes, [], later) for wishes in orders[:6]]
        + [("", [], batches, later) for batches in readings],
    )

    assert sum(done, Counter()).keys() >= {"attach", "detach", "note", "assign", "merge", "reopen"}
    assert not Case.objects.filter(parent__parent__isnull=False).exists()
    merged = Case.objects.exclude(merged_into=None)
    assert set(merged.values_list("outcome", flat=True)) <= {Outcome.DUPLICATE}
    assert invariants.broken() == []


def _either(
    username: str, wishes: list[tuple[str, int, int]], batches: list[list[object]], at: datetime
) -> Counter[str]:
    if username:
        return jobs.rearrange(username, wishes, at)
    return Counter(str(change) for change in jobs.take_in(batches, at).elements())  # type: ignore[arg-type] # facts
