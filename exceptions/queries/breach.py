"""Breach rate: of the clocks that ended, the share that was breached."""

from dataclasses import dataclass

from exceptions.queries.scope import Scope, rows


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
    return [Breaches(*row) for row in rows("breach", scope)]
