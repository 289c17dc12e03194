"""What people report."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.facts.record import Facts, Partner, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Facts):
    """What a person saw and raised by hand; it stands until people end it."""

    kind: str
    summary: str
    subject: str  # who or what is at fault, in the reporter's words
    partner: Partner | None = None
    product: Product | None = None
    value: Decimal | None = None
    currency: str | None = None
    need_at: datetime | None = None
    reported_by: str = ""

    @property
    def living(self) -> bool:
        return True
