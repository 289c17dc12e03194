"""Where a dashboard shows what is asked for."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.http import urlencode

from exceptions.queries.asked import PRESETS, Asked, read

__all__ = ["PRESETS", "Asked", "address", "place", "read"]


def address(asked: Asked, pairs: Iterable[tuple[str, str]] | None = None) -> str:
    """Where its dashboard shows it; `pairs`: with these parameters instead of its own."""
    query = asked.to_query() if pairs is None else urlencode(list(pairs))
    return f"{place(asked.dashboard)}?{query}"


def place(dashboard: str) -> str:
    return reverse("dashboard", args=[dashboard]) if dashboard else reverse("dashboards")
