"""Re-basing: clocks that run are moved onto a corrected calendar or policy, after a look at how.

A clock keeps what it started under (see `clocks`), so a calendar that missed a holiday, or a target
that was a typo, goes on counting in it. Here people see clock by clock what a correction would do,
and then do it: an explicit act, told in the history of every case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from exceptions import audit, clocks, lifecycle, policies
from exceptions.actors import Actor, visible_cases
from exceptions.models import Case, Clock
from exceptions.vocabulary import ClockState, Happening, Tier

GOES_ON = (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED)
SAVED = ["next_due_at", "event_count", "last_hash"]
MOST = 1000


class Onto(StrEnum):
    """What was corrected: the calendar of a site, or the times that a policy gives."""

    CALENDAR = "calendar"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that a correction moves, from when to when. `due_before` of one that is paused is
    what it was before the pause; `was_over` and `is_over` are as of when it was asked.
    """

    clock: Clock
    due_before: datetime
    due_at: datetime
    was_over: bool
    is_over: bool


def foreseen(onto: Onto, which: int | str, actor: Actor, *, at: datetime) -> list[Moved]:
    """What is in force now would change for clocks that run: of cases that the actor sees, at sites
    with the calendar `which`, or of the kind `which`. What stays as it is, is left out.
    """
    of_these = {"case__site__calendar" if onto == Onto.CALENDAR else "case__kind": which}
    found = _going(visible_cases(actor)).filter(**of_these)[:MOST]
    return [moved for clock in found if (moved := _move(clock, onto, at))]


def rebase(
    onto: Onto, clock_ids: Iterable[int], actor: Actor, *, at: datetime, reason: str
) -> list[Moved]:
    """Move these clocks; returns what was moved. What has stopped meanwhile stays as it is."""
    seen = _going(visible_cases(actor)).filter(pk__in=list(clock_ids)).order_by("case_id", "id")
    ids = list(seen.values_list("pk", flat=True))
    return [moved for pk in ids if (moved := _rebase(onto, pk, actor, at, reason))]


@transaction.atomic
def _rebase(onto: Onto, clock_id: int, actor: Actor, at: datetime, reason: str) -> Moved | None:
    case = lifecycle.locked(Clock.objects.values_list("case_id", flat=True).get(pk=clock_id))
    clock = _going(Case.objects.filter(pk=case.pk)).filter(pk=clock_id).first()
    moved = _move(clock, onto, at) if clock else None
    if clock is None or moved is None:
        return None
    _settle(clock, moved)
    told = {
        "clock": clock.kind,
        "due_before": moved.due_before,
        "due_at": moved.due_at,
        "onto": str(clock.calendar_version) if onto == Onto.CALENDAR else str(clock.policy),
        "reason": reason.strip()[:300],
    }
    audit.append(case, Happening.REBASED, actor, at=at, data=told)
    case.next_due_at = clocks.next_due(case)
    case.save(update_fields=SAVED)
    return moved


def _going(cases: QuerySet[Case]) -> QuerySet[Clock]:
    found = Clock.objects.filter(case__in=cases, stopped_at=None, state__in=GOES_ON)
    found = found.filter(case__imported_from="")  # those are due as their file says
    joined = ("case__site", "case__policy", "policy", "calendar_version__calendar")
    return found.select_related(*joined).order_by("due_at", "id")


def _move(clock: Clock, onto: Onto, at: datetime) -> Moved | None:
    """Give the clock, in memory, what is in force now; None where that changes nothing."""
    before, was_over = clock.due_at, _is_over(clock, at)
    if onto == Onto.CALENDAR:
        clock.calendar_version = clocks.calendar_for(clock.case, clock.policy)
    else:
        _take_policy(clock)
    clock.due_at = clocks.moment(clock, 100)
    if clock.due_at == before:
        return None
    return Moved(clock, before, clock.due_at, was_over, _is_over(clock, at))


def _take_policy(clock: Clock) -> None:
    newest = policies.newest_of(clock.case.kind) or clock.policy
    settings = policies.from_json(newest.settings)
    clock.policy = newest
    clock.target_minutes = settings.targets[clock.kind][Tier(clock.case.tier)]  # type: ignore[index] # a ClockKind
    around = bool(settings.round_the_clock.get(Tier(clock.case.tier)))
    if around != (clock.calendar_version is None):
        clock.calendar_version = clocks.calendar_for(clock.case, newest)


def _is_over(clock: Clock, at: datetime) -> bool:
    return clock.state != ClockState.PAUSED and clock.due_at < at


def _settle(clock: Clock, moved: Moved) -> None:
    """What was over and is not any more runs; nothing is told again. What is over only now is left
    to the sweep, which knows whether the source has been read since.
    """
    if clock.state == ClockState.BREACHED and not moved.is_over:
        clock.state, clock.breached_at = ClockState.RUNNING, None
    clocks.schedule(clock)
    if clock.state == ClockState.PAUSED:
        clock.tell_at = None
    if clock.state == ClockState.BREACHED:
        clock.breached_at = clock.due_at
    clock.save()
