"""Odoo writes instants as naive UTC text: seconds over RPC, microseconds in its webhooks."""

from datetime import UTC, datetime
from typing import Literal


def from_odoo(text: str | Literal[False] | None) -> datetime | None:
    """Aware UTC, or None for Odoo's `false`. Raises ValueError for what is not a datetime."""
    if text is False or text is None:
        return None
    pattern = "%Y-%m-%d %H:%M:%S.%f" if "." in text else "%Y-%m-%d %H:%M:%S"
    return datetime.strptime(text, pattern).replace(tzinfo=UTC)


def to_odoo(instant: datetime) -> str:
    """Odoo's own form, cut to seconds: it refuses a "T", a "Z" or an offset.

    Raises ValueError for a naive datetime, whose zone nobody knows.
    """
    if instant.tzinfo is None:
        raise ValueError("A datetime for Odoo needs a time zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
