"""Waiting, deciding for good, taking back, and saying what it came to: deeds of chance."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from exceptions import lifecycle, pausing, proofs, reckoning
from exceptions.actors import Actor, person
from exceptions.lifecycle import Refused
from exceptions.models import Case, Decision, OutboxMessage, Pause
from exceptions.pausing import Wait
from exceptions.vocabulary import REAL_ENDS, DecisionKind, DecisionState, Move, Verb, Waiting
from integrations import outbox

SENT_AT_ONCE = 20


def wait(rng: random.Random, at: datetime) -> int:
    """A lead lets a case wait for somebody outside, or one that waits goes on."""
    with suppress(Refused, IndexError):
        if rng.random() < 0.4:
            paused = rng.choice(list(Pause.objects.filter(ended_at=None).select_related("case")))
            pausing.resume(paused.case_id, _lead(paused.case), at=at)
        else:
            case = rng.choice(list(Case.objects.filter(state__in=["assigned", "acknowledged"])))
            party = rng.choice(list(Waiting))
            said = Wait(waiting_for=party, counterparty="Maersk", reason="A new date")
            pausing.pause(case.pk, said, _lead(case), at=at)
        return 1
    return 0


def reckon(rng: random.Random, at: datetime) -> int:
    """Somebody says, or corrects, what an ended case avoided and what was lost."""
    with suppress(Refused, IndexError):
        ended = Case.objects.filter(state__in=["resolved", "closed"], outcome__in=REAL_ENDS)
        case = rng.choice(list(ended))
        said = {
            name: rng.choice(["", f"{rng.random() * 9000:.2f}"]) for name in ("avoided", "lost")
        }
        said |= {"amounts_currency": rng.choice(["EUR", "USD"]), "reason": "The bill has come."}
        reckoning.say(case.pk, said, _lead(case), at=at)
        return 1
    return 0


def carry_out(at: datetime) -> int:
    """What waits is sent, and the source proves it; how many messages."""
    done = 0
    while done < SENT_AT_ONCE and (message := outbox.claim(at)):
        if proofs.sending(message, at=at, until=at, before=_before(message)):
            proofs.confirm(message, at=at, after={"7": "1"})
        done += 1
    return done


def undo(rng: random.Random, at: datetime) -> int:
    """Somebody wants back what stood there before a decision was carried out."""
    with suppress(Refused, IndexError):
        taken = Decision.objects.filter(
            kind=DecisionKind.EXPEDITE, state=DecisionState.CONFIRMED, case__state="acknowledged"
        )
        back = rng.choice(list(taken.select_related("case__document", "case__owner")))
        case = back.case
        said = {"decision": "undo", "undoes": back.pk, "reason": "It came by itself."}
        said |= {"substance": case.document.substance}
        assert case.owner is not None
        lifecycle.move(case.pk, Move.PROPOSE, person(case.owner), at=at, data=said)
        return 1
    return 0


def _before(message: OutboxMessage) -> dict[str, str] | None:
    """As the source was found: nothing was urgent."""
    return {"7": "0"} if message.verb == Verb.PRIORITY else None


def _lead(case: Case) -> Actor:
    assert case.site.lead is not None
    return person(case.site.lead)


DEEDS: dict[str, Callable[[random.Random, datetime], int]] = {
    "wait": wait,
    "reckon": reckon,
    "undo": undo,
}
