"""Time left: how soon the clocks of what is open fall due, in the business time that they count.

Each calendar says when 1, 4, 8 and 24 of its hours will have passed; a clock is counted by where
its due time lies between these instants. So nothing is worked out clock by clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from exceptions import business_time, calendars
from exceptions.business_time import NeverOpen
from exceptions.models import CalendarVersion, Case, Clock
from exceptions.models.clock import awaiting, over
from exceptions.queries.scope import Scope, rows
from exceptions.vocabulary import OPEN_STATES, ClockState, Left

CUTS = {Left.HOUR: 1, Left.HOURS_4: 4, Left.HOURS_8: 8, Left.DAY: 24}  # hours, before which
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # of a calendar that has no more hours
AROUND_THE_CLOCK = 0  # in place of a calendar
GOING = (ClockState.RUNNING, ClockState.BREACHED)


@dataclass(frozen=True, slots=True)
class Due:
    """Clocks of one kind with so much left."""

    left: str
    kind: str
    n: int


def by_left(scope: Scope) -> list[Due]:
    """Of open cases, the clocks that run, or were breached and still wait for what is missing;
    soonest first. The range does not matter here.
    """
    cuts = cuts_at(scope.at)
    instants = {left.value: [of_one[left] for of_one in cuts.values()] for left in CUTS}
    found = rows("time_left", scope=scope, calendars=list(cuts), **instants)
    order = {left.value: number for number, left in enumerate(Left)}
    return sorted((Due(*row) for row in found), key=lambda due: (order[due.left], due.kind))


def cuts_at(at: datetime) -> dict[int, dict[Left, datetime]]:
    """Of every calendar that a running clock keeps, when so much of its time will have passed."""
    kept = Clock.objects.filter(stopped_at=None, state=ClockState.RUNNING)
    known = CalendarVersion.objects.filter(pk__in=kept.values("calendar_version"))
    versions = {version.pk: version for version in known}
    return {
        calendar: {left: _after(versions.get(calendar), at, hours) for left, hours in CUTS.items()}
        for calendar in (AROUND_THE_CLOCK, *sorted(versions))
    }


def _after(version: CalendarVersion | None, at: datetime, hours: int) -> datetime:
    try:
        return business_time.after(calendars.hours_of(version), at, timedelta(hours=hours))
    except NeverOpen:
        return NEVER


def clocks_left(cases: QuerySet[Case], left: Left | None, at: datetime) -> QuerySet[Clock]:
    """The clocks that `by_left` counts, of `cases`; those with so much left, or all."""
    asked = Q() if left is None else _with_left(left, at)
    found = Clock.objects.filter(
        asked, case__in=cases, case__state__in=OPEN_STATES, stopped_at=None, state__in=GOING
    )
    return found.select_related("case__site", "case__owner").order_by("due_at", "id")


def _with_left(left: Left, at: datetime) -> Q:
    if left == Left.OVER:
        return Q(state=ClockState.BREACHED) | over(at)
    running = Q(state=ClockState.RUNNING)
    if left == Left.UNREAD:
        return running & Q(due_at__lt=at) & awaiting()
    between = Q(pk__in=[])
    for calendar, cuts in cuts_at(at).items():
        between |= Q(calendar_version=calendar or None) & _between(left, at, cuts)
    return running & between


def _between(left: Left, at: datetime, cuts: dict[Left, datetime]) -> Q:
    """From the cut before until just before its own."""
    names = list(CUTS)
    number = names.index(left) if left in names else len(names)
    begin = Q(due_at__gte=cuts[names[number - 1]] if number else at)
    return begin & (Q(due_at__lt=cuts[left]) if left in names else Q())
