"""What waits for whose vote."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions import delegating, lifecycle
from exceptions.actors import Actor
from exceptions.delegating import Lent
from exceptions.queries import approvals
from exceptions.vocabulary import Move, Role
from tests.exceptions.asking import Asking, approver
from tests.exceptions.cases import member
from tests.making import Tower


def ask(tower: Tower, at: datetime, *records: int) -> None:
    """Late receipts whose owners ask for air freight."""
    for record in records:
        case = tower.late_case(record_id=record, at=at)
        owner = tower.owner_of(case)
        case = lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
        Asking(tower, case, owner, at).propose()


def counted(actor: Actor, at: datetime) -> tuple[int, int]:
    """As `count_waiting` says, and by how many statements."""
    with CaptureQueriesContext(connection) as asked:
        found = approvals.count_waiting(actor, at)
    assert found == len(approvals.waiting(actor, at))
    return found, len(asked)


def test_what_waits_is_counted_for_whom_it_waits(tower: Tower, at: datetime) -> None:
    """For the approver, for whoever votes for them, and for nobody else."""
    chief, deputy = approver(tower), member("deputy", Role.OPERATOR, site=tower.site)
    bystander = member("bystander", Role.AUDITOR, site=tower.site)
    assert chief.user is not None
    assert deputy.user is not None
    ask(tower, at, 1, 2, 3)
    assert [counted(who, at)[0] for who in (chief, deputy, bystander)] == [3, 0, 0]

    lent = Lent(
        to=deputy.user,
        starts_at=at,
        ends_at=at + timedelta(days=2),
        most=None,
        currency="",
        reason="Away",
    )
    delegating.lend(lent, chief, at=at)
    assert counted(deputy, at + timedelta(minutes=1))[0] == 3


def test_it_costs_the_same_whatever_waits(tower: Tower, at: datetime) -> None:
    """Every page of everybody asks; who has no vote must not ask once for each request."""
    approver(tower)
    bystander = member("bystander", Role.AUDITOR, site=tower.site)
    ask(tower, at, 1, 2)
    few = counted(bystander, at)[1]
    ask(tower, at, *range(3, 11))

    assert counted(bystander, at) == (0, few)
