"""What must hold of all cases at any time, whatever happened; each check returns what breaks it."""

from collections import Counter
from collections.abc import Iterator

from exceptions import audit, proofs
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.rules import legal_pairs
from exceptions.vocabulary import (
    ENDED_STATES,
    OPEN_STATES,
    UNFINISHED,
    ClockKind,
    DecisionState,
    Happening,
    OutboxState,
)


def broken() -> list[str]:
    """Every sentence that is not true, in words."""
    found = [sentence for case in Case.objects.order_by("id") for sentence in _of_case(case)]
    return [*found, *_two_live_cases(), *_of_outbox(), *_of_decisions()]


def _of_case(case: Case) -> Iterator[str]:
    yield from (f"{case}: event {fault.number} {fault.says}" for fault in audit.verify(case))
    yield from _of_history(case)
    yield from _of_clocks(case)
    if case.state in OPEN_STATES and (case.resolved_at or case.closed_at or case.outcome):
        yield f"{case} is {case.state} and has an end"


def _of_history(case: Case) -> Iterator[str]:
    """The moves lead from state to state without a gap, to the state that the case is in."""
    state = "detected"
    for event in case.events.exclude(move="").order_by("number"):
        if event.from_state != state:
            yield f"{case}.{event.number} {event.move} comes from {event.from_state}, not {state}"
        pair = (event.from_state, event.to_state)
        if pair[0] != pair[1] and pair not in legal_pairs():
            yield f"{case}.{event.number} {event.move}: {pair} is not in RULES"
        state = event.to_state
    if state != case.state:
        yield f"{case} is {case.state}, its history says {state}"


def _of_clocks(case: Case) -> Iterator[str]:
    running = Counter(case.clocks.filter(stopped_at=None).values_list("kind", flat=True))
    if case.state in ENDED_STATES and running:
        yield f"{case} is {case.state} and its clocks run: {dict(running)}"
    if case.state in OPEN_STATES and running[ClockKind.RESOLVE] != 1:
        yield f"{case} is {case.state} and has {running[ClockKind.RESOLVE]} resolve clocks"
    due = case.clocks.filter(stopped_at=None).order_by("due_at").first()
    if case.next_due_at != (due.due_at if due else None):
        yield f"{case} says that {case.next_due_at} is due, its clocks say {due}"


def _two_live_cases() -> Iterator[str]:
    live = Counter(Case.objects.filter(state__in=OPEN_STATES).values_list("fingerprint", flat=True))
    yield from (
        f"{print_} has {number} live cases" for print_, number in live.items() if number > 1
    )


def _of_outbox() -> Iterator[str]:
    """History tells of each message once that it was confirmed, or once that it failed."""
    ends = {OutboxState.CONFIRMED: Happening.CONFIRMED, OutboxState.FAILED: Happening.FAILED}
    for message in OutboxMessage.objects.filter(state__in=ends).exclude(
        error=proofs.STEP_BEFORE_FAILED  # its case is told of the step that failed
    ):
        told = message.case.events.filter(data__key=message.key, happening__in=ends.values())
        said = [event.happening for event in told]
        if said != [ends[OutboxState(message.state)]]:
            yield f"{message} is {message.state}, its case's history says {said}"


def _of_decisions() -> Iterator[str]:
    ended = set(DecisionState) - {DecisionState.APPROVED, DecisionState.SENDING}
    for decision in Decision.objects.filter(state__in=ended):
        if decision.outbox.filter(state__in=UNFINISHED).exists():
            yield f"{decision} is {decision.state} and still sends"
