"""Canaries: a marked test event that walks from Odoo to the tower and back, where one is wanted.

Odoo → webhook → inbox → test case → push → read-back → clean-up. Each hop is a step that stands in
the table once it is done, so that whoever comes next goes on where the last one was killed. What
did not come in time, or was refused, ends the walk, and the row says at which hop and why.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exceptions import judging, policies, settings_history, switches
from exceptions.facts import Receipt
from exceptions.models import Connection, Site, User
from exceptions.vocabulary import Governed, Verb, Via
from integrations import resting
from integrations.alone import CANARY, alone
from integrations.models import Canary, CanaryRun, Hop, InboxDelivery, OdooAccess, OdooRules
from integrations.odoo import canary as walk
from integrations.odoo import errors, hooked, sync
from integrations.odoo.client import Odoo

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=120)  # for each hop
KEEP = timedelta(days=14)
LATE = timedelta(minutes=5)  # beyond its interval
LONG_AGO = timedelta(days=400)  # so late that every threshold finds it
IN_ODOO = (Hop.ODOO, Hop.PUSH, Hop.READ_BACK, Hop.CLEAN_UP)

Now = Callable[[], datetime]


class Broken(Exception):
    """The hop cannot be done; the text says why."""


class Stopped(Exception):
    """Nothing may be sent any more; the text says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk under way."""

    row: OdooAccess
    run: CanaryRun
    mark: str
    now: Now


# Switched on and off, and read ------------------------------------------------------------------


def of(row: OdooAccess) -> Canary:
    return Canary.objects.get_or_create(access=row)[0]


@transaction.atomic
def switch(
    row: OdooAccess, *, on: bool, minutes: int, by: User | None, via: Via, at: datetime
) -> None:
    """Send it every so many minutes from now on, or not any more."""
    canary = of(row)
    changed = (canary.enabled, canary.every_minutes) != (on, minutes)
    canary.enabled, canary.every_minutes = on, minutes
    canary.due_at, canary.skipped_at, canary.skipped_because = at if on else None, None, ""
    canary.save()
    if changed:
        what = f"every {minutes} min" if on else "switched off"
        says = f"{row.connection}: canary {what}"
        settings_history.add(Governed.CONNECTION, says, by=by, via=via, at=at)


def latest(connection: Connection) -> CanaryRun | None:
    """The last walk that ended; its `passed`, `broken_at` and `reason` say how."""
    runs = CanaryRun.objects.filter(access__connection=connection, ended_at__isnull=False)
    return runs.order_by("-started_at").first()


def history(row: OdooAccess) -> QuerySet[CanaryRun]:
    """The newest first."""
    return CanaryRun.objects.filter(access=row).order_by("-started_at", "-pk")


def is_late(canary: Canary, *, at: datetime) -> bool:
    """Whether it is due for so long that the worker cannot be at it."""
    return bool(canary.enabled and canary.due_at and canary.due_at < at - LATE)


def why_not(row: OdooAccess) -> str:
    """Why no canary may be sent there now, in a few words; empty where one may."""
    rules = OdooRules.objects.filter(access=row, provisioned_at__isnull=False)
    if not row.connection.enabled:
        return _("the connection is off")
    if row.user_id is None or not rules.exists():
        return _("Odoo does not tell of changes yet: set up its rules first")
    if not row.connection.sending:
        return _("sending is off")
    ours = Q(site=None) | Q(site__connection=row.connection)
    if switches.engaged().filter(ours, verb__in=("", Verb.ATTACH)).exists():
        return _("a kill switch is on")
    return ""


def forget(now: Now) -> int:
    """Walks are kept for two weeks; how many were removed."""
    deleted, _rows = CanaryRun.objects.filter(started_at__lt=now() - KEEP).delete()
    return deleted


# Walking ----------------------------------------------------------------------------------------


def walk_all(now: Now) -> int:
    """Begin what is due, and go on with what is under way; how many ended."""
    due = Q(enabled=True, due_at__lte=now())
    under_way = Q(access__canary_runs__ended_at=None, access__canary_runs__isnull=False)
    found = Canary.objects.filter(due | under_way).select_related("access__connection").distinct()
    return sum(_walk_alone(canary, now) for canary in found)


def _walk_alone(canary: Canary, now: Now) -> bool:
    with alone(canary.access, CANARY) as is_alone:
        if not is_alone:
            return False
        run = _under_way(canary) or _begun(canary, now())
        if run is None:
            return False
        mark = OdooRules.objects.get(access=canary.access).mark
        try:
            _go_on(Walk(canary.access, run, mark, now))
        except Stopped as stopped:  # nothing is wrong with the way; what is left, the next deletes
            run.delete()
            _skip(canary, str(stopped), now())
            return False
        return run.ended_at is not None


def _under_way(canary: Canary) -> CanaryRun | None:
    return CanaryRun.objects.filter(access=canary.access, ended_at=None).first()


def _begun(canary: Canary, at: datetime) -> CanaryRun | None:
    """The next walk, where it is due and may be sent; it is not made up for later."""
    canary.refresh_from_db(fields=["enabled", "due_at"])
    if not canary.enabled or canary.due_at is None or canary.due_at > at:
        return None
    because = why_not(canary.access)
    canary.due_at = at + timedelta(minutes=canary.every_minutes)
    canary.save(update_fields=["due_at"])
    _skip(canary, because, at)
    return None if because else CanaryRun.objects.create(access=canary.access, started_at=at)


def _skip(canary: Canary, because: str, at: datetime) -> None:
    """Say why it was not sent; without a reason, that it was."""
    canary.skipped_at, canary.skipped_because = (at, because[:300]) if because else (None, "")
    canary.save(update_fields=["skipped_at", "skipped_because"])


def _go_on(walk_: Walk) -> None:
    """As many hops as can be done now."""
    while (hop := walk_.run.hop) and walk_.run.ended_at is None:
        try:
            at = _done(walk_, hop)
        except errors.OdooError as error:
            _break(walk_, hop, error.in_full)
        except Broken as broken:
            _break(walk_, hop, str(broken))
        except Stopped:
            raise
        except Exception:
            logger.exception("%s: the canary fell at %s", walk_.row, hop)
            _break(walk_, hop, sync.UNEXPECTED)
        else:
            if at is None:
                _wait(walk_, hop)
                return
            setattr(walk_.run, f"{hop}_at", at)
            walk_.run.ended_at = at if hop == Hop.CLEAN_UP else None
            walk_.run.save()


def _done(walk_: Walk, hop: Hop) -> datetime | None:
    """When the hop was done; None while it is waited for. Raises OdooError, Broken or Stopped."""
    if hop in IN_ODOO:
        return _done_in_odoo(walk_, hop)
    if hop == Hop.CASE:
        return _open_test_case(walk_)
    delivery = _delivery(walk_)
    if delivery is None:
        return None
    return delivery.received_at if hop == Hop.WEBHOOK else delivery.done_at


def _delivery(walk_: Walk) -> InboxDelivery | None:
    """By its key: the record that was touched, and a stamp that nobody had before."""
    ours = InboxDelivery.objects.filter(
        connection=walk_.row.connection,
        key__startswith=f"{hooked.USERS}:{walk_.row.user_id}:",
        received_at__gte=walk_.run.started_at,
    )
    return ours.order_by("received_at").first()


def _done_in_odoo(walk_: Walk, hop: Hop) -> datetime:
    if because := why_not(walk_.row):
        raise Stopped(because)
    walk_.row.refresh_from_db(fields=["silences", "rest_until"])
    if walk_.row.rest_until and walk_.row.rest_until > walk_.now():
        raise Broken(_("Odoo did not answer lately, and is left alone for a while."))
    with resting.opened(walk_.row, walk_.now) as odoo:
        _do(walk_, hop, odoo)
    return walk_.now()


def _do(walk_: Walk, hop: Hop, odoo: Odoo) -> None:
    number = walk_.run.pk
    if hop == Hop.ODOO:
        assert walk_.row.user_id is not None
        walk.touch(odoo, walk_.row.user_id)
    elif hop == Hop.PUSH:
        walk.put(odoo, walk_.mark, number)
    elif hop == Hop.READ_BACK:
        if not walk.is_there(odoo, walk_.mark, number):
            raise Broken(_("Odoo said yes, but it does not stand there."))
    else:
        walk.clean_up(odoo, walk_.mark)
        if walk.is_there(odoo, walk_.mark, number):
            raise Broken(_("Odoo said that it was deleted, but it still stands there."))


def _open_test_case(walk_: Walk) -> datetime:
    """A receipt that is long overdue, judged under the policies in force. Its case is this run."""
    at = walk_.now()
    judged = judging.judge(_overdue(walk_, at), policies.in_force(), at)
    if not judged:
        raise Broken(_("No policy is in force that judges a late receipt."))
    found = [each.finding.title for each in judged if each.finding]
    walk_.run.case_title = (found[0] if found else _("Late receipts are switched off"))[:200]
    return at


def _overdue(walk_: Walk, at: datetime) -> Receipt:
    site = Site.objects.filter(connection=walk_.row.connection).order_by("pk").first()
    if site is None:
        raise Broken(_("No warehouse of this Odoo has been read yet."))
    return Receipt(
        connection_id=walk_.row.connection_id,
        site_id=site.pk,
        model="canary",
        record_id=walk_.run.pk,
        reference=f"Canary {walk_.run.pk}",
        url="",
        read_at=at,
        written_at=at,
        company="",
        open=True,
        promised_at=at - LONG_AGO,
        planned_at=at - LONG_AGO,
        value=Decimal(1),
        currency="EUR",
    )


def _wait(walk_: Walk, hop: Hop) -> None:
    """Nothing is done; after a while that is why it ends."""
    before = [at for _hop, at in walk_.run.reached if at]
    waited = walk_.now() - max(before, default=walk_.run.started_at)
    if waited < PATIENCE:
        return
    seconds = int(PATIENCE.total_seconds())
    if hop == Hop.WEBHOOK:
        words = ngettext("Nothing arrived in %s s.", "Nothing arrived in %s s.", seconds)
    else:
        words = ngettext("Not worked through in %s s.", "Not worked through in %s s.", seconds)
    _break(walk_, hop, words % seconds)


def _break(walk_: Walk, hop: Hop, reason: str) -> None:
    """The walk ends here. What it left in Odoo is deleted now if that goes, else by the next."""
    run = walk_.run
    run.broken_at, run.reason, run.ended_at = hop, reason[:300], walk_.now()
    run.save()
    if hop in (Hop.READ_BACK, Hop.PUSH) and not why_not(walk_.row):
        try:
            with resting.opened(walk_.row, walk_.now) as odoo:
                walk.clean_up(odoo, walk_.mark)
        except errors.OdooError as error:
            logger.warning("%s: the next canary cleans up: %s", walk_.row, error)
