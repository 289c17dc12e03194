"""Cases to which something happened since an instant, for whoever keeps a copy of them."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from exceptions.models import Case, CaseEvent

# An event bears the instant at which its work began, and others see it when that work is done.
# No work takes longer: who asks from where they last stood misses nothing, and gets some twice.
OVERLAP = timedelta(minutes=10)


def since(cases: QuerySet[Case], instant: datetime) -> QuerySet[Case]:
    """Those of `cases` with an event after the instant, or within OVERLAP before it."""
    events = CaseEvent.objects.filter(at__gt=instant - OVERLAP)
    return cases.filter(pk__in=events.values("case_id"))
