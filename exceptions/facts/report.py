"""What people report."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.facts.record import Facts, Partner, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Facts):
    """What a person saw and raised by hand, or what was imported; it stands until people end it.

    `ended` tells that it was over when it came in: no rule may find an exception in it.
    """

    kind: str
    summary: str
    subject: str  # who or what is at fault, in the reporter's words
    partner: Partner | None = None
    product: Product | None = None
    value: Decimal | None = None
    currency: str | None = None
    need_at: datetime | None = None
    reported_by: str = ""
    ended: bool = False

    @property
    def living(self) -> bool:
        return not self.ended
