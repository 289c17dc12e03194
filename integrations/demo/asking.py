"""Decisions of the demo that wait for approval, one that was approved, and a delegation."""

from datetime import datetime, timedelta
from decimal import Decimal

from exceptions import delegating, lifecycle, outlook, voting
from exceptions.actors import Actor, person
from exceptions.delegating import Lent
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalRequest, Case, User
from exceptions.vocabulary import Ballot, KindCode, Move, State

# What it costs, why, and whether the approver has said yes already.
WANTED = (
    ("31400", "Two trailers by road with two drivers: the line stops on Friday.", True),
    ("1840", "By air from Munich: the customer's slot is on Monday.", False),
    ("6900", "A charter for the gearboxes: nothing else comes in time.", False),
    ("900", "Express parcel for the seals.", False),
)
TIMES = (timedelta(hours=5), timedelta(minutes=50), timedelta(hours=2), timedelta(minutes=10))


def ask(*, at: datetime) -> int:
    """Ask about some acknowledged late receipts, as their owners would; returns how many."""
    found = Case.objects.filter(kind=KindCode.LATE_INBOUND, state=State.ACKNOWLEDGED)
    cases = found.exclude(owner=None).select_related("owner", "document").order_by("-score", "pk")
    approver = User.objects.get(username="pieter")
    _lend(person(approver), at=at)
    outlook.look(at=at)
    asked = 0
    for case in cases:
        if asked == len(WANTED):
            break
        asked += _propose(case, *WANTED[asked], at=at - TIMES[asked], approver=person(approver))
    return asked


def _propose(
    case: Case, cost: str, why: str, answered: bool, *, at: datetime, approver: Actor
) -> bool:
    assert case.owner is not None
    data = {
        "decision": "expedite",
        "substance": case.document.substance,
        "reason": why,
        "cost": cost,
    }
    try:
        lifecycle.move(case.pk, Move.PROPOSE, person(case.owner), at=at, data=data)
    except Refused:
        return False
    request = ApprovalRequest.objects.get(case=case, state="pending")
    if answered:
        words = "The penalty would cost more."
        yes, later = Ballot.YES, at + timedelta(minutes=25)
        voting.vote(request.pk, yes, approver, digest=request.digest, reason=words, at=later)
    return True


def _lend(approver: Actor, *, at: datetime) -> None:
    """Pieter is out from tomorrow; Marta votes for him on smaller sums."""
    lent = Lent(
        to=User.objects.get(username="marta"),
        starts_at=at + timedelta(days=1),
        ends_at=at + timedelta(days=8),
        most=Decimal(5000),
        currency="EUR",
        reason="On leave",
    )
    delegating.lend(lent, approver, at=at)
