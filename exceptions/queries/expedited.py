"""Expedited: how often somebody decided to pay for speed."""

from exceptions.queries.scope import Scope, rows


def decided(scope: Scope) -> int:
    """Decisions for expedited freight or purchases proposed in the range that took effect."""
    return int(rows("expedited", scope=scope)[0][0])
