"""What runs out before the next shift is well under way."""

from django.utils.translation import gettext as _

from exceptions.models import Clock
from exceptions.queries.handover.shift import Line, Shift
from exceptions.vocabulary import ClockState


def due(shift: Shift) -> list[Line]:
    """Running clocks that are over by then and are not yet, the first to end first."""
    found = Clock.objects.filter(
        state=ClockState.RUNNING,
        case__in=shift.cases,
        due_at__gte=shift.at,
        due_at__lt=shift.until,
    )
    return [
        Line(case=c.case, at=c.due_at, says=_("the time to %s") % c.get_kind_display())
        for c in found.select_related("case__owner").order_by("due_at", "id")
    ]
