"""Odoo writes instants as naive UTC text: seconds over RPC, microseconds in its webhooks."""

from datetime import UTC, datetime
from typing import Literal


def from_odoo(text: str | Literal[False] | None) -> datetime | None:
    """Aware UTC, or None for Odoo's `false`. Raises ValueError for what is not a datetime."""
    if text is False or text is None:
        return None
    return (_usual(text) or _unusual(text)).replace(tzinfo=UTC)


def _usual(text: str) -> datetime | None:
    """A tenth of the time that strptime takes; None for what is not exactly in Odoo's form."""
    if len(text) not in (19, 26) or text[7:17:3] != "- ::":
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is None else None


def _unusual(text: str) -> datetime:
    pattern = "%Y-%m-%d %H:%M:%S.%f" if "." in text else "%Y-%m-%d %H:%M:%S"
    return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller sets the zone


def to_odoo(instant: datetime) -> str:
    """Odoo's own form, cut to seconds: it refuses a "T", a "Z" or an offset.

    Raises ValueError for a naive datetime, whose zone nobody knows.
    """
    if instant.tzinfo is None:
        raise ValueError("A datetime for Odoo needs a time zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
