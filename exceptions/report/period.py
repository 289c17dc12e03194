"""Periods of the report: named ones, own ones, and what each is compared with. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
DASH = "\N{EN DASH}"
LONGEST = 366  # days
QUARTER = 3  # months
LAST_30 = "30"
NAMES = ("month", "last-month", "quarter", "last-quarter", "week", LAST_30)


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """Days."""
        return (self.last - self.first).days + 1

    @property
    def in_words(self) -> str:
        """`1-19 Nov 2026`: months and years are said once where they are the same."""
        first, last = self.first, self.last
        if first == last:
            return f"{_day(last)} {last.year}"
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}{DASH}{_day(last)} {last.year}"
        year = "" if first.year == last.year else f" {first.year}"
        return f"{_day(first)}{year} {DASH} {_day(last)} {last.year}"

    def before(self) -> "Period":
        """Of whole months as many months before; else as many days before."""
        ends = self.first - DAY
        if not self._is_of_months:
            return Period(ends - (self.length - 1) * DAY, ends)
        months = 12 * (self.last.year - self.first.year) + self.last.month - self.first.month + 1
        return Period(_months_before(self.first, months), ends)

    @property
    def _is_of_months(self) -> bool:
        return self.first.day == 1 and (self.last + DAY).day == 1


def named(name: str, today: date) -> Period | None:
    """What a name of NAMES means today; running months and quarters end today, and so does "30".
    "week" is the seven days before today. None for any other word.
    """
    month = today.replace(day=1)
    quarter = _months_before(month, (month.month - 1) % QUARTER)
    known = {
        "month": Period(month, today),
        "last-month": Period(_months_before(month, 1), month - DAY),
        "quarter": Period(quarter, today),
        "last-quarter": Period(_months_before(quarter, QUARTER), quarter - DAY),
        "week": Period(today - 7 * DAY, today - DAY),
        LAST_30: Period(today - 29 * DAY, today),
    }
    return known.get(name)


def own(first: date | None, last: date | None, today: date) -> Period | None:
    """A range that somebody typed, until today at most; None where it is none or too long."""
    if first is None or last is None or first > min(last, today):
        return None
    period = Period(first, min(last, today))
    return period if period.length <= LONGEST else None


def _months_before(first_of_month: date, months: int) -> date:
    number = 12 * first_of_month.year + first_of_month.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
