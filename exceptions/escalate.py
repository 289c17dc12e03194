"""What time does to cases: clocks run out, owners are found, quiet cases close."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from exceptions import (
    audit,
    casework,
    clocks,
    escalation,
    leases,
    lifecycle,
    notices,
    pausing,
    policies,
    routing,
    snoozing,
    waking,
)
from exceptions.actors import machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock, Pause, Policy, Snooze, User
from exceptions.models.clock import over
from exceptions.vocabulary import ClockKind, ClockState, Happening, Move, Notice, Rung, State, Via

logger = logging.getLogger(__name__)

CLOCK = machine(Via.CLOCK)


def sweep_clocks(*, at: datetime, limit: int = 500) -> int:
    """Mark every running clock whose due time has passed as breached; returns how many."""
    due = Clock.objects.filter(over(at)).order_by("due_at")
    ids = list(due.values_list("id", flat=True)[:limit])
    return _each(ids, lambda clock_id: _breach(clock_id, at))


def _each(ids: Iterable[int], act: Callable[[int], object]) -> int:
    """Act on each; for how many that told of something. One that fails must not hold up the others,
    nor whatever the task does after: it is logged, and tried again with the next tick.
    """
    done = 0
    for number in ids:
        try:
            done += bool(act(number))
        except Exception:
            logger.exception("What was due for row %s could not be done.", number)
    return done


@transaction.atomic
def _breach(clock_id: int, at: datetime) -> bool:
    """Lock order is case, then clock, as in `lifecycle.move`; so look at the clock again after."""
    case = lifecycle.locked(Clock.objects.values_list("case_id", flat=True).get(pk=clock_id))
    clock = Clock.objects.filter(over(at), pk=clock_id).first()
    if clock is None:
        return False
    clocks.breach(clock)
    told = {"clock": clock.kind, "due_at": clock.due_at, "target_minutes": clock.target_minutes}
    audit.append(case, Happening.CLOCK_BREACHED, CLOCK, at=at, data=told)
    waking.by_clock(case, told, at=at)
    case.save(update_fields=["event_count", "last_hash"])
    key, ran_out = f"{clocks.key_of(clock)}:breached", {"clock": clock.kind}
    notices.tell(case, Notice.CLOCK_BREACHED, [_who(case)], at=at, key=key, data=ran_out)
    return True


def _who(case: Case) -> User | None:
    """Its owner; while it waits to be classified it has none, and the site's lead is asked."""
    return case.owner or case.site.lead


def warn(*, at: datetime, limit: int = 500) -> int:
    """Tell of clocks that have used up 50, 75 or 90 % of their time, and escalate as the policy
    says; returns how many were looked at. Of warnings that were missed only the last is told: the
    others are no news any more. Escalations are never left out.
    """
    soon = Clock.objects.filter(_to_warn(), tell_at__lte=at).order_by("tell_at")
    ids = list(soon.values_list("id", flat=True)[:limit])
    return _each(ids, lambda clock_id: _warn(clock_id, at))


def _to_warn() -> Q:
    return Q(stopped_at=None, tell_at__isnull=False) & ~Q(state=ClockState.PAUSED)


@transaction.atomic
def _warn(clock_id: int, at: datetime) -> bool:
    case = lifecycle.locked(Clock.objects.values_list("case_id", flat=True).get(pk=clock_id))
    found = Clock.objects.filter(_to_warn(), tell_at__lte=at, pk=clock_id)
    clock = found.select_related("calendar_version", "policy").first()
    if clock is None:
        return False
    clock.case = case
    warnings, steps = clocks.reach(clock, at)
    _tell_owner(case, clock, warnings, at)
    for step in steps:
        escalation.escalate(case, clock, step, at=at)
    return True


def _tell_owner(case: Case, clock: Clock, warnings: list[int], at: datetime) -> None:
    """The last of the warnings; once the time is over, the breach is what there is to tell."""
    if warnings and at <= clock.due_at:
        percent = warnings[-1]
        told = {"clock": clock.kind, "percent": percent, "due_at": clock.due_at}
        audit.append(case, Happening.CLOCK_WARNED, CLOCK, at=at, data=told)
        waking.by_clock(case, told, at=at)
        case.save(update_fields=["event_count", "last_hash"])
        key, data = f"{clocks.key_of(clock)}:{percent}", {"clock": clock.kind, "share": percent}
        notices.tell(case, Notice.CLOCK_WARNING, [_who(case)], at=at, key=key, data=data)


