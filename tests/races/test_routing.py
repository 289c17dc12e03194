"""Eight processes route cases at the same time: a limit is overshot by what others had not told."""

from datetime import datetime

from exceptions.models import Case
from exceptions.routes import Rule
from tests.exceptions.routing_makers import in_force
from tests.making import Tower
from tests.races import jobs
from tests.races.conftest import WORKERS
from tests.races.team import Team

FINDINGS, LIMIT = 48, 6


def test_a_limit_is_overshot_by_less_than_the_others_at_work(
    arena: Tower, at: datetime, team: Team
) -> None:
    """Each finding in a transaction of its own: seven others may not have committed theirs."""
    in_force(Rule(name="All"), at=at, limit=LIMIT)
    facts = [arena.receipt(n, at=at) for n in range(1, FINDINGS + 1)]
    each = [([[fact] for fact in facts[w::WORKERS]], at) for w in range(WORKERS)]
    team.run(jobs.take_in, each)
    owners = list(Case.objects.values_list("owner__username", flat=True))

    assert LIMIT <= owners.count("procurement.rtm") <= LIMIT + WORKERS - 1
    assert owners.count("procurement.rtm") + owners.count("lead.rtm") == FINDINGS


def test_one_after_the_other_it_is_kept(arena: Tower, at: datetime) -> None:
    in_force(Rule(name="All"), at=at, limit=LIMIT)
    jobs.take_in([[arena.receipt(n, at=at) for n in range(1, 2 * LIMIT + 1)]], at)

    assert Case.objects.filter(owner__username="procurement.rtm").count() == LIMIT
