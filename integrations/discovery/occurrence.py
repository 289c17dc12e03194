"""An occurrence: one exception, as documents tell of it, whether it is over or stands now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions.vocabulary import KindCode
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import to_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources.source import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """`size` is in the unit of the kind's leading threshold (see `findings.LEADING`); None where it
    is not known. `who` is the partner or product that it is about; `at` is when it came about.
    """

    kind: KindCode
    at: datetime
    site_id: int
    who: str = ""
    value: Decimal | None = None
    currency: str | None = None
    size: Decimal | None = None
    open: bool = False


@dataclass(slots=True)
class Looked:
    """What a look back found. `of` are the documents among which it was looked (None: nobody
    counted), `untold` those of them that could not tell.
    """

    occurrences: list[Occurrence] = field(default_factory=list)
    of: int | None = None
    untold: int = 0


LookBack = Callable[[Odoo, Ground, datetime, datetime], Looked]

BATCH = 1_000  # ids in one question


def batches(ids: Iterable[int]) -> Iterable[list[int]]:
    """The ids in order, without repetitions, so many at a time."""
    wanted = sorted(set(ids))
    return (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))


def within(field: str, since: datetime, until: datetime) -> Domain:
    """Both ends belong to it. Odoo tells seconds and 17 keeps microseconds, so the last second is
    taken whole.
    """
    last = until + timedelta(seconds=1)
    return [[field, ">=", to_odoo(since)], [field, "<", to_odoo(last)]]


def cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))
