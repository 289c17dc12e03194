"""Clock rows: started, paused, stopped, cancelled and breached beside a case.

A clock runs by the calendar that its site had when it started, and by the policy of the case then.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, Value
from django.db.models.functions import Greatest, Least

from exceptions import business_time, calendars, sla
from exceptions import facts as facts_module
from exceptions.calendars import hours_of
from exceptions.kinds import kind as kind_of
from exceptions.models import CalendarVersion, Case, Clock, Pause, Policy
from exceptions.models.clock import awaiting
from exceptions.policies import from_json, settings_of
from exceptions.sla import Break
from exceptions.verdicts import Escalation
from exceptions.vocabulary import ClockKind, ClockState, Tier

WARN_AT = (50, 75, 90)  # percent of the target
WHOLE = 100
MINUTE = timedelta(minutes=1)
CHANGES = [
    *("state", "due_at", "stopped_at", "breached_at"),
    *("percent_told", "steps_taken", "tell_at"),
]


def start(
    case: Case, kind: ClockKind, *, at: datetime, since: datetime | None = None
) -> Clock | None:
    """Start a clock under the case's policy, which it keeps whatever is published later; None where
    the policy gives no time for it. It counts from `since`, if that was before.
    """
    target = settings_of(case).target(kind, tier_of(case))
    if target is None:
        return None
    clock = Clock(
        case=case,
        kind=kind,
        started_at=since or at,
        target_minutes=target,
        calendar_version=calendar_for(case, case.policy, kind),
        policy=case.policy,
    )
    schedule(clock)
    clock.save(force_insert=True)
    return clock


def start_claim(case: Case, *, at: datetime) -> None:
    """Start the clock of a claim on whoever is at fault, where the kind has one: once, unless it
    was cancelled, and not when it would be over already.
    """
    since = claim_from(case, at)
    if since is None or case.clocks.filter(kind=ClockKind.CLAIM).exclude(_cancelled()).exists():
        return
    target = settings_of(case).target(ClockKind.CLAIM, tier_of(case)) or 0
    hours = hours_of(calendar_for(case, case.policy, ClockKind.CLAIM))
    if business_time.after(hours, since, target * MINUTE) > at:
        start(case, ClockKind.CLAIM, at=at, since=since)


def claim_from(case: Case, at: datetime) -> datetime | None:
    """The instant from which a claim's days count, as the facts say it, else when it was detected;
    None where the kind has no claim to make.
    """
    kind = kind_of(case.kind)
    if kind.claim_from is None:
        return None
    said = facts_module.from_plain(case.document.facts_type, case.facts)
    since = kind.claim_from(said) if isinstance(said, kind.facts) else None
    return min(since or case.detected_at, at)


def _cancelled() -> Q:
    return Q(state=ClockState.CANCELLED)


def tier_of(case: Case) -> Tier | None:
    """None before it is classified."""
    return Tier(case.tier) if case.tier else None


def calendar_for(
    case: Case, policy: Policy, kind: ClockKind = ClockKind.RESOLVE
) -> CalendarVersion | None:
    """Whose hours count for such a clock of the case, under that policy, from now on."""
    if from_json(policy.settings).around_the_clock(kind, tier_of(case)):
        return None
    return calendars.of_site(case.site)


def schedule(clock: Clock) -> None:
    """Say when it is due and when it tells somebody next, by its target, hours and ended pauses."""
    clock.due_at = moment(clock, WHOLE)
    clock.tell_at = next_told(clock)


def next_told(clock: Clock) -> datetime | None:
    """When somebody is told next: of a warning, or of a step of its escalation."""
    steps = [step.percent for step in steps_ahead(clock)]
    ahead = [*warnings_ahead(clock), *steps]
    return moment(clock, min(ahead)) if ahead else None


def warnings_ahead(clock: Clock) -> list[int]:
    """Once its time is over nobody is warned any more."""
    over = clock.state == ClockState.BREACHED
    return [] if over else [percent for percent in WARN_AT if percent > clock.percent_told]


def steps_ahead(clock: Clock) -> list[Escalation]:
    """What was not taken yet and can come about now: what is to happen once its time is over waits
    until the sweep has found that it is.
    """
    over = clock.state == ClockState.BREACHED
    open_to = [step for step in escalations(clock) if over or step.percent < WHOLE]
    ahead = [step for step in open_to if key_of_step(step) not in clock.steps_taken]
    return sorted(ahead, key=lambda step: step.percent)


def key_of_step(step: Escalation) -> str:
    """What names a step among those of one clock, whichever policy or tier asks for it."""
    return f"{step.percent}:{step.to}{':takes' if step.takes else ''}"


def escalations(clock: Clock) -> list[Escalation]:
    """The steps of its policy for the tier that the case has now; of all before it has one."""
    by_tier, tier = from_json(clock.policy.settings).escalation, tier_of(clock.case)
    steps = by_tier.get(tier, ()) if tier else {s for each in by_tier.values() for s in each}
    return [step for step in steps if step.clock == clock.kind]


def moment(clock: Clock, percent: int, breaks: Sequence[Break] | None = None) -> datetime:
    """When `percent` of the target is used up, as far as is known now."""
    pauses = [(b.start, b.end) for b in (breaks_of(clock) if breaks is None else breaks)]
    span = clock.target_minutes * percent * MINUTE / 100
    return business_time.after(hours_of(clock.calendar_version), clock.started_at, span, pauses)


def breaks_of(clock: Clock) -> list[Break]:
    """The pauses of its time that are over. Only the time to resolve is ever paused."""
    if clock.kind != ClockKind.RESOLVE or not clock.case_id:
        return []
    return breaks(clock, clock.case.pauses.all())


def breaks(clock: Clock, pauses: Iterable[Pause]) -> list[Break]:
    """Those of the case's pauses that count for this clock. Only the time to resolve is paused."""
    if clock.kind != ClockKind.RESOLVE:
        return []
    return [
        Break(p.started_at, p.ended_at, sla.waiting(p.counterparty))
        for p in pauses
        if p.ended_at
        and p.started_at >= clock.started_at
        and (clock.stopped_at is None or p.started_at < clock.stopped_at)
    ]


