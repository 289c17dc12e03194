"""How the API writes and reads instants."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers


class InstantField(serializers.DateTimeField):
    """An instant: written in UTC, read only with a zone, as without one it says nothing."""

    default_error_messages = {"no_zone": "Give the time with its zone, such as 2026-01-31T10:00Z."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_zone")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("overflow")
