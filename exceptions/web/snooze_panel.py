"""Snoozing on the page of a case: until when it rests, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from exceptions import snoozing, waking
from exceptions.actors import Actor
from exceptions.models import Case, Clock, Snooze
from exceptions.vocabulary import FactsDate, Until
from exceptions.web.disruption import Tried

SNOOZE, WAKE = "snooze", "wake"
MORNING = time(8)


@dataclass(frozen=True, slots=True)
class Rests:
    """`now` is the snooze that lasts, `warning` what is to be known of it. What was just refused is
    shown as if it might be done, so that its sentence has a place. `dates` could move.
    """

    now: Snooze | None
    warning: str
    may_snooze: bool
    may_wake: bool
    dates: tuple[FactsDate, ...]
    next_due: Clock | None
    tried: Tried
    morning: str
    choices: tuple[Until, ...]


def rests(
    case: Case, found: Sequence[Clock], actor: Actor, at: datetime, tried: Tried | None
) -> Rests:
    """`found` are all clocks of the case."""
    tried, now = tried or Tried(), waking.of(case)
    may, dates = not snoozing.refusal(case, actor), tuple(waking.dates_of(case.facts))
    going = [c for c in found if c.stopped_at is None and c.due_at > at]
    return Rests(
        now=now,
        warning=snoozing.warning(now, found, at) if now else "",
        may_snooze=(may and now is None) or tried.what == SNOOZE,
        may_wake=(may and now is not None) or tried.what == WAKE,
        dates=dates,
        next_due=min(going, key=lambda c: c.due_at, default=None),
        tried=tried,
        morning=morning(at),
        choices=tuple(u for u in Until if dates or u != Until.ETA),
    )


def morning(at: datetime) -> str:
    """Tomorrow at eight in the reader's zone, for the field of a date and time."""
    day = timezone.localtime(at).date() + timedelta(days=1)
    return f"{datetime.combine(day, MORNING):%Y-%m-%dT%H:%M}"
