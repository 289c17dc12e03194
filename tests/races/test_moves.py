"""Eight people press the same button at the same time."""

import random
from collections import Counter
from datetime import datetime

from exceptions import audit, intake
from exceptions.models import Case, Membership, Team, User
from exceptions.vocabulary import ClockState, Move, Role, State, TeamCode
from tests.making import Tower
from tests.races import jobs
from tests.races import team as processes
from tests.races.conftest import WORKERS

CASES = 40


def colleagues(tower: Tower) -> list[str]:
    """Eight operators of the team that owns late receipts at the site."""
    procurement = Team.objects.get(code=TeamCode.PROCUREMENT)
    names = [f"buyer.{number}" for number in range(WORKERS)]
    for name in names:
        user = User.objects.create_user(name)
        Membership.objects.create(user=user, role=Role.OPERATOR, site=tower.site, team=procurement)
    return names


def test_forty_acknowledgements_by_eight_people_are_won_once_each(
    arena: Tower, at: datetime, team: processes.Team
) -> None:
    intake.take_in([arena.receipt(i, at=at) for i in range(1, CASES + 1)], at=at)
    cases = list(Case.objects.values_list("id", flat=True))
    people = colleagues(arena)
    answers = team.run(
        jobs.acknowledge,
        [(p, random.Random(p).sample(cases, CASES), at) for p in people],
    )

    won = {
        case: p for p, said in zip(people, answers, strict=True) for case in said if not said[case]
    }
    assert Counter(bool(words) for said in answers for words in said.values()) == {
        False: CASES,
        True: CASES * (WORKERS - 1),
    }
    refusals = {words for said in answers for words in said.values() if words}
    assert refusals == {f"C-{c} is already acknowledged: {won[c]} was first." for c in cases}
    for case in Case.objects.all():
        told = [(e.actor_name, e.from_state) for e in case.events.filter(move=Move.ACKNOWLEDGE)]
        assert told == [(won[case.pk], State.ASSIGNED)]
        assert (case.state, str(case.owner)) == (State.ACKNOWLEDGED, won[case.pk])
        clocks = {c.kind: c.state for c in case.clocks.all()}
        assert clocks == {"acknowledge": ClockState.MET, "resolve": ClockState.RUNNING}
        assert list(audit.verify(case)) == []
