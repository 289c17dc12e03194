"""Ended: how cases came to their end."""

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure


def by_outcome(scope: Scope) -> dict[str, int]:
    """Cases that ended in the range by outcome.

    A case ends when it is resolved, or closed without (dismissed). Self-healed are those whose
    source recovered before anybody decided anything.
    """
    if scope.from_rollups:
        return dict(rolled_rows("rolled/by_what", figure=Figure.ENDED, scope=scope))
    return dict(rows("ended", scope=scope))
