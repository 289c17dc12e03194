"""A few cases that wait, or waited, for somebody outside, their clocks standing still meanwhile."""

from datetime import datetime, timedelta

from django.db.models import Max

from exceptions import pausing
from exceptions.actors import person
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock
from exceptions.pausing import Wait
from exceptions.vocabulary import ClockKind, ClockState, State, Waiting

STATES = (State.ASSIGNED, State.ACKNOWLEDGED)
MOST = 9
BEGUN = timedelta(hours=5)  # so long ago
WAITS = (
    Wait(
        waiting_for=Waiting.CARRIER,
        counterparty="Rhine Haulage",
        reason="They look for the pallet in their hub.",
    ),
    Wait(
        waiting_for=Waiting.SUPPLIER,
        counterparty="Baltic Castings",
        reason="Their foundry says tomorrow when the rest is poured.",
    ),
    Wait(
        waiting_for=Waiting.AUTHORITY,
        counterparty="Customs, Rotterdam",
        reason="The inspection is booked.",
    ),
)


def wait(*, at: datetime) -> int:
    """Pause what was quiet for a while, by the hand of the lead of its site; two of three have had
    their answer since. Returns how many there are.
    """
    runs = Clock.objects.filter(kind=ClockKind.RESOLVE, state=ClockState.RUNNING, due_at__gt=at)
    known = Case.objects.filter(state__in=STATES, site__lead__isnull=False, clocks__in=runs)
    quiet = known.annotate(last=Max("events__at")).filter(last__lt=at - BEGUN)
    cases = list(quiet.select_related("site__lead").order_by("-detected_at", "-pk")[:MOST])
    return sum(_wait(case, number, at) for number, case in enumerate(cases))


def _wait(case: Case, number: int, at: datetime) -> bool:
    lead = case.site.lead
    assert lead is not None
    begun = at - BEGUN
    try:
        pausing.pause(case.pk, WAITS[number % len(WAITS)], person(lead), at=begun)
        if number % 3 != 2:
            answered = begun + timedelta(minutes=45 + 23 * number)
            pausing.resume(case.pk, person(lead), at=answered)
    except Refused:  # as people find out, too
        return False
    return True
