"""The hand-over sheet: what happened in a shift, and what is ahead. One file a section."""

from collections.abc import Callable
from dataclasses import dataclass

from exceptions.queries.handover.changed import CHANGES, changed
from exceptions.queries.handover.decided import decided
from exceptions.queries.handover.due import due
from exceptions.queries.handover.promised import promised
from exceptions.queries.handover.resting import resting
from exceptions.queries.handover.shift import Line, Shift, begun, noon_after
from exceptions.queries.handover.waiting import waiting

__all__ = ["SECTIONS", "Line", "Section", "Shift", "begun", "noon_after", "sheet"]

AHEAD: dict[str, Callable[[Shift], list[Line]]] = {
    "due": due,
    "waking": resting,
    "decisions": decided,
    "promises": promised,
    "waiting": waiting,
}
SECTIONS = (*AHEAD, *CHANGES)


@dataclass(frozen=True, slots=True)
class Section:
    """Every line is counted, and every line that is counted is listed."""

    name: str
    lines: list[Line]

    @property
    def n(self) -> int:
        return len(self.lines)


def sheet(shift: Shift) -> list[Section]:
    """What is ahead first, then what happened; in the order of SECTIONS."""
    ahead = [Section(name, ask(shift)) for name, ask in AHEAD.items()]
    return ahead + [Section(name, lines) for name, lines in changed(shift).items()]
