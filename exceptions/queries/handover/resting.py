"""Snoozed cases that come back by then."""

from exceptions.models import Snooze
from exceptions.queries.handover.shift import Line, Shift


def resting(shift: Shift) -> list[Line]:
    found = Snooze.objects.filter(case__in=shift.cases, ended_at=None, until_at__lt=shift.until)
    return [
        Line(case=s.case, at=s.until_at, says=s.reason, who=str(s.by))
        for s in found.select_related("case__owner", "by").order_by("until_at", "id")
    ]
