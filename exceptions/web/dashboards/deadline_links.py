"""From every number about clocks and pauses to exactly the rows that it counts (law 5)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse
from django.utils.http import urlencode

from exceptions.queries.case_filter import write
from exceptions.vocabulary import ClockState
from exceptions.web.dashboards.asked import Asked

ANY = "any"  # time left
ENDED, BREACHED, PAUSED = "ended", ClockState.BREACHED.value, ClockState.PAUSED.value


@dataclass(frozen=True, slots=True)
class DeadlineLinks:
    """Addresses of the lists of clocks and pauses, for one dashboard as asked at `at`."""

    asked: Asked
    at: datetime

    def ended(self, state: str = ENDED, *, kind: str = "") -> str:
        """Clocks that ended in the range, or were breached in it; of one kind, or of all."""
        return self._clocks(clock_state=state, clock=kind)

    def ended_on(self, day: date, state: str = ENDED) -> str:
        only = replace(self.asked, first_day=day, last_day=day, preset=None)
        return DeadlineLinks(only, self.at).ended(state)

    def breached_at(self, site: str) -> str:
        return self._only("sites", int(site)).ended(BREACHED)

    def breached_of_kind(self, kind: str) -> str:
        return self._only("kinds", kind).ended(BREACHED)

    def breached_by(self, team: str) -> str:
        return self._only("teams", int(team)).ended(BREACHED)

    def _only(self, field: str, value: object) -> "DeadlineLinks":
        return DeadlineLinks(self.asked.changed(**{field: (value,)}), self.at)

    def paused(self) -> str:
        """Clocks that stand still now."""
        return self._clocks(clock_state=PAUSED)

    def left(self, left: str = ANY, kind: str = "") -> str:
        """Clocks of open cases with so much left (vocabulary.Left) at the time of the dashboard,
        so that the list stays true while one looks at it.
        """
        return self._clocks(left=left, clock=kind, as_of=write(self.at))

    def _clocks(self, **more: str) -> str:
        return self._address("dashboard-clocks", more)

    def pauses(self, waiting: str = "", which: str = "") -> str:
        """Pauses that began in the range; `which` is one of queries.pauses.WHICH."""
        return self._address("dashboard-pauses", {"waiting": waiting, "which": which})

    def _address(self, name: str, more: dict[str, str]) -> str:
        said = [(key, value) for key, value in more.items() if value]
        pairs = [*self.asked.pairs(), *self.asked.range_pairs(), *said]
        return f"{reverse(name)}?{urlencode(pairs)}"
