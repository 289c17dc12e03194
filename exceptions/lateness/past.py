"""What was known on a day of promises that had fallen due by then. Pure.

Only promises from before that day count, each as it stood then: one whose day had passed was late
or it was not, whether the goods came later or are still on their way. So nothing that is known
later enters, and goods that came early do not make their partner look better before its other
promises have fallen due.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from exceptions.facts.transit import Transit
from exceptions.vocabulary import Among

WINDOW = timedelta(days=365)

# After so many days a promise counts half. Chosen on the validation part of a public table of
# shipments (`benchmarks/lateness.py`), never on the part that it is reported on.
LATELY, LONGER = 90, 180

Key = tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """The promises of a group: how many, how many of them late; and both again with weights that
    halve every LATELY and every LONGER days.
    """

    n: int = 0
    late: int = 0
    lately: float = 0.0
    lately_late: float = 0.0
    longer: float = 0.0
    longer_late: float = 0.0
    newest: date | None = None
    days_late: list[int] = field(default_factory=list)  # of those that were late and have come

    def add(self, one: Transit, on: date) -> None:
        late = was_late(one)
        age = (on - one.promised_on).days
        recent, longer = 0.5 ** (age / LATELY), 0.5 ** (age / LONGER)
        self.n, self.late = self.n + 1, self.late + late
        self.lately, self.lately_late = self.lately + recent, self.lately_late + late * recent
        self.longer, self.longer_late = self.longer + longer, self.longer_late + late * longer
        self.newest = max(self.newest or one.promised_on, one.promised_on)
        if late and one.done_on is not None and one.done_on < on:
            self.days_late.append((one.done_on - one.promised_on).days)


def was_late(one: Transit) -> bool:
    """Of a promise whose day is over: whether the goods had not come by its end."""
    return one.done_on is None or one.done_on > one.promised_on


@dataclass(frozen=True, slots=True)
class Past:
    """The promises of the year before `on`, added up by group."""

    on: date
    tallies: dict[Key, Tally]

    @classmethod
    def before(cls, on: date, transits: Iterable[Transit]) -> Self:
        tallies: dict[Key, Tally] = {}
        for one in transits:
            if on - WINDOW <= one.promised_on < on:
                for key in keys(one).values():
                    tallies.setdefault(key, Tally()).add(one, on)
        return cls(on, tallies)

    def of(self, one: Transit) -> dict[Among, Tally]:
        """The tallies of the groups that it belongs to."""
        return {among: self.tallies.get(key, Tally()) for among, key in keys(one).items()}


def keys(one: Transit) -> dict[Among, Key]:
    return {
        Among.BY_ON_LANE: (one.direction, "by_on_lane", one.by, one.lane),
        Among.BY: (one.direction, "by", one.by),
        Among.LANE: (one.direction, "lane", one.lane),
        Among.ALL: (one.direction, "all"),
    }
