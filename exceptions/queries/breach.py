"""Breach rate: of the clocks that ended, the share that was breached."""

from collections import Counter
from dataclasses import dataclass

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure


@dataclass(frozen=True, slots=True)
class Breaches:
    """Clocks of one kind that ended in the range, and how many of them were breached."""

    kind: str
    n: int
    breached: int

    @property
    def rate(self) -> float:
        """The share, 0 to 1."""
        return self.breached / self.n


def by_clock(scope: Scope) -> list[Breaches]:
    """One row for every kind of clock that ended in the range; cancelled clocks do not count."""
    if not scope.from_rollups:
        return [Breaches(*row) for row in rows("breach", scope=scope)]
    ended, breached = Counter[str](), Counter[str]()
    past_due = rows("running_over", scope=scope)
    for kind, n, missed in [
        *rolled_rows("rolled/breach", figure=Figure.CLOCK, scope=scope),
        *past_due,
    ]:
        ended[kind] += n
        breached[kind] += missed
    return [Breaches(kind, ended[kind], breached[kind]) for kind in sorted(ended)]
