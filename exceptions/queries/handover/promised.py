"""Promises of counterparties: those that are open, and those that were recorded in the shift."""

from django.db.models import Q

from exceptions.models import Promise
from exceptions.queries.handover.shift import Line, Shift
from exceptions.vocabulary import PromiseState


def promised(shift: Shift) -> list[Line]:
    """By when they fall due."""
    made = Q(recorded_at__gt=shift.since, recorded_at__lte=shift.at)
    found = Promise.objects.filter(Q(state=PromiseState.OPEN) | made, case__in=shift.cases)
    return [
        Line(case=p.case, at=p.due_at, says=_says(p), who=p.promised_by)
        for p in found.select_related("case__owner").order_by("due_at", "id")
    ]


def _says(promise: Promise) -> str:
    if promise.state == PromiseState.OPEN:
        return promise.what
    return f"{promise.what} ({promise.get_state_display()})"
