"""Instants as files write them. Pure.

A naive instant is read on the wall clock of a zone. Where that clock was put forward, the time did
not exist: it is read as if the clock had not been changed yet, which is an hour later on the wall
(02:30 becomes 03:30). Where it was put back, the time was there twice, and the mapping says which
one is meant. Both are told.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

ORDERS = {"ymd": (0, 1, 2), "dmy": (2, 1, 0), "mdy": (2, 0, 1)}  # where year, month, day stand
YEARS = range(1990, 2200)
_NUMBERS = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})"
    r"(?:[T, ]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,6})\d*)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)


class NotAnInstant(Exception):
    """The cell says no date and time; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a file writes instants: the order of numbers, or formats of `strptime` to try first."""

    order: str = "ymd"
    formats: tuple[str, ...] = ()
    fold: str = "first"


@dataclass(frozen=True, slots=True)
class Read:
    """An instant in UTC, and what is to be told of how it was read (mostly nothing)."""

    at: datetime
    told: str = ""


def read(cell: object, style: Style, zone: ZoneInfo) -> Read:
    """The instant in the cell; a day without time begins at midnight. Raises NotAnInstant."""
    said = _said(cell, style)
    if said.year not in YEARS:
        raise NotAnInstant(_("The year %s is not believable. Correct the date.") % said.year)
    return Read(said.astimezone(UTC)) if said.tzinfo else on_the_wall(said, style, zone)


def on_the_wall(naive: datetime, style: Style, zone: ZoneInfo) -> Read:
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return Read(first.astimezone(UTC))
    there = {"zone": zone.key, "time": f"{naive:%Y-%m-%d %H:%M}"}
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        there["read"] = f"{first.astimezone(UTC).astimezone(zone):%H:%M}"
        says = _("%(time)s did not exist in %(zone)s (clocks went forward); read as %(read)s.")
        return Read(first.astimezone(UTC), says % there)
    if style.fold == "second":
        says = _("%(time)s was there twice in %(zone)s (clocks went back); the second is meant.")
        return Read(second.astimezone(UTC), says % there)
    says = _("%(time)s was there twice in %(zone)s (clocks went back); the first is meant.")
    return Read(first.astimezone(UTC), says % there)


def _said(cell: object, style: Style) -> datetime:
    """As written: with or without a zone."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time.min)
    text = str(cell).strip()
    for form in style.formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - naive on purpose: the zone comes later
        except ValueError:
            continue
    if style.order == "ymd":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    return _by_numbers(text, style)


def _by_numbers(text: str, style: Style) -> datetime:
    found = _NUMBERS.fullmatch(text)
    if found is None:
        raise NotAnInstant(
            _("“%s” is no date and time as the mapping writes them. Choose another format.")
            % text[:60]
        )
    *numbers, hour, minute, second, fraction, half, offset = found.groups()
    year, month, day = (int(numbers[place]) for place in ORDERS[_order(numbers, style)])
    clock = _hour(int(hour or 0), half), int(minute or 0), int(second or 0)
    try:
        naive = datetime(year, month, day, *clock, int((fraction or "0").ljust(6, "0")))  # noqa: DTZ001
        return naive.replace(tzinfo=_offset(offset).tzinfo) if offset else naive
    except ValueError:
        raise NotAnInstant(
            _("“%(text)s” is no day of the calendar when read as %(order)s.")
            % {"text": text[:60], "order": style.order}
        ) from None


def _order(numbers: list[str], style: Style) -> str:
    """A year in front needs no order."""
    return "ymd" if len(numbers[0]) == 4 else style.order


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _offset(text: str) -> datetime:
    return datetime.fromisoformat(f"2000-01-01T00:00{'Z' if text == 'UTC' else text}")


def guess_order(samples: list[str]) -> str:
    """The order in which all samples are days; of several the first of ymd, dmy, mdy."""
    for order in ORDERS:
        try:
            for sample in samples:
                _said(sample, Style(order=order))
        except NotAnInstant:
            continue
        return order
    return "ymd"


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes, begun ones counted; 0 when `end` is not later."""
    return max(-(-(end - start) // timedelta(minutes=1)), 0)
