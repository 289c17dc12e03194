"""Odoo's own scheduled actions: which are late, failing, or were switched off.

They do the work that nobody sees: the procurement scheduler, the queue of e-mails, automation
rules by time. Only administrators may read them as Odoo comes; the group that `reading_crons`
makes is enough. Until 17 Odoo does not tell that an action failed, since 18 it counts
failures and switches off what fails again and again (measured on neither: from its source).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.models import ActionState, OdooAccess, ScheduledAction
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo

MODEL = "ir.cron"
EVERY = timedelta(minutes=5)
FIELDS = ("cron_name", "active", "nextcall", "lastcall", "interval_number", "interval_type")
FAILURES, FAILING_SINCE = "failure_count", "first_failure_date"  # since 18
# An action is late by its own measure: one of every minute soon, one of every month never at once.
LEAST_LATE, MOST_LATE = timedelta(minutes=15), timedelta(hours=6)
INTERVALS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "months": timedelta(days=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A scheduled action as Odoo tells it; `failures` in a row, 0 where nobody counts."""

    id: int
    name: str
    active: bool
    every: timedelta
    next_at: datetime | None
    last_at: datetime | None
    failures: int = 0
    failing_since: datetime | None = None


def due(row: OdooAccess, *, at: datetime) -> bool:
    return row.actions_read_at is None or row.actions_read_at <= at - EVERY


def state_of(told: Told, before: ActionState | None, *, at: datetime) -> ActionState:
    """How an action stands. `before` is how it stood when it was last seen: one that was off from
    the beginning is nobody's mistake.
    """
    if not told.active:
        was_on = before not in (None, ActionState.NEVER_ON)
        return ActionState.SWITCHED_OFF if was_on else ActionState.NEVER_ON
    if told.failures:
        return ActionState.FAILING
    grace = min(max(told.every, LEAST_LATE), MOST_LATE)
    if told.next_at is not None and at > told.next_at + grace:
        return ActionState.LATE
    return ActionState.FINE


def read(row: OdooAccess, odoo: Odoo, *, at: datetime) -> None:
    """Read all of them and keep how each stands. Raises OdooError: AccessRefused is the usual."""
    known = odoo.fields_get(MODEL, ["type"])
    counted = [name for name in (FAILURES, FAILING_SINCE) if name in known]
    pages = paging.all_by_id(odoo, MODEL, [], [*FIELDS, *counted], context={"active_test": False})
    keep(row, (told_of(record) for page in pages for record in page), at=at)


def told_of(record: Mapping[str, Any]) -> Told:
    unit = INTERVALS.get(record["interval_type"] or "", timedelta(days=1))
    return Told(
        id=record["id"],
        name=(record["cron_name"] or str(record["id"]))[:200],
        active=bool(record["active"]),
        every=unit * max(int(record["interval_number"] or 1), 1),
        next_at=from_odoo(record["nextcall"]),
        last_at=from_odoo(record["lastcall"]),
        failures=int(record.get(FAILURES) or 0),
        failing_since=from_odoo(record.get(FAILING_SINCE) or False),
    )


def keep(row: OdooAccess, told: Iterable[Told], *, at: datetime) -> None:
    """One row an action; `since` is when it came to stand as it does. What is gone is removed."""
    kept = {a.cron_id: a for a in ScheduledAction.objects.filter(connection=row.connection)}
    seen: set[int] = set()
    for each in told:
        seen.add(each.id)
        _keep_one(row, each, kept.get(each.id), at)
    ScheduledAction.objects.filter(connection=row.connection).exclude(cron_id__in=seen).delete()


def _keep_one(row: OdooAccess, told: Told, kept: ScheduledAction | None, at: datetime) -> None:
    state = state_of(told, ActionState(kept.state) if kept else None, at=at)
    begun = told.failing_since if state == ActionState.FAILING else None
    ScheduledAction.objects.update_or_create(
        connection=row.connection,
        cron_id=told.id,
        defaults={
            "name": told.name,
            "state": state,
            "since": kept.since if kept and kept.state == state else begun or at,
            "next_at": told.next_at,
            "last_at": told.last_at,
            "failures": told.failures,
            "seen_at": at,
        },
    )
