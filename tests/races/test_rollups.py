"""Four processes change all that dashboards count while others count it: nothing is miscounted.

ROLLUP_DEEDS=10000 makes it as many as a month of a large company, which takes some minutes.
"""

import os
from collections import Counter
from datetime import datetime, timedelta

from exceptions.models import Case, Rollup, StaleCase
from exceptions.rollups import keeping
from exceptions.vocabulary import Figure
from integrations.models import OdooAccess
from tests.making import Tower
from tests.races import counting, jobs
from tests.races.team import Team

PROCESSES = 4
DEEDS = int(os.environ.get("ROLLUP_DEEDS", "600"))
MANY = 5_000  # of which even rare deeds are some
A_ROUND = 100  # of each process, so that no job outlasts the patience of the team
CASES = 40
PEOPLE = ["lead.rtm", "procurement.rtm", "warehouse.rtm", "lead.chi"]
COLUMNS = (
    *("whole", "grain", "figure", "start", "site_id", "kind", "tier", "team_id"),
    *("what", "place", "n"),
)


def test_the_rollups_under_attack_are_those_that_are_built_anew(
    arena: Tower, at: datetime, team: Team
) -> None:
    OdooAccess.objects.create(connection=arena.connection, user_id=5)  # so that messages leave
    receipts = [arena.receipt(i, at=at) for i in range(1, CASES + 1)]
    jobs.take_in([receipts], at)
    keeping.freshen(at)
    done: Counter[str] = Counter()
    later = at
    for turn in range(max(1, DEEDS // (A_ROUND * PROCESSES))):
        later += timedelta(hours=12)
        parts = [(turn * PROCESSES + i, PEOPLE, receipts, later, A_ROUND) for i in range(PROCESSES)]
        done += sum(team.run(counting.shake, parts), Counter())
        assert list(keeping.faults()) == []  # while it goes on: what waits is no fault

    assert {deed for deed, times in done.items() if times} >= {
        *("press", "read", "sweep", "merge", "refile", "import", "fold"),
        *("approve", "wait", "reckon", "carry out"),
    }
    keeping.freshen(later, batches=10_000)
    assert StaleCase.objects.count() == 0
    assert list(keeping.faults()) == []
    if DEEDS >= MANY:  # then nothing is spared
        assert done["undo"]
        told = set(Rollup.objects.exclude(n=0).values_list("figure", flat=True))
        assert set(Figure.values) - told == set()
    kept = set(Rollup.objects.exclude(n=0).values_list(*COLUMNS))
    assert keeping.rebuild(later) >= Case.objects.count()
    assert set(Rollup.objects.exclude(n=0).values_list(*COLUMNS)) == kept
