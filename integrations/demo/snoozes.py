"""A few cases that their owners snoozed, one for each thing that a snooze can wait for."""

from datetime import datetime, timedelta
from decimal import Decimal

from exceptions import snoozing, waking
from exceptions.actors import person
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.snoozing import Sleep
from exceptions.vocabulary import OPEN_STATES, Tier, Until

CALM = (Tier.MEDIUM, Tier.LOW)
EACH, MOST = 2, 6  # of each kind of snooze; in all


def rest(*, at: datetime) -> int:
    """Snooze what is calm, by the hand of its owner; returns how many cases rest then."""
    calm = Case.objects.filter(state__in=OPEN_STATES, tier__in=CALM, owner__isnull=False)
    cases = list(calm.select_related("owner").order_by("-detected_at", "-pk")[:MOST])
    return sum(_rest(case, number // EACH, at) for number, case in enumerate(cases))


def _rest(case: Case, number: int, at: datetime) -> bool:
    assert case.owner is not None
    sleep = _sleeps(case, at)[number % len(Until)]
    if sleep.until == Until.ETA and not waking.dates_of(case.facts):
        return False
    try:
        snoozing.snooze(case.pk, sleep, person(case.owner), at=at)
    except Refused:  # as people find out, too
        return False
    return True


def _sleeps(case: Case, at: datetime) -> tuple[Sleep, ...]:
    return (
        Sleep(
            until=Until.DATE,
            until_at=at + timedelta(hours=5 + case.pk % 30),
            reason="The carrier calls back.",
        ),
        Sleep(until=Until.ETA, reason="The supplier has promised a new date."),
        Sleep(
            until=Until.VALUE,
            value=(case.value_at_risk or Decimal(1_000)) * 2,
            reason="Small for now; the rest of the order follows.",
        ),
    )
