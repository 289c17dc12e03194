"""The outbox worked off: claim, send, read back, prove.

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

from django.conf import settings
from django.db import connection

from exceptions import proofs
from exceptions.models import Document, OutboxMessage
from exceptions.vocabulary import OutboxState
from integrations import resting
from integrations.models import OdooAccess
from integrations.odoo import chatter, errors, push, sync
from integrations.odoo.client import Odoo
from integrations.odoo.sources import SOURCES, Source

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


@cache
def _claim_statement() -> str:
    return (Path(__file__).parent / "sql" / "claim_outbox.sql").read_text()


def deliver_due(now: Now, *, limit: int = 200) -> int:
    """Deliver what is due, one by one; returns how many were attempted.

    A connection that does not answer is left alone for the rest of the run, so that its messages do
    not hold up those of others.
    """
    done = 0
    silent: set[int] = set()
    while done < limit and (message := claim(now(), silent)):
        if not deliver(message, now):
            silent.add(message.connection_id)
        done += 1
    return done


def claim(at: datetime, silent: Collection[int] = ()) -> OutboxMessage | None:
    """The next due message, leased to the caller; of one record only the earliest unfinished one,
    and none of the `silent` connections.
    """
    values: dict[str, Any] = {"at": at, "lease_until": at + LEASE, "silent": list(silent)}
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

    Returns whether the connection answered.
    """
    row = OdooAccess.objects.select_related("connection").get(connection=message.connection)
    try:
        with resting.opened(row, now) as odoo:
            _deliver(message, odoo, row, now)
    except errors.OdooError as error:
        _sort(message, error, now())
        return not isinstance(error, NO_ANSWER)
    except Exception:
        logger.exception("%s could not be sent", message.key)
        proofs.stumble(message, at=now(), most=MOST_MISTAKES, words=sync.UNEXPECTED)
    return True


def _deliver(message: OutboxMessage, odoo: Odoo, row: OdooAccess, now: Now) -> None:
    pusher = push.PUSHERS[message.verb]
    errand = push.Errand(message, message.case.document, settings.TOWER_BASE_URL)
    if message.attempts > 1 and (found := pusher.find(odoo, errand)) is not None:
        proofs.confirm(message, at=now(), after=found)
        return
    if message.answered_at:
        _not_seen(message, message.answered_at, now())
        return
    if message.decision is None and not message.case.is_open:
        proofs.withdraw(message, at=now(), words=proofs.CASE_HAD_ENDED)
        return
    if not _still_holds(message, odoo, row, now()):
        proofs.void(message, at=now())
        return
    before = pusher.before(odoo, errand)
    if proofs.sending(message, at=now(), until=now() + LEASE, before=before):
        pusher.do(odoo, errand, at=now())
        message.answered_at = now()
        _read_back(message, pusher, errand, odoo, now)


def _read_back(
    message: OutboxMessage, pusher: push.Pusher, errand: push.Errand, odoo: Odoo, now: Now
) -> None:
    """It was answered; now see it there. Not seeing it is doubt, not failure."""
    try:
        found = pusher.find(odoo, errand)
    except errors.OdooError as error:
        proofs.doubt(message, at=now(), until=now() + FIRST_WAIT, words=error.user_message)
        return
    if found is None:
        proofs.doubt(message, at=now(), until=now() + LOOK_AFTER, words=NOT_SEEN)
    else:
        proofs.confirm(message, at=now(), after=found)


def _not_seen(message: OutboxMessage, answered_at: datetime, at: datetime) -> None:
    """Looked for again after the yes, in vain. To send it again could do it twice, or fight with
    somebody who has changed it since: after a while a person has to look.
    """
    if at - answered_at < LOOK_FOR:
        proofs.doubt(message, at=at, until=at + LOOK_AFTER, words=NOT_SEEN)
    else:
        proofs.fail(message, at=at, words=NEVER_SEEN)


def _still_holds(message: OutboxMessage, odoo: Odoo, row: OdooAccess, at: datetime) -> bool:
    """Whether the record is still as it was when the decision was made. Once a step of the decision
    stands there, the record has moved because of it, and the rest follows.
    """
    decision, document = message.decision, message.case.document
    if decision is None or decision.outbox.filter(state=OutboxState.CONFIRMED).exists():
        return True
    source = _source_of(document)
    if source:
        sync.read_documents(row, odoo, source, [document.record_id], at=at)
    document.refresh_from_db()
    return document.gone_at is None and document.substance == decision.substance


def _source_of(document: Document) -> Source | None:
    """Where it can be read again; None for what the tower itself keeps."""
    told = (
        s
        for s in SOURCES
        if s.document_model == document.model and s.facts_type == document.facts_type
    )
    return next((source for source in told if source.authority), None)


def _sort(message: OutboxMessage, error: errors.OdooError, at: datetime) -> None:
    """Into try again, look again, or no."""
    words = error.in_full
    if isinstance(error, errors.UnknownModel) and message.model in chatter.WITHOUT_CHATTER:
        _nowhere_to_say_it(message, at)
    elif error.ambiguous and message.sent_at:
        proofs.doubt(message, at=at, until=at + LOOK_AFTER, words=words)
    elif error.retry_safe or error.ambiguous or isinstance(error, WAITS_FOR_ADMIN):
        proofs.postpone(message, until=at + backoff(message.attempts), words=words)
    else:
        proofs.fail(message, at=at, words=words)


def _nowhere_to_say_it(message: OutboxMessage, at: datetime) -> None:
    """There is no record with a chatter, and no to-do in its place either."""
    if message.decision is None:
        proofs.withdraw(message, at=at, words=NO_TO_DOS)
    else:
        proofs.fail(message, at=at, words=NO_TO_DOS)


# Nothing is wrong with the message: the connection has to be put right first.
WAITS_FOR_ADMIN = (*errors.OUT_OF_REACH, errors.TurnedAway)
NO_ANSWER = (*errors.OUT_OF_REACH, errors.AmbiguousOutcome, errors.BadAnswer)


def backoff(attempts: int) -> timedelta:
    """Doubling from 5 seconds to 15 minutes, with jitter so that senders spread out."""
    wait = min(FIRST_WAIT * (1 << min(attempts, 10)), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
