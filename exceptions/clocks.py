"""Clock rows: started, stopped, cancelled and breached beside a case."""

from datetime import datetime

from exceptions import sla
from exceptions.models import Case, Clock
from exceptions.models.clock import awaiting
from exceptions.policies import settings_of
from exceptions.vocabulary import ClockKind, ClockState


def start(case: Case, kind: ClockKind, *, at: datetime) -> Clock:
    """Start a clock under the case's policy, which it keeps whatever is published later."""
    target = settings_of(case).targets[kind][case.tier]  # type: ignore[index] # set by classify
    return Clock.objects.create(
        case=case,
        kind=kind,
        started_at=at,
        target_minutes=target,
        due_at=sla.due(at, target),
        policy=case.policy,
    )


def stop(case: Case, kind: ClockKind, *, at: datetime) -> None:
    """The awaited move was made: met when in time, else breached as of its due time."""
    for clock in case.clocks.filter(kind=kind, stopped_at=None):
        clock.stopped_at = at
        if clock.state == ClockState.RUNNING:
            late = at > clock.due_at
            clock.state = ClockState.BREACHED if late else ClockState.MET
            clock.breached_at = clock.due_at if late else None
        clock.save(update_fields=["state", "stopped_at", "breached_at"])


def cancel(case: Case, kind: ClockKind, *, at: datetime) -> None:
    """What was awaited is no longer needed. A clock that is already past due stays breached, but
    for one of which nobody can know whether it was (see `awaiting`).
    """
    unknown = set(case.clocks.filter(awaiting(), kind=kind).values_list("pk", flat=True))
    for clock in case.clocks.filter(kind=kind, stopped_at=None):
        clock.stopped_at = at
        in_time = at <= clock.due_at or clock.pk in unknown
        if clock.state == ClockState.RUNNING and in_time:
            clock.state = ClockState.CANCELLED
        else:
            clock.state, clock.breached_at = ClockState.BREACHED, clock.due_at
        clock.save(update_fields=["state", "stopped_at", "breached_at"])


def breach(clock: Clock) -> None:
    """Its due time has passed and the move was not made; it goes on until stopped."""
    clock.state, clock.breached_at = ClockState.BREACHED, clock.due_at
    clock.save(update_fields=["state", "breached_at"])


def next_due(case: Case) -> datetime | None:
    """The due time of the unstopped clock that ends, or ended, first."""
    unstopped = case.clocks.filter(stopped_at=None)
    return unstopped.order_by("due_at").values_list("due_at", flat=True).first()
