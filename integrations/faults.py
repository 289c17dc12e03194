"""Faults: what is wrong with a connection or a source of events, from what was seen of it. Pure.

One that comes and goes is one spell: it is over only after it has been gone for a while.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from django.utils.translation import gettext as _

from exceptions.vocabulary import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Things that were left undone: from when the first and the last of them are."""

    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was seen of one connection or source. What is switched off has no faults.

    `silences`: how often in a row it did not answer. `errors` are those of reading, `lag` since all
    of it was last read. `unheard_since`: an event that was asked for then has not come. `canary`:
    where and why the last one stopped. `silent_from`: when a source should have spoken.
    `turned_away` counts what a source sent today, where nothing was let in.
    """

    enabled: bool = True
    silences: int = 0
    errors: tuple[str, ...] = ()
    lag: timedelta = timedelta()
    key_ends_at: datetime | None = None
    unheard_since: datetime | None = None
    canary: str = ""
    aside: Left | None = None
    refused: Left | None = None
    gaps: Left | None = None
    actions: tuple[str, ...] = ()
    actions_since: datetime | None = None
    silent_from: datetime | None = None
    turned_away: int = 0
    turned_away_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From when on it is a fault."""

    lag: timedelta
    key_ends_in: timedelta
    turned_away: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """A fault that stands now. `since` is None where only the watch itself can tell."""

    fault: Fault
    said: str = ""
    since: datetime | None = None
    due_at: datetime | None = None
    latest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A fault from when it began until it is over; `well_since` it is not seen any more."""

    since: datetime
    well_since: datetime | None = None
    over: bool = False


def sighted(seen: Looked, limits: Limits, at: datetime) -> Iterator[Sighted]:
    """Every fault that stands, each once, however often it has shown itself."""
    if seen.enabled:
        yield from _of_reading(seen, limits)
        yield from _of_telling(seen, limits, at)
        yield from _left_undone(seen)


def _of_reading(seen: Looked, limits: Limits) -> Iterator[Sighted]:
    """One that does not answer cannot be read either: that is one fault, not two."""
    if seen.silences:
        yield Sighted(fault=Fault.UNREACHABLE, said=_first(seen.errors))
    elif seen.errors or seen.lag > limits.lag:
        yield Sighted(fault=Fault.NOT_READ, said=_first(seen.errors))


def _of_telling(seen: Looked, limits: Limits, at: datetime) -> Iterator[Sighted]:
    if seen.key_ends_at and seen.key_ends_at - at <= limits.key_ends_in:
        begun = seen.key_ends_at - limits.key_ends_in
        yield Sighted(fault=Fault.KEY_ENDS, since=begun, due_at=seen.key_ends_at)
    if seen.unheard_since:
        said = _("The event that was tried has not arrived.")
        yield Sighted(fault=Fault.UNHEARD, since=seen.unheard_since, said=said)
    if seen.canary:
        yield Sighted(fault=Fault.CANARY, said=seen.canary)
    if seen.silent_from and seen.silent_from < at:
        yield Sighted(fault=Fault.SILENT, since=seen.silent_from)
    if seen.turned_away and seen.turned_away >= limits.turned_away:
        yield Sighted(fault=Fault.TURNED_AWAY, said=", ".join(seen.turned_away_as))


def _left_undone(seen: Looked) -> Iterator[Sighted]:
    left = ((Fault.INBOX, seen.aside), (Fault.OUTBOX, seen.refused), (Fault.GAPS, seen.gaps))
    for fault, each in left:
        if each:
            yield Sighted(fault=fault, since=each.first_at, latest_at=each.last_at)
    if seen.actions:
        said = ", ".join(seen.actions)
        yield Sighted(fault=Fault.ACTIONS, since=seen.actions_since, said=said)


def follow(
    before: Spell | None, seen: Sighted | None, *, calm: timedelta, at: datetime
) -> Spell | None:
    """The spell as it goes on, whether the fault is seen now or not; None where there is none."""
    running = before if before and not before.over else None
    if seen:
        return replace(running, well_since=None) if running else Spell(since=seen.since or at)
    if running is None:
        return before
    well = running.well_since or at
    return replace(running, well_since=well, over=at - well >= calm)


def day_of(at: datetime) -> datetime:
    """Its midnight, UTC."""
    return datetime.combine(at.astimezone(UTC).date(), time.min, UTC)


def _first(errors: tuple[str, ...]) -> str:
    return errors[0] if errors else ""
