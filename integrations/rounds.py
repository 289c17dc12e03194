"""Rounds: all the work that is due on all connections, one connection at a time.

A connection that is being read by another process is left to it (an advisory lock of PostgreSQL,
which ends with whoever holds it). One that did not answer rests for a while and then comes last, so
that it does not hold up the others (see `resting`); nor does one that has very much to tell, for a
round has its time.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from integrations import resting
from integrations.alone import alone
from integrations.models import OdooAccess, OdooCall, ReconcileRequest, ReconcileRun
from integrations.odoo import (
    approval_answers,
    attachments,
    duty_rosters,
    errors,
    reconcile,
    scheduled_actions,
    sent,
    sync,
    throughput,
    transits,
)

logger = logging.getLogger(__name__)

KEEP_CALLS = timedelta(days=8)
LONGEST_ROUND = timedelta(minutes=1)

Now = Callable[[], datetime]


def sync_all(now: Now) -> list[sync.Read]:
    """One round of every connection that is enabled and not resting; a connection that fails does
    not stop the others.
    """
    return [read for row in _ready(now) for read in sync_one(row, now, longest=LONGEST_ROUND)]


def sync_to_the_end(now: Now) -> list[sync.Read]:
    """As sync_all, but resting ones are tried, too, and nothing is left for a later round."""
    return [read for row in _ready(now, resting_too=True) for read in sync_one(row, now)]


def sync_one(row: OdooAccess, now: Now, *, longest: timedelta | None = None) -> list[sync.Read]:
    """A round of one connection; after `longest` the rest of it is left for the next."""
    with alone(row) as is_alone:
        if not is_alone:
            return []
        try:
            return _sync(row, now, longest)
        except errors.OdooError as error:
            return sync.record_failure(row, error.in_full, at=now())
        except Exception:
            logger.exception("%s could not be read", row.connection)
            return sync.record_failure(row, sync.UNEXPECTED, at=now())


def _sync(row: OdooAccess, now: Now, longest: timedelta | None) -> list[sync.Read]:
    with resting.opened(row, now) as odoo:
        until = now() + longest if longest else None
        reads = sync.sync(row, odoo, now=now, until=until)
        if any(read.silence for read in reads):
            resting.rest(row, at=now())
        return reads


def read_duty(now: Now) -> int:
    """Who works when and who is away, of every connection where it was last read some time ago.
    How many were read.
    """
    return sum(_read_duty(row, now) for row in _ready(now) if duty_rosters.due(row, at=now()))


def _read_duty(row: OdooAccess, now: Now) -> bool:
    with alone(row) as is_alone:
        if not is_alone:
            return False
        try:
            with resting.opened(row, now) as odoo:
                duty_rosters.read(row, odoo, at=now())
        except errors.OdooError as error:
            logger.warning("%s: rosters could not be read: %s", row.connection, error)
            return False
        return True


def read_answers(now: Now) -> int:
    """What people answered in Odoo to requests for approval, of every connection that asks there.
    How many answers were heard.
    """
    asked = (row for row in _ready(now) if row.connection.asks_there)
    return sum(_read(row, now, "answers", approval_answers.read) for row in asked)


def read_actions(now: Now) -> int:
    """Odoo's own scheduled actions, of every connection where they are due; how many were asked."""
    return sum(
        _read_actions(row, now) for row in _ready(now) if scheduled_actions.due(row, at=now())
    )


def _read_actions(row: OdooAccess, now: Now) -> bool:
    with alone(row) as is_alone:
        if not is_alone:
            return False
        note = ""
        try:
            with resting.opened(row, now) as odoo:
                scheduled_actions.read(row, odoo, at=now())
        except errors.AccessRefused:
            note = _("The tower's user may not read them (the model ir.cron).")
        except errors.OdooError as error:
            logger.warning("%s: scheduled actions could not be read: %s", row.connection, error)
            note = error.in_full
        OdooAccess.objects.filter(pk=row.pk).update(actions_read_at=now(), actions_note=note[:300])
        return True


def count_throughput(now: Now) -> int:
    """What sites completed, of every connection; how many days of sites were counted."""
    wanted = (row for row in _ready(now) if throughput.wanted(row, at=now()))
    return sum(_read(row, now, "completed transfers", throughput.read) for row in wanted)


