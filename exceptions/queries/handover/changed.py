"""What changed in the shift: a line for everything that happened, by what it was."""

from django.db.models import Q
from django.utils.translation import gettext as _

from exceptions.models import CaseEvent
from exceptions.queries.handover.shift import Line, Shift
from exceptions.vocabulary import ClockKind, Happening, Move

CHANGES: dict[str, Move | Happening] = {
    "new": Happening.DETECTED,
    "assigned": Move.ASSIGN,
    "acknowledged": Move.ACKNOWLEDGE,
    "resolved": Move.RESOLVE,
    "dismissed": Move.DISMISS,
    "reopened": Move.REOPEN,
    "breached": Happening.CLOCK_BREACHED,
    "escalated": Happening.ESCALATED,
}
NAMES = {str(what): name for name, what in CHANGES.items()}


def changed(shift: Shift) -> dict[str, list[Line]]:
    """By the names of CHANGES; within each the latest comes first."""
    moves = [what for what in CHANGES.values() if isinstance(what, Move)]
    happenings = [what for what in CHANGES.values() if isinstance(what, Happening)]
    events = CaseEvent.objects.filter(
        Q(move__in=moves) | Q(happening__in=happenings),
        case__in=shift.cases,
        at__gt=shift.since,
        at__lte=shift.at,
    )
    found: dict[str, list[Line]] = {name: [] for name in CHANGES}
    for event in events.select_related("case__owner").order_by("-at", "-id"):
        found[NAMES[event.move or event.happening]].append(_line(event))
    return found


def _line(event: CaseEvent) -> Line:
    who = event.actor_name if event.actor_id else ""
    return Line(case=event.case, at=event.at, says=_says(event), who=who)


def _says(event: CaseEvent) -> str:
    data, clock = event.data, event.data.get("clock", "")
    if clock:
        label = ClockKind(clock).label if clock in ClockKind.values else clock
        return _("the time to %s") % label
    if event.move == Move.ASSIGN:
        return _("to %s") % str(data.get("owner", ""))
    return str(data.get("reason") or "")
