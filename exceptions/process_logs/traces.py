"""Cases with their events, one after the other: however many there are, one is in memory."""

from collections.abc import Iterator
from itertools import groupby

from django.db.models import QuerySet

from exceptions.models import Case, CaseEvent

CHUNK = 2000

Trace = tuple[Case, list[CaseEvent]]


def traces(cases: QuerySet[Case]) -> Iterator[Trace]:
    """In the order of the cases' numbers, events in theirs. Read it within a snapshot."""
    found = cases.select_related("site", "team", "owner").order_by("pk")
    events = groupby(events_of(cases), key=lambda event: event.case_id)
    for case in found.iterator(chunk_size=CHUNK):
        yield case, list(next(events)[1])  # every case has the event that opened it


def events_of(cases: QuerySet[Case]) -> Iterator[CaseEvent]:
    found = CaseEvent.objects.filter(case__in=cases.order_by().values("pk"))
    return found.order_by("case_id", "number").iterator(chunk_size=CHUNK)


def activity(event: CaseEvent) -> str:
    """What was done, as the API calls it."""
    return event.move or event.happening
