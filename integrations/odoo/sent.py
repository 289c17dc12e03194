"""What was sent, looked at again: whether what we believe to stand in Odoo still does.

Every message that was proved is looked at from time to time for some weeks, what nobody has looked
at for the longest first. Odoo may change what we put there, and then it is right; but where ours
is gone without a trace (deleted, or a backup was played back), that is a gap of the ledger.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from exceptions import lifecycle, proofs
from exceptions.models import OutboxMessage
from exceptions.vocabulary import OWN_MODELS, Happening, OutboxState, Target, Verb
from integrations.models import Expected, Found, Gap, GapKind, OdooAccess, Repair, SentCheck
from integrations.odoo import errors, sync
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.errands import Errand, Values, errand_of
from integrations.odoo.push import PUSHERS
from integrations.odoo.taking_back import CANCELLED, MADE

logger = logging.getLogger(__name__)

SOURCE = "outbox"  # as the ledger names it beside the sources
WINDOW = timedelta(days=30)
SETTLED = timedelta(minutes=10)  # after its proof
AGAIN_AFTER = timedelta(hours=6)
AT_A_TIME = 100  # messages of a connection in one round; each takes a few calls
LONGEST = timedelta(minutes=1)
CLOCKS_DIFFER = timedelta(minutes=1)

# These leave something of their own behind, which bears the key.
ADDED = frozenset(
    {
        Verb.NOTE,
        Verb.ACTIVITY,
        Verb.TASK,
        Verb.TICKET,
        Verb.CUSTOMER_DRAFT,
        Verb.APPROVAL,
        Verb.ASK,
        Verb.ANSWER,
        Verb.ATTACH,
        *MADE,
    }
)
# These set a value, which a later message of the same verb replaces; of the record itself, so that
# its stamp tells of them, unless the document is an order, whose transfers they are written to.
SET = frozenset({Verb.PRIORITY, Verb.NEW_DATE, Verb.HOLD_BILL, Verb.CANCEL})
ORDER = "sale.order"

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Looked:
    found: Found
    reason: str = ""


def believed(messages: QuerySet[OutboxMessage], *, at: datetime) -> QuerySet[OutboxMessage]:
    """Of the messages, those whose effect we believe to stand in Odoo: read back there lately, and
    neither replaced nor taken back by ourselves, nor left as it is by a person. What is gone is
    among them until that is settled.
    """
    others = OutboxMessage.objects.filter(state=OutboxState.CONFIRMED)
    same = others.filter(
        read_back_at__gte=at - WINDOW,
        connection=OuterRef("connection"),
        model=OuterRef("model"),
        record_id=OuterRef("record_id"),
        verb=OuterRef("verb"),
        pk__gt=OuterRef("pk"),
    )
    undoing = others.filter(case=OuterRef("case"), verb=Verb.TAKE_BACK)
    taken_back = undoing.annotate(made_by=KT("parameters__made_by")).filter(made_by=OuterRef("key"))
    proved = messages.filter(
        state=OutboxState.CONFIRMED, target=Target.SOURCE, by_hand=None, look__left_at=None
    )
    lately = proved.filter(Q(read_back_at__gte=at - WINDOW) | Q(look__found=Found.LOST))
    replaced = Q(verb__in=SET) & Exists(same)
    return lately.exclude(replaced).exclude(Q(verb__in=MADE) & Exists(taken_back))


def due(row: OdooAccess, *, at: datetime) -> QuerySet[OutboxMessage]:
    """What is to be looked at now: what nobody has looked at for the longest first."""
    of_it = OutboxMessage.objects.filter(connection=row.connection_id)
    never = Q(look=None, read_back_at__lte=at - SETTLED)
    long_ago = Q(look__looked_at__lte=at - AGAIN_AFTER)
    longest = F("look__looked_at").asc(nulls_first=True)
    found = believed(of_it, at=at).filter(never | long_ago)
    return found.select_related("case__document", "look").order_by(longest, "pk")


def look_at_due(row: OdooAccess, odoo: Odoo, *, now: Now) -> int:
    """Look at what is due, one by one; at how much was looked. Raises OdooError where Odoo cannot
    be reached, or is busy: then the rest is due the next time.
    """
    looked, until = 0, now() + LONGEST
    for message in due(row, at=now())[:AT_A_TIME]:
        if now() > until:
            break
        keep(message, _look_or_say_why(odoo, errand_of(row, message), now), at=now())
        looked += 1
    return looked


def _look_or_say_why(odoo: Odoo, errand: Errand, now: Now) -> Looked:
    try:
        return look(odoo, errand, at=now())
    except errors.OdooError as error:
        if error.silence or error.retry_safe or isinstance(error, errors.OUT_OF_REACH):
            raise
        return Looked(Found.UNREADABLE, error.in_full)
    except Exception:
        logger.exception("%s could not be looked at", errand.message.key)
        return Looked(Found.UNREADABLE, sync.UNEXPECTED)


def look(odoo: Odoo, errand: Errand, *, at: datetime) -> Looked:
    """Whether what a message did stands there; reads only. Raises OdooError."""
    verb = Verb(errand.message.verb)
    try:
        state = _state_of_made(odoo, errand)
        if state == CANCELLED:
            return Looked(Found.MOVED, _("It stands there, cancelled."))
        if state or PUSHERS[verb].find(odoo, errand) is not None:
            return Looked(Found.AGREES)
        stamp = _stamp(odoo, errand)
    except errors.MissingRecord:
        return Looked(Found.MOVED, _("What it was about is not in Odoo any more."))
    if verb in ADDED:
        return Looked(Found.LOST, _("Nothing in Odoo bears its key any more."))
    return _value(odoo, errand, stamp, at)


def _state_of_made(odoo: Odoo, errand: Errand) -> str:
    """Of the record that bears the message's key, where its verb makes one that has a state."""
    made = MADE.get(errand.message.verb)
    if made is None:
        return ""
    domain = [[made.mark, "ilike", errand.key]]
    rows = odoo.search_read(made.model, domain, ["state"], order="id", limit=1)
    return str(rows[0]["state"]) if rows else ""


