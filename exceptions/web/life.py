"""The life of a case as its page draws it: the track of states, its score, its clocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.effects import contributions_of
from exceptions.models import Case, CaseEvent, Clock
from exceptions.policies import from_json
from exceptions.score import TIER_FROM, Contribution, tier_of
from exceptions.vocabulary import ClockKind, ClockState, Move, State, Tier
from exceptions.web import formats


@dataclass(frozen=True, slots=True)
class Station:
    """One state of the track; `look` is done, now or nothing."""

    state: State
    look: str
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A contribution to the score, from `x` on `width` wide on a scale of 0 to 100."""

    label: str
    points: int
    because: str
    x: int
    width: int
    look: str


@dataclass(frozen=True, slots=True)
class Scored:
    """What the score was from an instant on."""

    score: int
    at: datetime


def track(case: Case, events: Iterable[CaseEvent], clocks: Iterable[Clock]) -> list[Station]:
    """The six states: when the case came there and through whom, or what is to come."""
    came: dict[str, CaseEvent] = {
        e.to_state: e for e in events if e.to_state and e.to_state != e.from_state
    }
    first = next((e for e in events if e.happening == "detected"), None)
    here = list(State).index(State(case.state))
    return [
        _station(
            case, state, index - here, came.get(state) or (first if not index else None), clocks
        )
        for index, state in enumerate(State)
    ]


def _station(
    case: Case, state: State, ahead: int, event: CaseEvent | None, clocks: Iterable[Clock]
) -> Station:
    look = "" if ahead > 0 else "done" if ahead < 0 else "now"
    if case.imported_from and ahead <= 0 and (event is None or event.happening == "imported"):
        return Station(state, look, _in_the_file(case, state))
    if ahead > 0:
        return Station(state, look, _to_come(case, state, clocks))
    if event is None:
        return Station(state, look, _("skipped"))
    by = "" if state == State.DETECTED else f" · {event.actor_name}"
    return Station(state, look, f"{formats.near(event.at)}{by}")


def _in_the_file(case: Case, state: State) -> str:
    at = getattr(case, f"{state}_at")
    return formats.near(at) if at else _("not told")


def _to_come(case: Case, state: State, clocks: Iterable[Clock]) -> str:
    waits = {
        State.CLASSIFIED: ClockKind.CLASSIFY,
        State.ACKNOWLEDGED: ClockKind.ACKNOWLEDGE,
        State.RESOLVED: ClockKind.RESOLVE,
    }
    running = [c for c in clocks if c.kind == waits.get(state) and c.stopped_at is None]
    if running and running[0].state == ClockState.PAUSED:
        return _("paused")
    if running:
        return _("due %s") % formats.near(running[0].due_at)
    if state == State.CLOSED:
        hours = from_json(case.policy.settings).quiet_hours
        return _("after %s of quiet") % sla.duration(hours * 60)
    return ""


def bars(case: Case) -> list[Bar]:
    """The contributions, each beginning where the sum of those before it stands."""
    stand, found = 0, []
    for part in sorted(contributions_of(case), key=_weight):
        x = min(stand, stand + part.points)
        look = "plus" if part.points > 0 else "minus" if part.points < 0 else "thread"
        label = str(part.factor.label)
        found.append(Bar(label, part.points, part.because, x, abs(part.points), look))
        stand += part.points
    return found


def _weight(part: Contribution) -> tuple[int, int]:
    """What adds most comes first, then what is unknown, then what takes away."""
    return (0 if part.points > 0 else 1 if part.points == 0 else 2, -part.points)


def tier_from(score: int) -> str:
    """`critical from 75`."""
    tier = tier_of(score)
    least = next(least for least, of in TIER_FROM if of == tier)
    return _("%(tier)s from %(least)s") % {"tier": Tier(tier).label.lower(), "least": least}


def score_history(events: Sequence[CaseEvent]) -> list[Scored]:
    """Every score the case has had, the latest last."""
    judged = (e for e in events if e.move in (Move.CLASSIFY, Move.RECLASSIFY))
    return [Scored(e.data["score"], e.at) for e in judged if e.data.get("score") is not None]