def share_spent(clock: Clock, pauses: Iterable[Pause], at: datetime) -> float:
    """How much of its time a clock has used up: 1 is all of it. `pauses` are those of its case."""
    rows = list(pauses)
    until = clock.stopped_at or at
    if clock.state == ClockState.PAUSED:
        until = next((p.started_at for p in rows if p.ended_at is None), at)
    hours = hours_of(clock.calendar_version)
    off = [(b.start, b.end) for b in breaks(clock, rows)]
    spent = business_time.worked(hours, clock.started_at, until, off)
    return spent / (clock.target_minutes * MINUTE or MINUTE)


def budget_left(clock: Clock, pauses: Iterable[Pause]) -> timedelta:
    """The business time for which it may still be paused. `pauses` are those of its case."""
    hours = hours_of(clock.calendar_version)
    worked = (business_time.worked(hours, b.start, b.end) for b in breaks(clock, pauses))
    share = from_json(clock.policy.settings).pause_share
    return clock.target_minutes * share * MINUTE / 100 - sum(worked, timedelta())


def of_case(case: Case) -> list[Clock]:
    """All its clocks, with what is needed to count their time."""
    return list(case.clocks.select_related("calendar_version", "policy"))


def to_resolve(found: Iterable[Clock]) -> Clock | None:
    """The clock that a pause would hold: it runs, or its time is over already."""
    goes = (ClockState.RUNNING, ClockState.BREACHED)
    of_kind = (c for c in found if c.kind == ClockKind.RESOLVE and c.stopped_at is None)
    return next((c for c in of_kind if c.state in goes), None)


