"""The working hours of the demo company's sites, with the public holidays of their countries."""

from datetime import datetime

from exceptions import calendars
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.models import Calendar, Connection, Site

HOUR = 60
DOCK = (Opening(7 * HOUR, 19 * HOUR),)
SHIFTS = (Opening(6 * HOUR, 22 * HOUR),)
CLOSED: tuple[Opening, ...] = ()
HOURS = {
    "RTM": (
        "Rotterdam dock",
        CalendarSettings(
            zone="Europe/Amsterdam", weekly=(DOCK,) * 5 + (DOCK, CLOSED), country="NL"
        ),
    ),
    "CHI": (
        "Chicago dock",
        CalendarSettings(
            zone="America/Chicago",
            weekly=(SHIFTS,) * 5 + (CLOSED,) * 2,
            country="US",
            subdivision="IL",
        ),
    ),
    "PNQ": (
        "Pune dock",
        CalendarSettings(
            zone="Asia/Kolkata", weekly=(DOCK,) * 6 + (CLOSED,), country="IN", subdivision="MH"
        ),
    ),
}


def keep_hours(connection: Connection, *, at: datetime) -> None:
    """Give each site its calendar, if it is there and nobody made any."""
    if Calendar.objects.exists():
        return
    for site in Site.objects.filter(connection=connection, code__in=HOURS):
        name, settings = HOURS[site.code]
        site.calendar = calendars.create(name, settings, by=None, at=at)
        site.save(update_fields=["calendar"])
