"""Integrations: what the tower sees of its own connections and of those who send to it."""

from dataclasses import dataclass
from datetime import datetime

from exceptions.facts.record import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration(Facts):
    """One fault (a word of `Fault`) of one thing, from when it was first seen until it is over.

    `thing` is what is at fault, such as `connection:3`; `said` what was seen of it when it began.
    `well_since` is given where it was gone again before it had lasted; it is over only once it has
    been gone for a while. `due_at` is when something ends, `latest_day` (midnight UTC) the day of
    the latest of several failures: a thousand of them on one day say nothing new.
    """

    fault: str
    thing: str
    since: datetime
    said: str = ""
    well_since: datetime | None = None
    due_at: datetime | None = None
    latest_day: datetime | None = None
    over: bool = False

    @property
    def living(self) -> bool:
        return not self.over
