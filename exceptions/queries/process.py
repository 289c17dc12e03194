"""Process: how long cases stand in each state, and by what ways they go through their life.

A step belongs to the day on which it was made, a way to the day on which its case ended. What was
imported is left out: a file says how a case stood and when, not who moved it from where. Its later
steps, made here, count as others do.
"""

from dataclasses import dataclass

from exceptions.queries import spans
from exceptions.queries.scope import Scope
from exceptions.queries.spans import Span
from exceptions.vocabulary import Figure, State

LETTERS = {
    "d": State.DETECTED,
    "c": State.CLASSIFIED,
    "a": State.ASSIGNED,
    "k": State.ACKNOWLEDGED,
    "r": State.RESOLVED,
    "x": State.CLOSED,
}
IMPORTED = ""  # the way of what was imported: nobody knows it
_ORDER = list(State)


@dataclass(frozen=True, slots=True)
class Step:
    """From one state to the next: how long cases had stood in the first."""

    came_from: State
    came_to: State
    span: Span


@dataclass(frozen=True, slots=True)
class Way:
    """The states that cases went through in order, a letter each (`LETTERS`), and how long it took
    from detection to the end.
    """

    letters: str
    span: Span

    @property
    def states(self) -> list[State]:
        return [LETTERS[letter] for letter in self.letters]


def steps(scope: Scope) -> list[Step]:
    """Steps made in the range, in the order of the life."""
    found = spans.apart("steps", Figure.STEP, scope)
    told = [Step(*_states(what), span) for what, span in found.items()]
    return sorted(told, key=lambda s: (_ORDER.index(s.came_from), _ORDER.index(s.came_to)))


def _states(what: str) -> tuple[State, State]:
    came_from, came_to = what.split(">")
    return State(came_from), State(came_to)


def ways(scope: Scope) -> list[Way]:
    """Of cases that ended in the range, most frequent first; `IMPORTED` among them."""
    found = spans.apart("ways", Figure.WAY, scope)
    told = [Way(letters, span) for letters, span in found.items()]
    return sorted(told, key=lambda way: (-way.span.n, way.letters))