def end_pauses(*, at: datetime, limit: int = 500) -> int:
    """End the pauses whose budget is used up, and those that came with one that is over; returns
    how many.
    """
    over_with = Q(ends_by__lte=at) | Q(of__ended_at__isnull=False)
    due = Pause.objects.filter(over_with, ended_at=None).order_by("ends_by")
    ids = list(due.values_list("id", flat=True)[:limit])
    return _each(ids, lambda pause_id: pausing.end_overdue(pause_id, at=at))


def end_snoozes(*, at: datetime, limit: int = 500) -> int:
    """Wake the cases whose date has come; returns how many."""
    due = Snooze.objects.filter(ended_at=None, until_at__lte=at).order_by("until_at")
    ids = list(due.values_list("id", flat=True)[:limit])
    return _each(ids, lambda snooze_id: snoozing.end_due(snooze_id, at=at))


def remind_of_answers(*, at: datetime, limit: int = 500) -> int:
    """Tell of answers that were expected by now and have not come; returns how many."""
    due = Pause.objects.filter(ended_at=None, reminded_at=None, expected_at__lte=at)
    ids = list(due.order_by("expected_at").values_list("id", flat=True)[:limit])
    return _each(ids, lambda pause_id: pausing.remind(pause_id, at=at))


def end_leases(*, at: datetime, limit: int = 500) -> int:
    """Give back what was acknowledged and left lying; returns how many cases were looked at."""
    left = Case.objects.filter(state=State.ACKNOWLEDGED, look_at__lte=at).order_by("look_at")
    ids = list(left.values_list("id", flat=True)[:limit])
    return _each(ids, lambda case_id: _look(case_id, at))


@transaction.atomic
def _look(case_id: int, at: datetime) -> bool:
    leases.look(case_id, at=at)
    return True


def find_owners(*, at: datetime, limit: int = 500) -> int:
    """Assign the cases that nobody could own so far, and those whose owner may not any more;
    returns how many have an owner now. What still has none, the lead and the supervisors are told.
    """
    unowned = Case.objects.filter(routing.unowned()).exclude(state=State.DETECTED).order_by("id")
    ids = list(unowned.values_list("id", flat=True)[:limit])
    return _each(ids, lambda case_id: _find_owner(case_id, at))


@transaction.atomic
def _find_owner(case_id: int, at: datetime) -> bool:
    if casework.find_owner(case_id, at=at):
        return True
    case = lifecycle.locked(case_id)
    if casework.needs_owner(case):
        people = [
            *escalation.people_now(Rung.LEAD, case, at=at),
            *escalation.people_at(Rung.SUPERVISORS, case.site, None),
        ]
        key, told = f"{case.reference}:unowned", {"site": case.site.name}
        notices.tell(case, Notice.UNOWNED, people, at=at, key=key, data=told)
    return False


def close_quiet_cases(*, at: datetime, limit: int = 500) -> int:
    """Close resolved cases whose quiet period is over; returns how many.

    The quiet period is that of the policy which a case lives under.
    """
    resolved = Case.objects.filter(policy=OuterRef("pk"), state=State.RESOLVED)
    versions = Policy.objects.filter(Exists(resolved)).order_by("id")
    return sum(_close_quiet(policy, at, limit) for policy in versions)


def _close_quiet(policy: Policy, at: datetime, limit: int) -> int:
    quiet = at - timedelta(hours=policies.from_json(policy.settings).quiet_hours)
    # What has a single event was imported as resolved: the past is left as its file tells it.
    cases = Case.objects.filter(
        policy=policy, state=State.RESOLVED, resolved_at__lte=quiet, event_count__gt=1
    )
    cases = cases.exclude(  # what can still be claimed is not over
        clocks__in=Clock.objects.filter(kind=ClockKind.CLAIM, stopped_at=None, due_at__gte=at)
    )
    return sum(_close(case_id, at) for case_id in list(cases.values_list("id", flat=True)[:limit]))


def _close(case_id: int, at: datetime) -> bool:
    try:
        lifecycle.move(case_id, Move.CLOSE, CLOCK, at=at)
    except Refused:  # somebody was faster
        return False
    return True


# What time does to clocks and to those who wait, in this order: a pause that is over counts.
SWEEPS = (end_pauses, sweep_clocks, warn, remind_of_answers, end_snoozes, end_leases)
