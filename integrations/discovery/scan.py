"""The scan: a discovery that somebody asked for, carried out and kept. Nothing is written to Odoo.

A discovery waits in its table like all work. It may take minutes, so it says how far it is; one
whose worker died is begun anew by the next.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Q

from exceptions import nudges
from exceptions.kinds import KINDS
from exceptions.models import Connection, Site, User
from exceptions.vocabulary import KindCode
from integrations import resting
from integrations.discovery import (
    adjustments,
    backorders,
    bills,
    findings,
    promises,
    quality,
    returns,
    standing,
)
from integrations.discovery.findings import Report
from integrations.discovery.occurrence import LookBack, Looked, Occurrence
from integrations.models import Discovery, OdooAccess
from integrations.odoo import errors, sync
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import SOURCES, Source

logger = logging.getLogger(__name__)

TASK = "integrations.tasks.discover"
GIVEN_UP_AFTER = timedelta(minutes=30)  # without a step
LOOK_BACKS: Mapping[KindCode, LookBack] = {
    KindCode.LATE_INBOUND: promises.receipts,
    KindCode.DELIVERY_DELAY: promises.deliveries,
    KindCode.PARTIAL_RECEIPT: backorders.look,
    KindCode.INVENTORY_DISCREPANCY: adjustments.look,
    KindCode.INVOICE_MISMATCH: bills.look,
    KindCode.QUALITY_HOLD: quality.look,
    KindCode.POD_DISPUTE: returns.look,
}
KINDS_OF = {
    facts.__name__: [kind.code for kind in KINDS.values() if facts in kind.facts]
    for facts in {facts for kind in KINDS.values() for facts in kind.facts}
}
Now = Callable[[], datetime]


@dataclass(slots=True)
class Gathered:
    """What the steps have brought so far."""

    occurrences: list[Occurrence] = field(default_factory=list)
    looked: dict[KindCode, Looked] = field(default_factory=dict)
    absent: dict[KindCode, list[str]] = field(default_factory=lambda: defaultdict(list))
    trouble: dict[KindCode, str] = field(default_factory=dict)


@transaction.atomic
def ask(connection: Connection, by: User | None, *, at: datetime) -> Discovery:
    """Ask for a discovery; one that waits or runs already is the answer."""
    Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    waiting = Discovery.objects.filter(connection=connection, finished_at=None).first()
    if waiting:
        return waiting
    nudges.after_commit(TASK)
    return Discovery.objects.create(connection=connection, asked_by=by, asked_at=at)


def discover_due(now: Now) -> int:
    """Carry out what waits; returns how many were finished."""
    finished = 0
    while asked := _claim(now()):
        _carry_out(asked, now)
        finished += 1
    return finished


@transaction.atomic
def _claim(at: datetime) -> Discovery | None:
    forgotten = Q(stepped_at=None) | Q(stepped_at__lt=at - GIVEN_UP_AFTER)
    asked = (
        Discovery.objects.filter(forgotten, finished_at=None)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("connection")
        .order_by("asked_at")
        .first()
    )
    if asked:
        asked.started_at, asked.stepped_at, asked.step = at, at, 0
        asked.save(update_fields=["started_at", "stepped_at", "step"])
    return asked


def _carry_out(asked: Discovery, now: Now) -> None:
    try:
        row = OdooAccess.objects.select_related("connection").get(
            connection=asked.connection, user_id__isnull=False
        )
        with resting.opened(row, now) as odoo:
            asked.found = msgspec.to_builtins(_report(asked, row, odoo, now), str_keys=True)
    except OdooAccess.DoesNotExist:
        asked.error = "No probe has got into this Odoo yet."
    except errors.OdooError as error:
        asked.error = error.in_full[:500]
    except Exception:
        logger.exception("%s: the discovery failed", asked.connection)
        asked.error = sync.UNEXPECTED
    asked.finished_at = now()
    asked.save(update_fields=["found", "error", "finished_at"])


def _report(asked: Discovery, row: OdooAccess, odoo: Odoo, now: Now) -> Report:
    until = now()
    since = until - timedelta(days=findings.DAYS)
    ground = Ground(odoo, row.connection, row.url, read_at=until)
    gathered = Gathered()
    steps = list(_steps(odoo, ground, gathered, since, until))
    for number, step in enumerate(steps):
        _say(asked, number, len(steps), now())
        step()
    sites = Site.objects.filter(connection=row.connection).values_list("pk", "name")
    return findings.report(
        gathered.occurrences,
        gathered.looked,
        dict(sites),
        since=since,
        until=until,
        absent=gathered.absent,
        trouble=gathered.trouble,
    )


def _say(asked: Discovery, step: int, steps: int, at: datetime) -> None:
    asked.step, asked.steps, asked.stepped_at = step, steps, at
    asked.save(update_fields=["step", "steps", "stepped_at"])


def _steps(
    odoo: Odoo, ground: Ground, gathered: Gathered, since: datetime, until: datetime
) -> Iterator[Callable[[], None]]:
    for code, look in LOOK_BACKS.items():
        yield _Looking(odoo, ground, gathered, since, until, code, look)
    for source in (source for source in SOURCES if source.authority):
        yield _Judging(odoo, ground, gathered, until, source)


@dataclass(frozen=True, slots=True)
class _Looking:
    """A step that looks back for one kind."""

    odoo: Odoo
    ground: Ground
    gathered: Gathered
    since: datetime
    until: datetime
    code: KindCode
    look: LookBack

    def __call__(self) -> None:
        try:
            looked = self.look(self.odoo, self.ground, self.since, self.until)
        except errors.UnknownModel:
            return  # the step that judges what stands names what is not installed
        except errors.AccessRefused as error:
            self.gathered.trouble[self.code] = error.in_full
            return
        self.gathered.looked[self.code] = looked
        self.gathered.occurrences += looked.occurrences


@dataclass(frozen=True, slots=True)
class _Judging:
    """A step that judges what one source says now."""

    odoo: Odoo
    ground: Ground
    gathered: Gathered
    at: datetime
    source: Source

    def __call__(self) -> None:
        kinds = KINDS_OF[self.source.facts_type]
        try:
            found = standing.of_source(self.odoo, self.ground, self.source, self.at)
        except errors.UnknownModel:
            for code in kinds:
                self.gathered.absent[code] += self.source.lacks
        except errors.AccessRefused as error:
            self.gathered.trouble.update(dict.fromkeys(kinds, error.in_full))
        else:
            self.gathered.occurrences += found


def report_of(asked: Discovery) -> Report | None:
    """The report of a discovery that has brought one."""
    return msgspec.convert(asked.found, Report, strict=False) if asked.found else None
