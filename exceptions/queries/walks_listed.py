"""The steps that the numbers of the process count, one by one."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from exceptions.models import Case, CaseEvent
from exceptions.queries.case_conditions import happened, local_day
from exceptions.queries.scope import Scope
from exceptions.vocabulary import Happening, Via


def steps(
    scope: Scope, cases: QuerySet[Case], *, came_from: str = "", came_to: str = ""
) -> QuerySet[CaseEvent]:
    """Steps of the range, the latest first, each with `since`: when its case had come to the state
    that it left. Of one step, or of all.
    """
    found = _changes().filter(case__in=cases, at__range=(scope.earliest, scope.latest))
    found = found.exclude(happening=Happening.IMPORTED).exclude(via=Via.IMPORT)
    found = found.alias(day=local_day(F("at"), F("case__site__time_zone")))
    found = found.filter(day__gte=scope.first_day, day__lte=scope.last_day)
    if came_from:
        found = found.filter(from_state=came_from, to_state=came_to)
    earlier = _changes().filter(case=OuterRef("case"), number__lt=OuterRef("number"))
    before = earlier.order_by("-number").annotate(stood=happened()).values("stood")[:1]
    whole = found.annotate(since=Coalesce(Subquery(before), F("case__detected_at")))
    return whole.select_related("case__site", "actor").order_by("-at", "-id")


def _changes() -> QuerySet[CaseEvent]:
    """Lines of the history that took a case from one state to another."""
    return CaseEvent.objects.exclude(Q(to_state="") | Q(to_state=F("from_state")))
