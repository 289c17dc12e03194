"""Numbers: what the tower counts itself, and somebody wants to be told of."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.facts.record import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiReading(Facts):
    """A KPI that an alert watches, from when it went beyond its threshold until it is back.

    `said` and `limit` are the value it had then and the threshold, in words; `back_at` says where
    it is back. `excess` is how far it was beyond, as a share of the threshold.
    """

    kpi: str
    since: datetime
    said: str
    limit: str
    back_at: str = ""
    excess: Decimal | None = None
    standing: bool = True

    @property
    def living(self) -> bool:
        return self.standing
