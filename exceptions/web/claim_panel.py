"""The claim of a case on its page: whether one waits to be filed, and what can be said about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from exceptions import lifecycle
from exceptions.actors import Actor
from exceptions.models import Case, Clock
from exceptions.vocabulary import ClockKind
from exceptions.web.disruption import Tried

FILED, NONE = "claim-filed", "claim-none"


@dataclass(frozen=True, slots=True)
class Claim:
    """What was just refused is shown as if it might be done, so that its sentence has a place."""

    may_file: bool
    may_waive: bool
    tried: Tried


def claim(case: Case, found: Iterable[Clock], actor: Actor, tried: Tried | None) -> Claim:
    """`found` are all clocks of the case."""
    tried = tried or Tried()
    waits = any(c.kind == ClockKind.CLAIM and c.stopped_at is None for c in found)
    may = waits and not lifecycle.not_theirs(case, actor)
    return Claim(may or tried.what == FILED, may or tried.what == NONE, tried)
