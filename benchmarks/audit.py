"""What the hash chain costs a move, and how fast all history is verified.

    python -m benchmarks.audit [--cases 300] [--repeat 3]

Cases are moved through their life by the real moves. Then the hashes of exactly the events that
these moves wrote are made again, and nothing else. Prints the second time against the first
(target: at most 0.05). The fastest of several rounds counts on both sides.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone

from benchmarks import clocks
from exceptions import audit, lifecycle, policies, verifying
from exceptions.actors import Actor
from exceptions.models import Case, CaseEvent
from exceptions.verifying import Tally
from exceptions.vocabulary import Move

DEAREST = 0.05  # the target
LIFE: tuple[tuple[Move, dict[str, Any]], ...] = (
    (Move.RESOLVE, {"outcome": "fixed", "reason": "They are here."}),
    (Move.REOPEN, {"reason": "They are the wrong ones."}),
    (Move.ACKNOWLEDGE, {}),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that `moves` took, and that the hashes of their events take."""

    moves: int
    moved: float
    sealed: float

    @property
    def share(self) -> float:
        return self.sealed / self.moved


def cost(lead: Actor, repeat: int, at: datetime) -> Cost:
    """Each round takes every case once through `LIFE`, and leaves it where it was."""
    ids = list(Case.objects.values_list("pk", flat=True))
    moved, sealed = [], []
    for _ in range(repeat):
        last = CaseEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
        moved.append(_seconds(lambda: _live(ids, lead, at)))
        events = list(CaseEvent.objects.filter(pk__gt=last))
        assert len(events) >= len(ids) * len(LIFE)
        sealed.append(_seconds(partial(_seal, events)))
    return Cost(len(ids) * len(LIFE), min(moved), min(sealed))


def _live(ids: Sequence[int], lead: Actor, at: datetime) -> None:
    for case_id in ids:
        for which, data in LIFE:
            lifecycle.move(case_id, which, lead, at=at, data=data)


def _seal(events: Sequence[CaseEvent]) -> None:
    for event in events:
        audit.digest(event)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    at = timezone.now()
    policies.publish_defaults(at=at)
    assert not Case.objects.exists(), "run it on an empty database"
    site, lead = clocks.lead_of_a_site()
    clocks.open_cases(range(1, options.cases + 1), site, lead, at)
    found = cost(lead, options.repeat, at)
    tally = Tally()
    seconds = _seconds(lambda: list(verifying.everything(tally)))
    assert tally.faults == 0
    return tell(found, tally.events / seconds)


def tell(found: Cost, verified: float) -> int:
    """Print it; 0 when the target is met."""
    each = 1e3 * found.moved / found.moves
    print(f"{found.moves:,} moves: {each:.2f} ms each; events verified a second: {verified:,.0f}")
    print(f"the chain / a move: {found.share:.4f} (target: at most {DEAREST})")
    return int(found.share > DEAREST)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