def read_transits(now: Now) -> int:
    """Promises and when they were kept, of every connection where it is due; how many transfers
    were read.
    """
    due = (row for row in _ready(now) if transits.due(row, at=now()))
    return sum(_read(row, now, "promises", transits.read) for row in due)


def _read(row: OdooAccess, now: Now, what: str, read: Callable[..., int]) -> int:
    """How much of `what` was read; nothing while another process is at the connection, or where
    Odoo fails: then it is read another time.
    """
    with alone(row) as is_alone:
        if not is_alone:
            return 0
        try:
            with resting.opened(row, now) as odoo:
                return read(row, odoo, at=now())
        except errors.OdooError as error:
            logger.warning("%s: %s could not be read: %s", row.connection, what, error)
            return 0


def reconcile_all(now: Now) -> list[ReconcileRun]:
    """Compare both sides of every connection that is enabled and not resting, and repair what
    differs.
    """
    return [run for row in _ready(now) for run in _reconcile(row, now)]


def _reconcile(row: OdooAccess, now: Now) -> list[ReconcileRun]:
    with alone(row) as is_alone:
        if not is_alone:
            return []
        try:
            with resting.opened(row, now) as odoo:
                return reconcile.reconcile(row, odoo, now=now)
        except errors.OdooError as error:
            logger.warning("%s could not be reconciled: %s", row.connection, error)
            failed = ReconcileRun(connection=row.connection, source="everything", started_at=now())
            failed.error = error.in_full[:500]
            return [failed]


def reconcile_asked(now: Now) -> int:
    """As reconcile_all, of the connections of which somebody has asked for it; how many were
    compared. One that is resting, or being read just now, is left for the next time.
    """
    asked = ReconcileRequest.objects.values("connection")
    rows = [row for row in _ready(now) if row.connection_id in {a["connection"] for a in asked}]
    return sum(_reconcile_asked(row, now) for row in rows)


def _reconcile_asked(row: OdooAccess, now: Now) -> bool:
    begun = now()
    if not any(run.pk for run in _reconcile(row, now)):  # not before the first reading is over
        return False
    ReconcileRequest.objects.filter(connection=row.connection_id, asked_at__lte=begun).delete()
    return True


def look_at_sent(now: Now) -> int:
    """Whether what was sent still stands there, of every connection that is not resting; at how
    much was looked.
    """
    return sum(_look_at_sent(row, now) for row in _ready(now))


def _look_at_sent(row: OdooAccess, now: Now) -> int:
    with alone(row) as is_alone:
        if not is_alone:
            return 0
        try:
            with resting.opened(row, now) as odoo:
                return sent.look_at_due(row, odoo, now=now)
        except errors.OdooError as error:
            logger.warning("%s: what was sent could not be looked at: %s", row.connection, error)
            return 0


def mirror_files(now: Now) -> int:
    """Take over the files of the records of open cases, of every connection that is not resting."""
    return sum(_mirror(row, now) for row in _ready(now))


def _mirror(row: OdooAccess, now: Now) -> int:
    with alone(row) as is_alone:
        if not is_alone:
            return 0
        try:
            with resting.opened(row, now) as odoo:
                return attachments.mirror(row, odoo, at=now())
        except errors.OdooError as error:
            logger.warning("Files of %s could not be read: %s", row.connection, error)
            return 0


def forget_old_calls(now: Now) -> int:
    """Call metrics are kept for a week."""
    deleted, _ = OdooCall.objects.filter(at__lt=now() - KEEP_CALLS).delete()
    return deleted


def _ready(now: Now, *, resting_too: bool = False) -> Iterator[OdooAccess]:
    """The silent last, else who has waited longest first. Each is looked at again in its turn:
    meanwhile it may have fallen silent to another process.
    """
    ready = OdooAccess.objects.select_related("connection").filter(
        connection__enabled=True, user_id__isnull=False
    )
    longest_first = F("connection__read_at").asc(nulls_first=True)
    for pk in list(ready.order_by("silences", longest_first, "id").values_list("pk", flat=True)):
        may_ask = Q() if resting_too else resting.awake(now())
        if row := ready.filter(may_ask, pk=pk).first():
            yield row
