"""Calendars: what people say, the hours that follow, and versions that are kept."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from exceptions import calendars
from exceptions.business_time import Closure, Opening
from exceptions.calendars import CalendarSettings, NotSound
from exceptions.models import CalendarVersion
from tests.making import Tower

DAY = (Opening(480, 1080),)
DUTCH = CalendarSettings(
    zone="Europe/Amsterdam",
    weekly=(DAY,) * 5 + ((),) * 2,
    country="NL",
    closures=(Closure(date(2026, 12, 24), "Stocktaking"),),
)
AT = datetime(2026, 11, 17, 9, tzinfo=UTC)


def closed(settings: CalendarSettings, year: int) -> dict[str, str]:
    hours = calendars.hours_from(settings, 2025)
    return {c.day.isoformat(): c.name for c in hours.closures if c.day.year == year}


def test_public_holidays_and_own_closures_together() -> None:
    """The Dutch holidays of 2026, by the calendar on the wall: Easter is 5 April."""
    assert closed(DUTCH, 2026) == {
        "2026-01-01": "New Year's Day",
        "2026-04-03": "Good Friday",
        "2026-04-05": "Easter Sunday",
        "2026-04-06": "Easter Monday",
        "2026-04-27": "King's Day",
        "2026-05-14": "Ascension Day",
        "2026-05-24": "Pentecost",
        "2026-05-25": "Pentecost Monday",
        "2026-12-24": "Stocktaking",
        "2026-12-25": "Christmas Day",
        "2026-12-26": "Second Day of Christmas",
    }


def test_a_region_has_holidays_of_its_own() -> None:
    german = replace(DUTCH, country="DE", closures=())
    bavarian = replace(german, subdivision="BY")
    assert set(closed(bavarian, 2026).items()) - set(closed(german, 2026).items()) == {
        ("2026-01-06", "Epiphany"),
        ("2026-06-04", "Corpus Christi"),
        ("2026-11-01", "All Saints' Day"),
    }


def test_no_country_no_holidays() -> None:
    assert closed(replace(DUTCH, country=""), 2026) == {"2026-12-24": "Stocktaking"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"zone": "Mars/Olympus"}, "“Mars/Olympus” is no time zone"),
        ({"weekly": ((),) * 7}, "for at least one day of the week"),
        ({"weekly": ((Opening(600, 600),),) * 7}, "Every opening starts before it ends"),
        ({"weekly": ((Opening(600, 1500),),) * 7}, "Every opening starts before it ends"),
        (
            {"weekly": ((Opening(480, 720), Opening(720, 900)),) * 7},
            "follow one another with a gap",
        ),
        ({"country": "XX"}, "No public holidays are known for “XX”"),
        ({"subdivision": "BY"}, "“BY” is no region of that country"),
    ],
)
@pytest.mark.django_db
def test_hours_that_do_not_hold_together_are_not_kept(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(NotSound, match=says):
        calendars.create("Dock", replace(DUTCH, **changed), by=None, at=AT)
    assert CalendarVersion.objects.count() == 0


def test_a_name_is_used_once(tower: Tower) -> None:
    calendars.create("Dock", DUTCH, by=None, at=AT)
    calendars.create("D" * 90, DUTCH, by=None, at=AT)
    for name in (" ", "dock", "D" * 80):
        with pytest.raises(NotSound, match="a name that no other calendar has"):
            calendars.create(name, DUTCH, by=None, at=AT)


def test_a_change_is_a_new_version_and_the_old_one_stays(tower: Tower) -> None:
    calendar = calendars.create("Dock", DUTCH, by=None, at=AT)
    longer = replace(DUTCH, weekly=((Opening(360, 1320),),) * 7)
    calendars.add_version(calendar, longer, by=tower.supervisor.user, at=AT, note="Two shifts")
    newest, first = calendar.versions.order_by("-number")

    assert (newest.number, newest.note, first.number) == (2, "Two shifts", 1)
    assert calendars.settings_of(first) == DUTCH
    assert calendars.settings_of(newest) == longer
    assert calendars.in_force(calendar.pk) == newest


def test_public_holidays_never_run_out(tower: Tower) -> None:
    calendar = calendars.create("Dock", DUTCH, by=None, at=AT)
    assert calendar.versions.get().known_until == date(2032, 12, 31)
    assert [calendars.extend(at=AT.replace(year=y)) for y in (2026, 2027, 2027)] == [0, 1, 0]

    newest = calendars.in_force(calendar.pk)
    assert newest is not None
    assert (newest.number, newest.known_until) == (2, date(2033, 12, 31))
    assert calendars.settings_of(newest) == DUTCH
