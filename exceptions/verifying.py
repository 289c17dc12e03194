"""Verification: all history is read from its first line on, and every line that is not as it was
written is named.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, transaction

from exceptions import anchoring, audit, chains, settings_history
from exceptions.models import (
    Anchor,
    CalendarVersion,
    Case,
    Policy,
    SettingChange,
    User,
    Verification,
)
from exceptions.vocabulary import Governed

EVERY = timedelta(hours=24)
GIVEN_UP = timedelta(hours=6)  # whoever began it is gone
KEPT = 200  # sentences of a verification; the command prints all
PAGE = 5000
EVENT = (
    *("case_id", "number", "at", "move", "happening", "from_state", "to_state", "actor_id"),
    *("actor_name", "via", "data", "previous_hash", "hash"),
)
COLUMNS = ("pk", "event_count", "last_hash", *(f"events__{name}" for name in EVENT))


@dataclass(slots=True)
class Tally:
    """How much was read, and how many faults were found."""

    cases: int = 0
    events: int = 0
    settings: int = 0
    anchors: int = 0
    faults: int = 0
    says: list[str] = field(default_factory=list)


def everything(tally: Tally) -> Iterator[str]:
    """Each fault of all history, a sentence each; what was read is counted in `tally`."""
    for sentence in _everything(tally):
        tally.faults += 1
        if len(tally.says) < KEPT:
            tally.says.append(sentence)
        yield sentence


def _everything(tally: Tally) -> Iterator[str]:
    for fault in cases(tally):
        yield f"C-{fault.case_id}, event {fault.number}: {fault.says}"
    tally.settings = SettingChange.objects.count()
    for broken in settings_history.verify():
        yield f"Settings history, line {broken.number}: {broken.says}"
    yield from _settings_in_force()
    tally.anchors = Anchor.objects.count()
    for slipped in anchoring.verify():
        yield f"Anchor of {slipped.anchor.day.isoformat()}: {slipped.says}"


def cases(tally: Tally) -> Iterator[audit.Fault]:
    """Every fault in the chains of all cases, read in one statement, so as of one instant."""
    rows = Case.objects.order_by("pk", "events__number").values_list(*COLUMNS, named=True)
    with transaction.atomic():
        for case_id, of_case in groupby(rows.iterator(chunk_size=PAGE), attrgetter("pk")):
            told = list(of_case)
            tally.cases += 1
            events = [_Event(*row[3:]) for row in told if row.events__number is not None]
            tally.events += len(events)
            yield from audit.faults(case_id, events, told[0].event_count, told[0].last_hash)


@dataclass(frozen=True, slots=True)
class _Event:
    """What `audit.digest` asks of an event, without a model for each of millions."""

    case_id: int
    number: int
    at: datetime
    move: str
    happening: str
    from_state: str
    to_state: str
    actor_id: int | None
    actor_name: str
    via: str
    data: Any
    previous_hash: str
    hash: str


def _settings_in_force() -> Iterator[str]:
    """Policies and calendars whose settings are not those of which the settings history tells."""
    areas = (Governed.POLICY, Governed.CALENDAR)
    lines = SettingChange.objects.filter(area__in=areas, data__has_key="settings")
    for line in lines.order_by("number"):
        if _sealed_now(line) != line.data["settings"]:
            yield f"Settings history, line {line.number}: “{line.says}” holds other settings now"


def _sealed_now(line: SettingChange) -> str:
    version = line.data.get("version")
    if line.area == Governed.POLICY:
        policies = Policy.objects.filter(kind=line.data.get("kind"), version=version)
        found = policies.values_list("settings", flat=True).first()
    else:
        versions = CalendarVersion.objects.filter(calendar=line.data.get("calendar"))
        found = versions.filter(number=version).values_list("settings", flat=True).first()
    return chains.seal(found) if found is not None else ""


def ask(by: User | None, *, at: datetime) -> Verification:
    """A verification that the next tick works through, or the one that waits or runs."""
    try:
        with transaction.atomic():
            return Verification.objects.create(asked_at=at, asked_by=by)
    except IntegrityError:
        return Verification.objects.get(ended_at=None)


def work_due(now: Callable[[], datetime]) -> Verification | None:
    """Work through what was asked for; a day after the last, ask. What a stopped worker left lying
    is begun anew.
    """
    at = now()
    if not Verification.objects.filter(asked_at__gt=at - EVERY).exists():
        ask(None, at=at)
    waiting = Verification.objects.filter(ended_at=None)
    begun = waiting.filter(started_at__gt=at - GIVEN_UP)
    if begun.exists() or not waiting.update(started_at=at):
        return None
    tally = Tally()
    for _sentence in everything(tally):
        pass
    found = waiting.get()
    for name in ("cases", "events", "settings", "anchors", "faults", "says"):
        setattr(found, name, getattr(tally, name))
    found.ended_at = now()
    found.save()
    return found
