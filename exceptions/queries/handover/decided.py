"""Decisions that are on their way, and those of open cases that did not arrive."""

from django.db.models import Exists, OuterRef, Q

from exceptions.models import Decision, OutboxMessage
from exceptions.queries.handover.shift import Line, Shift
from exceptions.vocabulary import OPEN_STATES, UNFINISHED, DecisionState

LOST = (DecisionState.FAILED, DecisionState.VOID)


def decided(shift: Shift) -> list[Line]:
    """The latest first."""
    on_the_way = OutboxMessage.objects.filter(decision=OuterRef("pk"), state__in=UNFINISHED)
    failed = Q(state__in=LOST, case__state__in=OPEN_STATES)
    found = Decision.objects.filter(failed | Exists(on_the_way), case__in=shift.cases)
    return [
        Line(case=d.case, at=d.proposed_at, says=_says(d), who=str(d.proposed_by))
        for d in found.select_related("case__owner", "proposed_by").order_by("-proposed_at", "-id")
    ]


def _says(decision: Decision) -> str:
    return f"{decision.get_kind_display()}: {decision.get_state_display()}"
