"""Cases that wait for somebody outside."""

from exceptions.models import Pause
from exceptions.queries.handover.shift import Line, Shift


def waiting(shift: Shift) -> list[Line]:
    """By when an answer is expected, else when they go on whatever comes."""
    found = Pause.objects.filter(case__in=shift.cases, ended_at=None).select_related("case__owner")
    lines = [
        Line(case=p.case, at=p.expected_at or p.ends_by, says=p.reason, who=p.counterparty)
        for p in found
    ]
    return sorted(lines, key=lambda line: (line.at, line.case.pk))
