"""Ended: how cases came to their end."""

from exceptions.queries.scope import Scope, rows


def by_outcome(scope: Scope) -> dict[str, int]:
    """Cases that ended in the range by outcome.

    A case ends when it is resolved, or closed without (dismissed). Self-healed are those whose
    source recovered before anybody decided anything.
    """
    return dict(rows("ended", scope))
