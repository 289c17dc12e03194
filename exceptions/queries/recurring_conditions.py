"""Conditions on cases about what comes back: subjects that recur, fixes, and reopened cases."""

from datetime import timedelta

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import Combinable

from exceptions import recurrence
from exceptions.models import Case, CaseEvent
from exceptions.queries.case_conditions import Bound, happened, in_range
from exceptions.vocabulary import ENDED_STATES, OPEN_STATES

YES, NO, EITHER = "yes", "no", "either"
SHORTLY = timedelta(days=30)


def recurs(word: str) -> Q:
    """Its subject had another case resolved in the 30 days before; or had not; or either. What was
    merged into another case is none of them.
    """
    theirs = OuterRef("detected_at")
    again = Q(
        Exists(
            _others(
                detected_at__lt=theirs,
                resolved_at__lt=theirs,
                resolved_at__gte=_moved("detected_at", -SHORTLY),
            )
        )
    )
    return recurrence.COUNTS & {YES: again, NO: ~again}.get(word, Q())


def came_back(yes: bool) -> Q:
    """Another case of its subject was detected in the 30 days after it was resolved; or was not."""
    later = _others(
        detected_at__gt=OuterRef("resolved_at"),
        detected_at__lte=_moved("resolved_at", SHORTLY),
    )
    again = Q(Exists(later))
    return Q(resolved_at__isnull=False) & (again if yes else ~again)


def reopened_between(first: Bound | None, last: Bound | None) -> Q:
    """Reopened in the range, the last time if more than once."""
    times = CaseEvent.objects.filter(
        case=OuterRef("pk"), from_state__in=ENDED_STATES, to_state__in=OPEN_STATES
    )
    latest = Subquery(times.order_by("-number").values(at_last=happened())[:1])
    return Q(reopen_count__gt=0) & in_range(latest, F("site__time_zone"), first, last)


def _others(**said: object) -> QuerySet[Case]:
    same = Case.objects.filter(recurrence.COUNTS, subject_key=OuterRef("subject_key"), **said)
    return same.exclude(pk=OuterRef("pk"))


def _moved(instant: str, by: timedelta) -> Combinable:
    return ExpressionWrapper(OuterRef(instant) + by, output_field=DateTimeField())
