"""Re-basing: clocks that run are moved onto a corrected calendar or policy, after a look at how.

A clock keeps what it started under (see `clocks`), so a calendar that missed a holiday, or a target
that was a typo, goes on counting in it. Here people see clock by clock what a correction would do,
and then do it: an explicit act, told in the history of every case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from exceptions import audit, clocks, lifecycle, policies
from exceptions.actors import Actor, site_ids
from exceptions.drafting import DRAFTERS
from exceptions.models import CalendarVersion, Case, Clock, Policy
from exceptions.vocabulary import ClockKind, ClockState, Happening

GOES_ON = (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED)
SAVED = ["next_due_at", "event_count", "last_hash"]
MOST = 500  # at once on a page


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
    """What is in force now would change for clocks that run: at sites that the actor rules over,
    with the calendar `which`, or of the kind `which`. What stays as it is, is left out; of very
    many, the first MOST by their due time are told.
    """
    going = _ruled(onto, which, actor).prefetch_related("case__pauses")
    known: Known = {}
    found = (_move(clock, onto, at, known) for clock in going.iterator(chunk_size=MOST))
    return list(islice((moved for moved in found if moved), MOST))


def rebase(
    onto: Onto,
    which: int | str,
    clock_ids: Iterable[int],
    actor: Actor,
    *,
    at: datetime,
    reason: str,
) -> list[Moved]:
    """Move these of the clocks that `foreseen` tells of; returns what was moved. What has stopped
    meanwhile stays as it is.
    """
    ruled = _ruled(onto, which, actor).filter(pk__in=list(clock_ids)).order_by("case_id", "id")
    ids = list(ruled.values_list("pk", flat=True))
    return [moved for pk in ids if (moved := _rebase(onto, pk, actor, at, reason))]


def _ruled(onto: Onto, which: int | str, actor: Actor) -> QuerySet[Clock]:
    """Those at sites whose policies the actor drafts: to read a site's cases is not enough."""
    sites = site_ids(actor, DRAFTERS)
    cases = Case.objects.all() if sites is None else Case.objects.filter(site__in=sites)
    of_these = {"case__site__calendar" if onto == Onto.CALENDAR else "case__kind": which}
    return _going(cases).filter(**of_these)


@transaction.atomic
def _rebase(onto: Onto, clock_id: int, actor: Actor, at: datetime, reason: str) -> Moved | None:
    case = lifecycle.locked(Clock.objects.values_list("case_id", flat=True).get(pk=clock_id))
    clock = _going(Case.objects.filter(pk=case.pk)).filter(pk=clock_id).first()
    moved = _move(clock, onto, at, {}) if clock else None
    if clock is None or moved is None:
        return None
    _settle(clock, moved, at)
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


Known = dict[tuple[object, ...], Any]  # what was in force when it was first asked for


def _move(clock: Clock, onto: Onto, at: datetime, known: Known) -> Moved | None:
    """Give the clock, in memory, what is in force now; None where that changes nothing."""
    before, was_over = clock.due_at, _is_over(clock, at)
    if onto == Onto.CALENDAR:
        clock.calendar_version = _calendar_for(clock, clock.policy, known)
    else:
        _take_policy(clock, known)
    clock.due_at = clocks.moment(clock, 100)
    if clock.due_at == before:
        return None
    return Moved(clock, before, clock.due_at, was_over, _is_over(clock, at))


def _calendar_for(clock: Clock, policy: Policy, known: Known) -> CalendarVersion | None:
    key = ("calendar", policy.pk, clock.kind, clock.case.tier, clock.case.site_id)
    if key not in known:
        known[key] = clocks.calendar_for(clock.case, policy, ClockKind(clock.kind))
    version: CalendarVersion | None = known[key]
    return version


def _newest(kind: str, known: Known) -> Policy | None:
    if ("policy", kind) not in known:
        known["policy", kind] = policies.newest_of(kind)
    policy: Policy | None = known["policy", kind]
    return policy


def _take_policy(clock: Clock, known: Known) -> None:
    newest = _newest(clock.case.kind, known) or clock.policy
    settings = policies.from_json(newest.settings)
    clock.policy = newest
    kind, tier = ClockKind(clock.kind), clocks.tier_of(clock.case)
    clock.target_minutes = settings.target(kind, tier) or clock.target_minutes
    around = settings.around_the_clock(kind, tier)
    if around != (clock.calendar_version is None):
        clock.calendar_version = _calendar_for(clock, newest, known)


def _is_over(clock: Clock, at: datetime) -> bool:
    return clock.state != ClockState.PAUSED and clock.due_at < at


def _settle(clock: Clock, moved: Moved, at: datetime) -> None:
    """What was over and is not any more runs, and is warned of anew as its time runs down again;
    steps of its escalation that were taken stay taken. What is over only now is left to the sweep,
    which knows whether the source has been read since.
    """
    if clock.state == ClockState.BREACHED and not moved.is_over:
        clock.state, clock.breached_at = ClockState.RUNNING, None
        past = (p for p in clocks.WARN_AT if clocks.moment(clock, p) <= at)
        clock.percent_told = max(past, default=0)
    clocks.schedule(clock)
    if clock.state == ClockState.PAUSED:
        clock.tell_at = None
    if clock.state == ClockState.BREACHED:
        clock.breached_at = clock.due_at
    clock.save()
