"""Which days and months of the rollups make up a range of days."""

from dataclasses import dataclass
from datetime import date, timedelta

from exceptions.vocabulary import Grain

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """Rollups of one grain that start from `start` to `end`, both included."""

    grain: Grain
    start: date
    end: date


def within(first: date, last: date) -> list[Part]:
    """Both included: whole months as months, what is left before and after them as days."""
    begin = first if first.day == 1 else _next_month(first)
    after = (last + DAY).replace(day=1)
    if begin >= after:
        return [Part(Grain.DAY, first, last)]
    parts = [Part(Grain.MONTH, begin, after - DAY)]
    if first < begin:
        parts.append(Part(Grain.DAY, first, begin - DAY))
    if after <= last:
        parts.append(Part(Grain.DAY, after, last))
    return parts


def before(day: date) -> list[Part]:
    """Everything that was before a day."""
    month = day.replace(day=1)
    parts = [Part(Grain.MONTH, date.min, month - DAY)]
    if month < day:
        parts.append(Part(Grain.DAY, month, day - DAY))
    return parts


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
