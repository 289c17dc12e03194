"""Instants as Odoo keeps them: naive UTC text, microseconds in the column, seconds on the wire."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol

SECONDS = "%Y-%m-%d %H:%M:%S"
DAY = "%Y-%m-%d"
WIRE_LENGTH = 19
DAY_LENGTH = 10


class Clock(Protocol):
    """Where a world takes its time from; always an aware UTC datetime."""

    def now(self) -> datetime: ...


class RealClock:
    """The clock on the wall, for a demo that lives beside its viewer."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SteppedClock:
    """A clock that a test moves by hand.

    Each reading is a millisecond after the last, so that no two transactions share a start.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1003)
        return self.at

    def move_to(self, at: datetime) -> None:
        """Jump forward; a step backwards is ignored."""
        self.at = max(self.at, at)


def text(at: datetime) -> str:
    """The column value of an aware datetime."""
    return str(at.astimezone(UTC).replace(tzinfo=None))


def moment(value: str) -> datetime:
    """The aware UTC datetime of a column value or a wire value."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def day(at: datetime) -> str:
    return at.strftime(DAY)


def check_datetime(value: str) -> str:
    """The value if Odoo would take it; ``ValueError`` in Odoo's words if not.

    A bare day is taken as its midnight; ``T`` and ``Z`` are refused by every version.
    """
    if len(value) == DAY_LENGTH:
        return f"{_naive(value, DAY):%Y-%m-%d} 00:00:00"
    return str(_naive(value, SECONDS))


def check_day(value: str) -> str:
    """A date field takes a datetime's text too, and keeps its day."""
    return str(_naive(value[:DAY_LENGTH], DAY).date())


def _naive(value: str, layout: str) -> datetime:
    return datetime.strptime(value, layout)  # noqa: DTZ007  # Odoo's own check; columns are naive


def next_second(value: str) -> str:
    """One second after a wire value."""
    return str(datetime.fromisoformat(value[:WIRE_LENGTH]) + timedelta(seconds=1))


def next_day(value: str) -> str:
    return str(date.fromisoformat(value) + timedelta(days=1))
