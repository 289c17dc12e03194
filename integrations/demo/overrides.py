"""What the demo's supervisor has done by hand: one thing sent that she saw in Odoo, one given up,
and a severity of her own.
"""

from datetime import datetime, timedelta

from exceptions import by_hand, lifecycle
from exceptions.actors import Actor, person
from exceptions.lifecycle import Refused
from exceptions.models import Case, OutboxMessage, User
from exceptions.vocabulary import OPEN_STATES, Move, OutboxState, State, Verb

SUPERVISOR = "marta"


def override(*, at: datetime) -> int:
    """Returns how many there are, by whatever the demo has to send."""
    lead = person(User.objects.get(username=SUPERVISOR))
    waits = OutboxMessage.objects.filter(
        state=OutboxState.PENDING, decision=None, verb=Verb.ACTIVITY, case__state__in=OPEN_STATES
    )
    found = waits.filter(case__site__code="RTM").order_by("-case__score", "id")
    seen, other = [*found[:2], None, None][:2]
    done = 0
    if seen is not None:
        why = "Jonas had made this activity already: I see it on the receipt."
        by_hand.mark_delivered(seen.pk, lead, reason=why, at=at - timedelta(minutes=40))
        done += 1
    if other is not None:
        why = "The supplier called before we could ask."
        by_hand.give_up(other.pk, lead, reason=why, rest=True, at=at - timedelta(minutes=25))
        done += 1
    return done + _judge(lead, at)


def _judge(lead: Actor, at: datetime) -> int:
    open_here = Case.objects.filter(state=State.ASSIGNED, site__code="RTM", tier="medium")
    case = open_here.order_by("-score", "pk").first()
    if case is None:
        return 0
    graver = {"severity": 78, "reason": "The customer's line stands still since this morning."}
    try:
        lifecycle.move(case.pk, Move.RECLASSIFY, lead, at=at - timedelta(minutes=15), data=graver)
    except Refused:
        return 0
    return 1
