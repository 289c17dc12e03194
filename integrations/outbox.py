"""The outbox worked off: claim, send, read back, prove. How it is done, the targets know.

A message is claimed with a lease before it is sent, so a sender that dies loses nothing; whoever
claims it again first looks in the source whether the effect is already there. The lease, which
starts anew just before the call, outlasts it together with what the source may still do after the
caller has given up. What the source has said yes to is never sent again, only looked for.
"""

import logging
import random
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from exceptions import announcing, proofs, switches
from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Target, Verb
from integrations.models import Repair
from integrations.odoo import chatter, errors, sent, sync
from integrations.targets import (
    NotConnected,
    Opened,
    Undelivered,
    Values,
    Way,
    automation,
    chat,
    mail,
    n8n,
    source,
)

logger = logging.getLogger(__name__)

# A verb may look first (a minute and a half), then call twice, and Odoo goes on for 120 s.
LEASE = timedelta(minutes=10)
# Odoo may go on working for its time limit (120 s) after we gave up waiting; look only then.
LOOK_AFTER = timedelta(seconds=150)
LOOK_FOR = timedelta(minutes=30)  # after its yes
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
MOST_MISTAKES = 5  # of our own; waiting for Odoo is none
NO_TO_DOS = "Not sent: what it is about has no chatter, and this Odoo has no to-dos (Project)."
NOT_SEEN = "Odoo said yes; not seen yet."
NEVER_SEEN = (
    "Odoo said yes, but it does not stand there: somebody may have changed it again. Look at the"
    " record in Odoo; send it again if it is still wanted."
)

Now = Callable[[], datetime]

TARGETS: dict[str, Opened] = {
    Target.SOURCE: source.opened,
    Target.MAIL: mail.opened,
    Target.N8N: n8n.opened,
    Target.CHAT: chat.opened,
    Target.AUTOMATION: automation.opened,
}


@cache
def _claim_statement() -> str:
    return (Path(__file__).parent / "sql" / "claim_outbox.sql").read_text()


def deliver_due(now: Now, *, limit: int = 200) -> int:
    """Deliver what is due, one by one; returns how many were attempted.

    A connection, or another target, that does not answer is left alone for the rest of the run, so
    that its messages do not hold up those of others.
    """
    done = 0
    silent: set[int | str] = set()
    while done < limit and (message := claim(now(), silent)):
        if not deliver(message, now):
            of_source = message.target in (Target.SOURCE, Target.AUTOMATION)
            silent.add(message.connection_id if of_source else message.target)
        done += 1
    return done