def _stamp(odoo: Odoo, errand: Errand) -> datetime | None:
    """When the record was last written. None for what the tower itself keeps. Raises
    MissingRecord.
    """
    document = errand.document
    if document.model in OWN_MODELS:
        return None
    rows = odoo.read(document.model, [document.record_id], ["write_date"])
    if not rows:
        raise errors.MissingRecord
    return from_odoo(rows[0]["write_date"])


def _value(odoo: Odoo, errand: Errand, stamp: datetime | None, at: datetime) -> Looked:
    """A value is another now: somebody changed it since, unless the record says that it was last
    written before we did.
    """
    message = errand.message
    now = PUSHERS[message.verb].before(odoo, errand)
    on_record = message.verb in SET and errand.document.model != ORDER
    if on_record and stamp and message.sent_at:
        ahead = (odoo.server_clock or at) - at
        if stamp - ahead < message.sent_at - CLOCKS_DIFFER:
            return Looked(Found.LOST, _("In Odoo it was last written before: %s") % _in_words(now))
    return Looked(Found.MOVED, _in_words(now))


def _in_words(values: Values | None) -> str:
    return ", ".join(f"{name}: {value}" for name, value in (values or {}).items())


# What becomes of it here -------------------------------------------------------------------------


@transaction.atomic
def keep(message: OutboxMessage, looked: Looked, *, at: datetime) -> None:
    """Write down what a look has found. Not where the message is on its way again meanwhile."""
    case = lifecycle.locked(message.case_id)
    unchanged = OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxState.CONFIRMED, attempts=message.attempts
    )
    if not unchanged.select_for_update(no_key=True).exists():
        return
    before = SentCheck.objects.filter(message=message).first()
    same = before is not None and before.found == looked.found
    values: dict[str, Any] = {
        "found": looked.found,
        "since": before.since if before and same else at,
        "looked_at": at,
        "reason": looked.reason[:300],
    }
    SentCheck.objects.update_or_create(message=message, defaults=values)
    if looked.found == Found.LOST:
        last = before.looked_at if before else message.read_back_at
        if _is_new_gap(message, last or at, looked, at):
            said = {"text": gone(message), "key": message.key}
            proofs.append(case, Happening.NOTED, proofs.ODOO, at, said)
    elif looked.found != Found.UNREADABLE:
        close(message, Repair.BY_ITSELF, at=at)


def gone(message: OutboxMessage) -> str:
    words = _("Gone from Odoo, where it was proved before: %s")
    return words % message.get_verb_display()


def _is_new_gap(message: OutboxMessage, last: datetime, looked: Looked, at: datetime) -> bool:
    values: dict[str, Any] = {
        "connection_id": message.connection_id,
        "source": SOURCE,
        "model": message.model,
        "record_id": message.record_id,
        "document": message.case.document,
        "what": GapKind.LOST,
        "expected_by": Expected.COMPARING,
        "since": last,
        "found_at": at,
        "case_id": message.case_id,
    }
    seen = {"seen_at": at, "reason": looked.reason[:300]}
    _gap, is_new = Gap.objects.update_or_create(
        message=message, repaired_at=None, defaults=seen, create_defaults={**values, **seen}
    )
    return is_new


def close(message: OutboxMessage, how: Repair, *, at: datetime) -> bool:
    """End its gap, if it has one that is open."""
    opened = Gap.objects.filter(message=message, repaired_at=None)
    if not opened.update(repaired_at=at, repaired_how=how, reason=""):
        return False
    if how == Repair.SENT_AGAIN:
        again = {"found": Found.AGREES, "since": at, "looked_at": at, "reason": ""}
        SentCheck.objects.filter(message=message).update(**again)
    return True
