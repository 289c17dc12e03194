"""Rounds: all the work that is due on all connections, one connection at a time.

A connection that is being read by another process is left to it (an advisory lock of PostgreSQL,
which ends with whoever holds it).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection as database

from integrations.models import OdooAccess, OdooCall
from integrations.odoo import connecting, errors, reconcile, sync

logger = logging.getLogger(__name__)

LOCK_SPACE = 0x0D00  # our range of advisory locks: one a connection
KEEP_CALLS = timedelta(days=8)

Now = Callable[[], datetime]


def sync_all(now: Now) -> list[sync.Read]:
    """One round of every enabled connection; a connection that fails does not stop the others."""
    return [read for row in _ready() for read in sync_one(row, now)]


def sync_one(row: OdooAccess, now: Now) -> list[sync.Read]:
    with _alone(row) as alone:
        if not alone:
            return []
        try:
            with connecting.opened(row) as odoo:
                return sync.sync(row, odoo, now=now)
        except errors.OdooError as error:
            return sync.record_failure(row, error.in_full, at=now())
        except Exception:
            logger.exception("%s could not be read", row.connection)
            return sync.record_failure(row, sync.UNEXPECTED, at=now())


def reconcile_all(now: Now) -> list[reconcile.Gap]:
    """Compare both sides of every enabled connection and repair what differs."""
    return [gap for row in _ready() for gap in _reconcile(row, now)]


def _reconcile(row: OdooAccess, now: Now) -> list[reconcile.Gap]:
    with _alone(row) as alone:
        if not alone:
            return []
        try:
            with connecting.opened(row) as odoo:
                return reconcile.reconcile(row, odoo, at=now())
        except errors.OdooError as error:
            logger.warning("%s could not be reconciled: %s", row.connection, error)
            return [reconcile.Gap(str(row.connection), "everything", error=error.in_full)]


def forget_old_calls(now: Now) -> int:
    """Call metrics are kept for a week."""
    deleted, _ = OdooCall.objects.filter(at__lt=now() - KEEP_CALLS).delete()
    return deleted


def _ready() -> list[OdooAccess]:
    ready = {"connection__enabled": True, "user_id__isnull": False}
    return list(OdooAccess.objects.select_related("connection").filter(**ready).order_by("id"))


@contextmanager
def _alone(row: OdooAccess) -> Iterator[bool]:
    """Whether nobody else reads this connection now; if so, nobody else will until the block
    ends.
    """
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, row.pk])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, row.pk])
