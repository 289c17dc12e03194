"""Rosters in words: a shift, an absence, and why a case goes to somebody else."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from exceptions.models import Absence, Shift

TO = "\N{EN DASH}"


def shift(row: Shift) -> str:
    """`Mon-Fri 08:00-16:00, from 1 Dec 2026, Procurement`, with real dashes."""
    said = [f"{weekdays(row.weekdays)} {hours(row)}", days(row.first_day, row.last_day)]
    return ", ".join([*said, str(row.team)] if row.team else said)


def hours(row: Shift) -> str:
    """`08:00-16:00`; of one over midnight, `22:00-06:00 (+1)`."""
    over = "" if row.ends > row.starts else " (+1)"
    return f"{row.starts:%H:%M}{TO}{row.ends:%H:%M}{over}"


def weekdays(numbers: Sequence[int]) -> str:
    """`Mon-Fri`, `Mon, Wed`; ISO numbers, in order."""
    names = [str(WEEKDAYS_ABBR[number - 1]) for number in numbers]
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{names[0]}{TO}{names[-1]}"
    return ", ".join(names)


def days(first: date, last: date | None) -> str:
    if last is None:
        return _("from %s") % _day(first)
    if first == last:
        return _("on %s") % _day(first)
    return _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}


def absence(row: Absence) -> str:
    """`away, 1 Dec 2026 07:00 to 4 Dec 2026 16:00 UTC, deputy Ben`.

    Not why: more people read what was changed than may know that.
    """
    said = _("away, %(from)s to %(to)s UTC") % {
        "from": _instant(row.starts_at, "UTC"),
        "to": _instant(row.ends_at, "UTC"),
    }
    return said + (_(", deputy %s") % row.deputy if row.deputy else "")


def reason(row: Absence, zone: str, at: datetime) -> str:
    """Why their cases go to somebody else, in the zone of the case's site."""
    back = row.ends_at.astimezone(ZoneInfo(zone))
    until = f"{_instant(row.ends_at, zone)} {back.tzname()}"
    if row.starts_at <= at:
        return _("%(who)s is away until %(until)s.") % {"who": row.person, "until": until}
    return _("%(who)s will be away from %(from)s until %(until)s.") % {
        "who": row.person,
        "from": _instant(row.starts_at, zone),
        "until": until,
    }


def _instant(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{_day(local.date())} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
