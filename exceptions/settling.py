"""What follows a move that was just made: clocks start and end, and the playbook runs.

Called by `lifecycle.move`, under the row lock, once the effect of the move is on the case.
"""

from datetime import datetime

from exceptions import approvals, audit, clocks, playbooks, sightings
from exceptions.actors import machine
from exceptions.models import Case
from exceptions.vocabulary import ApprovalState, ClockKind, Happening, Move, Outcome, Via


def settle(case: Case, which: Move, at: datetime) -> None:
    """Bring clocks, playbook and approvals in line with the move that was just made."""
    _settle_approval(case, which, at)
    if which == Move.CLASSIFY:
        clocks.stop(case, ClockKind.CLASSIFY, at=at)
        clocks.start(case, ClockKind.RESOLVE, at=at)
        clocks.start_claim(case, at=at)
        playbooks.run(case, at=at)
    elif which == Move.RECLASSIFY:
        clocks.start_claim(case, at=at)
        playbooks.run(case, at=at)  # a higher tier asks for more; nothing is repeated
        clocks.tell_anew(case)
    elif which == Move.ASSIGN and not case.clocks.filter(
        kind=ClockKind.ACKNOWLEDGE, stopped_at=None
    ):
        clocks.start(case, ClockKind.ACKNOWLEDGE, at=at)
    elif which == Move.ACKNOWLEDGE:
        clocks.stop(case, ClockKind.ACKNOWLEDGE, at=at)
    elif which == Move.RESOLVE:
        clocks.end_pause(case, at=at)
        clocks.cancel(case, ClockKind.CLASSIFY, at=at)
        clocks.cancel(case, ClockKind.ACKNOWLEDGE, at=at)
        _end_resolve_clock(case, at)
    elif which == Move.REOPEN:
        tell_held(case, at)
        clocks.start(case, ClockKind.ACKNOWLEDGE, at=at)
        clocks.start(case, ClockKind.RESOLVE, at=at)
        clocks.start_claim(case, at=at)
        playbooks.run(case, at=at)
    elif which == Move.DISMISS:
        clocks.end_pause(case, at=at)
        for kind in ClockKind:
            clocks.cancel(case, kind, at=at)
    elif which == Move.CLOSE:
        clocks.cancel(case, ClockKind.CLAIM, at=at)
    case.next_due_at = clocks.next_due(case)


def _settle_approval(case: Case, which: Move, at: datetime) -> None:
    """Its clock runs while somebody is asked; when the case ends, nobody is asked any more."""
    if which in (Move.RESOLVE, Move.DISMISS):
        why = approvals.CASE_ENDED
        approvals.end_pending(case, ApprovalState.WITHDRAWN, machine(Via.POLICY), at=at, why=why)
    elif which == Move.PROPOSE and approvals.asked_now(case, at):
        clocks.start(case, ClockKind.APPROVE, at=at)


def tell_held(case: Case, at: datetime) -> None:
    """What was held back before the case lived is over, and its history says for how long."""
    if told := sightings.became(case, at=at):
        audit.append(case, Happening.HELD, machine(Via.POLICY), at=at, data=told)


def _end_resolve_clock(case: Case, at: datetime) -> None:
    """What healed by itself was not work done in time: its clock is cancelled, not met, and there
    is nothing to claim. Of what people dealt with, a claim is still to be filed.
    """
    healed = case.outcome == Outcome.SELF_HEALED
    end = clocks.cancel if healed else clocks.stop
    end(case, ClockKind.RESOLVE, at=at)
    if healed:
        clocks.cancel(case, ClockKind.CLAIM, at=at)