def claim(at: datetime, silent: Collection[int | str] = ()) -> OutboxMessage | None:
    """The next due message, leased to the caller; of one record and target only the earliest
    unfinished one, and none of the `silent` connections (ids) and targets.
    """
    values: dict[str, Any] = {
        "at": at,
        "lease_until": at + LEASE,
        "silent": [each for each in silent if isinstance(each, int)],
        "silent_targets": [each for each in silent if isinstance(each, str)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_claim_statement(), values)
        row = cursor.fetchone()
    if row is None:
        return None
    return OutboxMessage.objects.select_related("case__document", "connection", "decision").get(
        pk=row[0]
    )


def deliver(message: OutboxMessage, now: Now) -> bool:
    """Send one claimed message and prove it; every way it can end is written to the row.

    Returns whether its target answered.
    """
    try:
        with TARGETS[message.target](message, now) as way:
            _deliver(message, way, now)
    except (errors.OdooError, Undelivered) as error:
        _sort(message, error, now())
        return not (error.silence if isinstance(error, Undelivered) else _is_no_answer(error))
    except Exception:
        logger.exception("%s could not be sent", message.key)
        proofs.stumble(message, at=now(), most=MOST_MISTAKES, words=sync.UNEXPECTED)
    return True


def _is_no_answer(error: errors.OdooError) -> bool:
    return isinstance(error, NO_ANSWER)


def _deliver(message: OutboxMessage, way: Way, now: Now) -> None:
    if message.attempts > 1 and (found := way.find()) is not None:
        _confirm(message, now(), found)
        return
    if message.answered_at:
        _not_seen(message, message.answered_at, now())
        return
    if message.decision is None and not message.case.is_open and not _outlives_the_case(message):
        proofs.withdraw(message, at=now(), words=proofs.CASE_HAD_ENDED)
        return
    if not proofs.is_approved(message):
        proofs.void(message, at=now(), words=proofs.NOT_APPROVED)
        return
    if not way.still_holds(now()):
        proofs.void(message, at=now())
        return
    before = way.before()
    if switches.stopping(message):  # engaged since it was claimed
        proofs.postpone(message, until=now(), words=message.error)
        return
    if proofs.sending(message, at=now(), until=now() + LEASE, before=before):
        proof = way.do(now())
        message.answered_at = now()
        _read_back(message, way, proof, now)


def _outlives_the_case(message: OutboxMessage) -> bool:
    """The answer to a request, and news of what happened, the end of the case included."""
    return message.verb == Verb.ANSWER or announcing.is_news(message)


def _read_back(message: OutboxMessage, way: Way, proof: Values | None, now: Now) -> None:
    """It was answered; where the answer is no proof, see it there. Not seeing it is doubt, not
    failure."""
    try:
        found = proof if proof is not None else way.find()
    except (errors.OdooError, Undelivered) as error:
        proofs.doubt(message, at=now(), until=now() + FIRST_WAIT, words=error.in_full)
        return
    if found is None:
        proofs.doubt(message, at=now(), until=now() + LOOK_AFTER, words=NOT_SEEN)
    else:
        _confirm(message, now(), found)


def _confirm(message: OutboxMessage, at: datetime, found: Values) -> None:
    """It stands there; where it had been gone, that gap of the ledger is closed."""
    proofs.confirm(message, at=at, after=found)
    if message.attempts > 1 and message.state == OutboxState.CONFIRMED:
        sent.close(message, Repair.SENT_AGAIN, at=at)


def _not_seen(message: OutboxMessage, answered_at: datetime, at: datetime) -> None:
    """Looked for again after the yes, in vain. To send it again could do it twice, or fight with
    somebody who has changed it since: after a while a person has to look.
    """
    if at - answered_at < LOOK_FOR:
        proofs.doubt(message, at=at, until=at + LOOK_AFTER, words=NOT_SEEN)
    else:
        proofs.fail(message, at=at, words=NEVER_SEEN)


def _sort(message: OutboxMessage, error: errors.OdooError | Undelivered, at: datetime) -> None:
    """Into try again, look again, or no."""
    words = error.in_full
    if isinstance(error, NotConnected):
        _nowhere(message, words, at)
    elif isinstance(error, errors.UnknownModel) and message.model in chatter.WITHOUT_CHATTER:
        _nowhere(message, NO_TO_DOS, at)
    elif error.ambiguous and message.sent_at:
        proofs.doubt(message, at=at, until=at + LOOK_AFTER, words=words)
    elif error.retry_safe or error.ambiguous or isinstance(error, WAITS_FOR_ADMIN):
        proofs.postpone(message, until=at + backoff(message.attempts), words=words)
    else:
        proofs.fail(message, at=at, words=words)


def _nowhere(message: OutboxMessage, words: str, at: datetime) -> None:
    """There is nothing that could take it: for Odoo, neither a chatter nor to-dos."""
    if message.decision is None:
        proofs.withdraw(message, at=at, words=words)
    else:
        proofs.fail(message, at=at, words=words)


# Nothing is wrong with the message: the connection has to be put right first.
WAITS_FOR_ADMIN = (*errors.OUT_OF_REACH, errors.TurnedAway)
NO_ANSWER = (*errors.OUT_OF_REACH, errors.AmbiguousOutcome, errors.BadAnswer)


def backoff(attempts: int) -> timedelta:
    """Doubling from 5 seconds to 15 minutes, with jitter so that senders spread out."""
    wait = min(FIRST_WAIT * (1 << min(attempts, 10)), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
