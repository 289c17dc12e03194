"""Shifts and absences for the tests, in few words."""

from datetime import date, datetime, time
from typing import Any

from exceptions.models import Absence, Shift, Site, User

LONG_AGO = date(2026, 1, 5)
WEEKDAYS = [1, 2, 3, 4, 5]


def user(username: str) -> User:
    return User.objects.get(username=username)


def on_shift(username: str, site: Site, start: int, end: int, **said: Any) -> Shift:
    """From one full hour to another, on weekdays."""
    said = {"weekdays": WEEKDAYS, "first_day": LONG_AGO} | said
    return Shift.objects.create(
        person=user(username), site=site, starts=time(start), ends=time(end), **said
    )


def is_away(
    username: str, from_: datetime, until: datetime, deputy: str = "", **said: Any
) -> Absence:
    return Absence.objects.create(
        person=user(username),
        starts_at=from_,
        ends_at=until,
        reason=said.pop("reason", "leave"),
        deputy=user(deputy) if deputy else None,
        **said,
    )
