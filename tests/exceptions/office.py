"""A site with office hours, in a week of November 2026, for the tests of its clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from exceptions import calendars
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.models import Calendar, Case, CaseEvent, Clock
from exceptions.pausing import Wait
from exceptions.vocabulary import Happening, Waiting
from tests.making import Tower

HOUR, MINUTE, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)
DAYTIME = (Opening(8 * 60, 18 * 60),)
OFFICE = CalendarSettings(zone="Europe/Amsterdam", weekly=(DAYTIME,) * 5 + ((),) * 2)
MAERSK = Wait(waiting_for=Waiting.CARRIER, counterparty="Maersk", reason="A new ETA")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Monday, 16:20 in Rotterdam.
MONDAY = datetime(2026, 11, 16, 16, 20, tzinfo=AMSTERDAM).astimezone(UTC)


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, in Rotterdam."""
    return datetime(2026, 11, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def keeps(tower: Tower, settings: CalendarSettings, name: str = "Office") -> Calendar:
    calendar = calendars.create(name, settings, by=None, at=MONDAY)
    tower.site.calendar = calendar
    tower.site.save()
    return calendar


def to_resolve(case: Case) -> Clock:
    return case.clocks.get(kind="resolve")


def told(case: Case, what: Happening) -> list[CaseEvent]:
    return list(case.events.filter(happening=what).order_by("number"))
