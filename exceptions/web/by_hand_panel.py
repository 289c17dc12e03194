"""What can be done by hand about what a case sends, as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from exceptions import by_hand
from exceptions.actors import Actor
from exceptions.models import Case, OutboxMessage
from exceptions.vocabulary import DecisionState, OutboxState
from exceptions.web.disruption import Tried
from exceptions.web.proof import Decided

AGAIN, DELIVERED, GIVEN_UP = "again", "delivered", "given_up"


@dataclass(frozen=True, slots=True)
class ByHand:
    """`sending`: a sender is at it, so nothing can be done this moment. `others`: its decision
    sends more, so that somebody has to say what becomes of that.
    """

    sending: bool
    may_try: bool
    may_mark: bool
    others: bool
    tried: Tried


def what(message_id: int) -> str:
    """What a refused form is known by."""
    return f"by-hand-{message_id}"


def offered(
    case: Case, decided: Iterable[Decided], actor: Actor, at: datetime, tried: Tried | None
) -> dict[int, ByHand]:
    """By message, for those of the case about which the actor can do something. What was just
    refused is among them, so that its sentence has a place.
    """
    if by_hand.refusal(case, actor):
        return {}
    tried, found = tried or Tried(), {}
    for group in decided:
        rows = [sent.message for sent in group.sent]
        for row in rows:
            if row.state in by_hand.LEFT or tried.what == what(row.pk):
                found[row.pk] = _offer(case, group, row, rows, at, tried)
    return found


def _offer(
    case: Case,
    group: Decided,
    row: OutboxMessage,
    rows: list[OutboxMessage],
    at: datetime,
    tried: Tried,
) -> ByHand:
    decision = group.decision
    void = decision is not None and decision.state == DecisionState.VOID
    left = [other for other in rows if other.pk != row.pk and other.state in by_hand.LEFT]
    return ByHand(
        sending=by_hand.is_leased(row, at),
        may_try=row.state == OutboxState.FAILED and case.is_open and not void,
        may_mark=not void,
        others=decision is not None and not void and bool(left),
        tried=tried if tried.what == what(row.pk) else Tried(),
    )
