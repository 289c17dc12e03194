"""The history of a case: appended, hash-chained, verifiable."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from exceptions import chains
from exceptions.actors import Actor
from exceptions.models import Case, CaseEvent
from exceptions.vocabulary import Happening, Move


def append(
    case: Case,
    what: Move | Happening,
    actor: Actor,
    *,
    at: datetime,
    from_state: str = "",
    to_state: str = "",
    data: Mapping[str, Any] | None = None,
) -> CaseEvent:
    """Add one event. The caller holds the case's lock and saves `event_count` and `last_hash`."""
    event = prepared(case, what, actor, at=at, from_state=from_state, to_state=to_state, data=data)
    event.save(force_insert=True)
    return event


def prepared(
    case: Case,
    what: Move | Happening,
    actor: Actor,
    *,
    at: datetime,
    from_state: str = "",
    to_state: str = "",
    data: Mapping[str, Any] | None = None,
) -> CaseEvent:
    """The next event of the chain, for whoever stores many at once. The case must have its id."""
    event = CaseEvent(
        case=case,
        number=case.event_count + 1,
        at=at,
        move=what if isinstance(what, Move) else "",
        happening=what if isinstance(what, Happening) else "",
        from_state=from_state,
        to_state=to_state,
        actor=actor.user,
        actor_name=actor.name[:120],
        via=actor.via,
        data=msgspec.to_builtins(dict(data or {})),
        previous_hash=case.last_hash,
    )
    event.hash = digest(event)
    case.event_count, case.last_hash = event.number, event.hash
    return event


class Event(Protocol):
    """What a history tells of one event: a CaseEvent, or its columns."""

    @property
    def case_id(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def move(self) -> str: ...
    @property
    def happening(self) -> str: ...
    @property
    def from_state(self) -> str: ...
    @property
    def to_state(self) -> str: ...
    @property
    def actor_id(self) -> int | None: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def via(self) -> str: ...
    @property
    def data(self) -> Any: ...
    @property
    def previous_hash(self) -> str: ...
    @property
    def hash(self) -> str: ...


def digest(event: Event) -> str:
    """SHA-256 over everything an event says and the hash of the one before it."""
    return chains.seal(said(event))


def said(event: Event) -> dict[str, Any]:
    """What the hash of an event covers."""
    return {
        "case": event.case_id,
        "number": event.number,
        "at": event.at.astimezone(UTC).isoformat(),
        "move": str(event.move),
        "happening": str(event.happening),
        "from": str(event.from_state),
        "to": str(event.to_state),
        "actor": event.actor_id,
        "actor_name": event.actor_name,
        "via": str(event.via),
        "data": event.data,
        "previous": event.previous_hash,
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain is broken, and how."""

    case_id: int
    number: int
    says: str


def verify(case: Case) -> Iterator[Fault]:
    """Every fault in the chain of `case`; none when it is whole."""
    return faults(case.pk, case.events.order_by("number"), case.event_count, case.last_hash)


def faults(case_id: int, events: Iterable[Event], count: int, last_hash: str) -> Iterator[Fault]:
    """Every fault of a case's `events`, in the order of their numbers, of which the case says that
    there are `count`, and that the last has `last_hash`.
    """
    previous, expected = "", 1
    for event in events:
        if event.number != expected:
            yield Fault(case_id, expected, "missing")
        if event.previous_hash != previous:
            yield Fault(case_id, event.number, "does not follow the event before it")
        if event.hash != digest(event):
            yield Fault(case_id, event.number, "was changed")
        previous, expected = event.hash, event.number + 1
    if (count, last_hash) != (expected - 1, previous):
        yield Fault(case_id, count, "missing")