def tell_anew(case: Case) -> None:
    """The case has another tier, whose steps are told at other times. What is due stays due."""
    for clock in of_case(case):
        if clock.stopped_at is None and clock.state != ClockState.PAUSED:
            clock.case = case
            clock.tell_at = next_told(clock)
            clock.save(update_fields=["tell_at"])


def hold(clock: Clock) -> None:
    """It stands still until `go_on`."""
    clock.state, clock.tell_at = ClockState.PAUSED, None
    clock.save(update_fields=CHANGES)


def go_on(case: Case) -> None:
    """What is paused runs again; what it lost is added to its due time."""
    for clock in case.clocks.filter(state=ClockState.PAUSED, stopped_at=None):
        clock.case, clock.state = case, ClockState.RUNNING
        schedule(clock)
        clock.save(update_fields=CHANGES)


def end_pause(case: Case, *, at: datetime) -> None:
    """The case does not wait any more, whatever for. Nothing happens to one that did not."""
    if case.pauses.filter(ended_at=None).update(ended_at=_not_before_it_began(at)):
        go_on(case)


def _not_before_it_began(at: datetime) -> Greatest:
    """When a pause ends at `at`: not after its budget, and not before its start, which whoever was
    first at the lock may have made a moment later.
    """
    return Greatest("started_at", Least("ends_by", Value(at)))


def stop(case: Case, kind: ClockKind, *, at: datetime) -> None:
    """The awaited move was made: met when in time, else breached as of its due time."""
    for clock in case.clocks.filter(kind=kind, stopped_at=None):
        clock.stopped_at, clock.tell_at = at, None
        if clock.state == ClockState.RUNNING:
            late = at > clock.due_at
            clock.state = ClockState.BREACHED if late else ClockState.MET
            clock.breached_at = clock.due_at if late else None
        clock.save(update_fields=CHANGES)


def cancel(case: Case, kind: ClockKind, *, at: datetime) -> None:
    """What was awaited is no longer needed. A clock that is already past due stays breached, but
    for one of which nobody can know whether it was (see `awaiting`).
    """
    unknown = set(case.clocks.filter(awaiting(), kind=kind).values_list("pk", flat=True))
    for clock in case.clocks.filter(kind=kind, stopped_at=None):
        clock.stopped_at, clock.tell_at = at, None
        in_time = at <= clock.due_at or clock.pk in unknown
        if clock.state == ClockState.RUNNING and in_time:
            clock.state = ClockState.CANCELLED
        else:
            clock.state, clock.breached_at = ClockState.BREACHED, clock.due_at
        clock.save(update_fields=CHANGES)


def key_of(clock: Clock) -> str:
    """What names this clock with the time that it is due now: a corrected one is told of anew."""
    return f"clock:{clock.pk}:{int(clock.due_at.timestamp())}"


def breach(clock: Clock) -> None:
    """Its due time has passed and the move was not made; it goes on until stopped."""
    clock.state, clock.breached_at = ClockState.BREACHED, clock.due_at
    schedule(clock)
    clock.save(update_fields=CHANGES)


def reach(clock: Clock, at: datetime) -> tuple[list[int], list[Escalation]]:
    """Note the warnings and the steps whose moment has come and that were not noted before; which
    they are, the first first. Each is noted apart: neither stands for the other.
    """
    warnings = [percent for percent in warnings_ahead(clock) if moment(clock, percent) <= at]
    steps = [step for step in steps_ahead(clock) if moment(clock, step.percent) <= at]
    clock.percent_told = max([clock.percent_told, *warnings])
    clock.steps_taken = [*clock.steps_taken, *(key_of_step(step) for step in steps)]
    schedule(clock)
    clock.save(update_fields=CHANGES)
    return warnings, steps


def next_due(case: Case) -> datetime | None:
    """The due time of the clock that ends, or ended, first; of those that are not paused."""
    going = case.clocks.filter(stopped_at=None).exclude(state=ClockState.PAUSED)
    return going.order_by("due_at").values_list("due_at", flat=True).first()
