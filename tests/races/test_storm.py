"""Eight processes do everything at once to twenty cases."""

from collections import Counter
from datetime import datetime

from exceptions.models import Case
from integrations.models import OdooAccess
from tests.making import Tower
from tests.races import invariants, jobs, storm
from tests.races.conftest import WORKERS
from tests.races.team import Team

CASES = 20
DEEDS = 50  # of each process
PEOPLE = ["lead.rtm", "procurement.rtm", "warehouse.rtm", "lead.chi"]


def test_a_storm_of_moves_deadlocks_nobody_and_breaks_nothing(
    arena: Tower, at: datetime, team: Team
) -> None:
    OdooAccess.objects.create(connection=arena.connection, user_id=5)  # so that messages leave
    receipts = [arena.receipt(i, at=at) for i in range(1, CASES + 1)]
    jobs.take_in([receipts], at)
    parts = [(seed, PEOPLE, receipts, at, DEEDS) for seed in range(WORKERS)]
    done = sum(team.run(storm.rage, parts), Counter())

    assert sum(done.values()) == WORKERS * DEEDS
    assert {deed for deed, times in done.items() if times >= 5} >= {
        *("press", "read", "sweep", "send", "delete", "refused")
    }
    assert Case.objects.count() >= CASES
    assert invariants.broken() == []
