"""Scans: what any carrier says of a parcel, in the tower's words; and what an adapter is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Protocol, TypeVar

import msgspec
from django.utils.dateparse import parse_date, parse_datetime

from exceptions.vocabulary import Transport, Trouble

# How a carrier's word is meant: where the parcel is, and what went wrong. None for a word that says
# neither, such as "no news yet".
Meaning = tuple[Transport, Trouble | None] | None
Words = dict[str, Meaning]


class Unreadable(Exception):
    """The body is not what this carrier sends; the text says in which way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a carrier says happened to a parcel at the instant `at`.

    `code` is the carrier's own word. Where the adapter does not know it, `known` is false, and
    where it says nothing of the way, `status` is None: people see it, but nothing is believed.
    `order` is what the carrier was told that the parcel belongs to. `event_id` is empty where the
    carrier gives its events no names.
    """

    tracking: str
    carrier: str
    at: datetime
    status: Transport | None
    trouble: Trouble | None = None
    code: str = ""
    known: bool = True
    said: str = ""
    place: str | None = None
    eta_at: datetime | None = None
    order: str = ""
    event_id: str = ""

    @property
    def key(self) -> str:
        """The same for the same news, however often it is sent."""
        told = (self.carrier.casefold(), self.tracking, self.code, self.at.isoformat())
        return self.event_id or "|".join(told)


class Signature(Protocol):
    """How a sender proves who it is. `secrets` are all that count at present, so that one can be
    replaced by another; without any, nobody is believed.
    """

    def holds(
        self, raw: bytes, headers: Mapping[str, str], secrets: Sequence[str], *, at: datetime
    ) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One carrier, or one service that speaks for many. `read` raises Unreadable.

    `id_header` is the header that names a delivery, the same however often it is sent; where there
    is none, its body names it. `given`: its secret comes from the sender, and cannot be made here.
    `confidence`: A where the vendor's own document or library was read, B where several independent
    programs agree, C where one source says so, and the vendor should be asked.
    """

    key: str
    name: str
    confidence: str
    signature: Signature
    id_header: str = ""
    given: bool = False
    read: Callable[[bytes], list[Scan]]


Body = TypeVar("Body")

EXCEPTION = Transport.EXCEPTION


def gone_wrong(trouble: Trouble) -> Meaning:
    return EXCEPTION, trouble


def decoded(raw: bytes, shape: type[Body]) -> Body:
    """The body as JSON of that shape; what the shape does not name is not looked at."""
    try:
        return msgspec.json.decode(raw, type=shape, strict=False)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from None


def instant(text: Any) -> datetime | None:
    """An instant as carriers write it. Without an offset it counts as UTC, so that it may be wrong
    by some hours; no carrier says whose clock it is then.
    """
    try:
        found = parse_datetime(str(text or ""))
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # well formed, but no such day, or none in UTC
        return None


def happened(text: Any) -> datetime:
    """As `instant`. Raises Unreadable: news without an instant cannot be put in order."""
    found = instant(text)
    if found is None:
        raise Unreadable(f"No instant: {text!r}")
    return found


def arrival(text: Any) -> datetime | None:
    """When it is expected: an instant, or the end of a day, which counts as that of UTC."""
    try:
        day = parse_date(str(text or ""))
    except ValueError:
        return None
    if day is None:
        return instant(text)
    return datetime.combine(day, time(23, 59, 59), UTC)


def place(*parts: str | None) -> str | None:
    """`Hyderabad, IN`; None where nothing is said."""
    return ", ".join(part.strip() for part in parts if part and part.strip()) or None


def meaning(words: Words, *codes: str | None) -> tuple[Transport | None, Trouble | None, bool]:
    """What the first code that is known means: status, trouble, and whether any was known."""
    for code in codes:
        if code and code in words:
            found = words[code]
            return (*found, True) if found else (None, None, True)
    return None, None, False
