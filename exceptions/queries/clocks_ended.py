"""The clocks that the breach rate counts, one by one."""

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least

from exceptions.models import Case, Clock
from exceptions.models.clock import over
from exceptions.queries.case_conditions import local_day
from exceptions.queries.scope import Scope
from exceptions.vocabulary import ClockState


def clocks_ended(
    scope: Scope, cases: QuerySet[Case], *, kind: str = "", breached_only: bool = False
) -> QuerySet[Clock]:
    """Clocks of `cases` that ended in the range, latest first; of one kind, or of all.

    A met clock ends when it is stopped, a breached one when it fell due, a running one that is past
    due has ended as breached. Cancelled clocks do not count.
    """
    breached = Q(state=ClockState.BREACHED) | over(scope.at)
    ended = breached if breached_only else breached | Q(state=ClockState.MET)
    end = Least("stopped_at", "due_at")
    found = Clock.objects.exclude(state=ClockState.CANCELLED).filter(ended, case__in=cases)
    found = found.alias(end=end, day=local_day(end, F("case__site__time_zone")))
    found = found.filter(end__range=(scope.earliest, scope.latest))  # by index; days are exact
    found = found.filter(day__gte=scope.first_day, day__lte=scope.last_day)
    if kind:
        found = found.filter(kind=kind)
    return found.select_related("case__site", "case__owner").order_by("-due_at", "-id")
