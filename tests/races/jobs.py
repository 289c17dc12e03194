"""What the processes do. Each job is the product's own code and nothing else."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from exceptions import commenting, grouping, intake, lifecycle
from exceptions.actors import Actor, person
from exceptions.casework import Change
from exceptions.facts import Facts
from exceptions.lifecycle import Refused
from exceptions.models import User
from exceptions.vocabulary import Move, Outcome
from integrations import inbox, outbox, rounds


def take_in(batches: Sequence[Sequence[Facts]], at: datetime) -> Counter[Change]:
    """Take in every batch; how many cases changed in which way."""
    changes: Counter[Change] = Counter()
    for batch in batches:
        changes += intake.take_in(batch, at=at)
    return changes


def acknowledge(username: str, cases: Sequence[int], at: datetime) -> dict[int, str]:
    """What each case answered: nothing when it was ours, else why not."""
    return {case: _acknowledge(username, case, at) for case in cases}


def _acknowledge(username: str, case: int, at: datetime) -> str:
    try:
        lifecycle.move(case, Move.ACKNOWLEDGE, person(User.objects.get(username=username)), at=at)
    except Refused as refused:
        return str(refused)
    return ""


def rearrange(username: str, wishes: Sequence[tuple[str, int, int]], at: datetime) -> Counter[str]:
    """Put cases together and take them apart, merge and reopen; how many wishes came true."""
    actor = person(User.objects.get(username=username))
    done: Counter[str] = Counter()
    for what, case, other in wishes:
        try:
            _rearrange(what, case, other, actor, at)
        except Refused:
            continue
        done[what] += 1
    return done


def _rearrange(what: str, case: int, other: int, actor: Actor, at: datetime) -> None:
    merged = {"outcome": Outcome.DUPLICATE, "reason": "The same.", "merged_into": other}
    again = {"reason": "Not the same."}
    match what:
        case "attach":
            grouping.attach(case, other, actor, at=at)
        case "detach":
            grouping.detach(case, actor, at=at)
        case "note":
            commenting.write(case, "So.", actor, at=at, children=True)
        case "assign":
            grouping.assign_all(case, actor, at=at, data={"owner": actor.user})
        case "merge":
            lifecycle.move(case, Move.DISMISS, actor, at=at, data=merged)
        case "reopen":
            lifecycle.move(case, Move.REOPEN, actor, at=at, data=again)


def deliver(at: datetime) -> int:
    """Send what is due at `at`; how many were attempted."""
    return outbox.deliver_due(lambda: at)


def work_inbox(at: datetime) -> int:
    """Work through what is due at `at`; how many deliveries were taken."""
    return inbox.work_due(lambda: at)


def sync(at: datetime) -> dict[str, int]:
    """Rows read from each source; nothing when another process reads."""
    return {read.source: read.rows for read in rounds.sync_all(lambda: at)}


def receive(secret: str, bodies: Sequence[bytes], at: datetime) -> int:
    """Store the deliveries; how many were news."""
    return sum(not inbox.receive(secret, body, {}, at=at).duplicate for body in bodies)
