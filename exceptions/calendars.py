"""Calendars: what people say about working hours, and the hours that follow from it.

A calendar changes by a new version; clocks keep the version that they started under.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import available_timezones

import holidays
import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import chains, settings_history
from exceptions.business_time import Closure, Hours, Opening
from exceptions.models import Calendar, CalendarVersion, PartnerCalendar, Site, User
from exceptions.vocabulary import Governed, Via

YEARS_AHEAD = 8  # for which public holidays are named; no target is longer than 5
YEARS_LEFT = 6  # fewer than these, and a version that knows more takes over
MIDNIGHT = 24 * 60
MOST_CLOSURES = 400


class NotSound(Exception):
    """The settings are no working hours; `problems` says why, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """What people enter. `country` and `subdivision` (ISO 3166) say whose public holidays are
    closed; empty: none. `closures` are a company's own.
    """

    zone: str
    weekly: tuple[tuple[Opening, ...], ...]
    country: str = ""
    subdivision: str = ""
    closures: tuple[Closure, ...] = ()


def settings_of(version: CalendarVersion) -> CalendarSettings:
    return msgspec.convert(version.settings, CalendarSettings)


@lru_cache(maxsize=256)
def _hours(packed: bytes) -> Hours:
    return msgspec.json.decode(packed, type=Hours)


def hours_of(version: CalendarVersion | None) -> Hours | None:
    """The hours of a version; None, around the clock, without one."""
    if version is None:
        return None
    return _hours(msgspec.json.encode(version.hours))


def in_force(calendar_id: int | None) -> CalendarVersion | None:
    """The newest version of a calendar."""
    if calendar_id is None:
        return None
    versions = CalendarVersion.objects.filter(calendar_id=calendar_id)
    return versions.select_related("calendar").order_by("-number").first()


def of_site(site: Site) -> CalendarVersion | None:
    return in_force(site.calendar_id)


def of_partner(connection_id: int, partner_id: int) -> CalendarVersion | None:
    """The version in force of the hours of a partner, where any are known."""
    known = PartnerCalendar.objects.filter(connection=connection_id, partner_id=partner_id)
    row = known.first()
    return in_force(row.calendar_id) if row else None


def hours_from(settings: CalendarSettings, first_year: int) -> Hours:
    """The hours that follow, with the public holidays from `first_year` on named in English where
    the library can.
    """
    named = {c.day: c.name for c in public_holidays(settings, first_year)}
    named |= {closure.day: closure.name for closure in settings.closures}
    closures = tuple(Closure(day, name) for day, name in sorted(named.items()))
    return Hours(zone=settings.zone, weekly=settings.weekly, closures=closures)


def public_holidays(settings: CalendarSettings, first_year: int) -> list[Closure]:
    """Those of the country and subdivision, for the years that a version knows."""
    if not settings.country:
        return []
    years = range(first_year, first_year + YEARS_AHEAD)
    english = {"en_US", "en_GB"} & set(languages().get(settings.country, []))
    found = holidays.country_holidays(
        settings.country,
        subdiv=settings.subdivision or None,
        years=years,
        language=min(english) if english else None,
    )
    return [Closure(day, name) for day, name in sorted(found.items())]


@lru_cache(maxsize=1)
def languages() -> dict[str, list[str]]:
    return holidays.list_localized_countries()


@lru_cache(maxsize=1)
def countries() -> dict[str, list[str]]:
    """Codes of the countries whose holidays are known, each with those of its subdivisions."""
    found = holidays.list_supported_countries()
    return {code: sorted(found[code]) for code in sorted(found) if len(code) == 2}


@transaction.atomic
def create(name: str, settings: CalendarSettings, *, by: User | None, at: datetime) -> Calendar:
    """A calendar with its first version. Raises NotSound."""
    name = name.strip()[:80]
    found = list(problems(settings))
    if not name or Calendar.objects.filter(name__iexact=name).exists():
        found.insert(0, _("Give it a name that no other calendar has."))
    if found:
        raise NotSound(found)
    calendar = Calendar.objects.create(name=name, created_at=at)
    add_version(calendar, settings, by=by, at=at)
    return calendar


@transaction.atomic
def add_version(
    calendar: Calendar, settings: CalendarSettings, *, by: User | None, at: datetime, note: str = ""
) -> CalendarVersion:
    """The calendar's next version, for all clocks that start from now on. Raises NotSound."""
    if found := list(problems(settings)):
        raise NotSound(found)
    Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
    newest = in_force(calendar.pk)
    first = at.year - 1
    version = CalendarVersion.objects.create(
        calendar=calendar,
        number=newest.number + 1 if newest else 1,
        settings=msgspec.to_builtins(settings),
        hours=msgspec.to_builtins(hours_from(settings, first)),
        known_until=date(first + YEARS_AHEAD - 1, 12, 31),
        author=by,
        at=at,
        note=note[:200],
    )
    _tell(version)
    return version


def _tell(version: CalendarVersion) -> None:
    """A line of the settings history, with what the settings hash to."""
    settings_history.add(
        Governed.CALENDAR,
        f"{version.calendar.name}: version {version.number} in force",
        by=version.author,
        via=Via.WEB if version.author else Via.CLOCK,
        because=version.note,
        at=version.at,
        data={
            "calendar": version.calendar_id,
            "version": version.number,
            "settings": chains.seal(version.settings),
        },
    )


def extend(*, at: datetime) -> int:
    """Give calendars whose public holidays run short a version that knows more. How many did."""
    enough = date(at.year + YEARS_LEFT, 12, 31)
    newest = CalendarVersion.objects.order_by("calendar_id", "-number").distinct("calendar_id")
    short = [v for v in newest.select_related("calendar") if v.known_until < enough]
    for version in short:
        _extend(version, at)
    return len(short)


@transaction.atomic
def _extend(version: CalendarVersion, at: datetime) -> None:
    """As people left it: they may have saved it since it was looked up."""
    Calendar.objects.select_for_update(no_key=True).get(pk=version.calendar_id)
    newest = in_force(version.calendar_id) or version
    note = _("Public holidays of another year")
    add_version(version.calendar, settings_of(newest), by=None, at=at, note=note)


def problems(settings: CalendarSettings) -> Iterator[str]:
    """Why these are no working hours, a sentence each; none when they are."""
    if settings.zone not in zones():
        yield _("“%s” is no time zone: give one such as Europe/Amsterdam.") % settings.zone
    if len(settings.weekly) != 7 or not any(settings.weekly):
        yield _("Give opening hours for at least one day of the week.")
    for openings in settings.weekly:
        yield from _of_day(openings)
    if settings.country and settings.country not in countries():
        yield _("No public holidays are known for “%s”.") % settings.country
    elif settings.subdivision and settings.subdivision not in countries()[settings.country]:
        yield _("“%s” is no region of that country with holidays of its own.") % (
            settings.subdivision
        )
    if len(settings.closures) > MOST_CLOSURES:
        yield _("A calendar has %s closures of its own at most.") % MOST_CLOSURES


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _of_day(openings: tuple[Opening, ...]) -> Iterator[str]:
    if not all(0 <= o.start < o.end <= MIDNIGHT for o in openings):
        yield _("Every opening starts before it ends, within one day.")
    if any(a.end >= b.start for a, b in pairwise(openings)):
        yield _("The openings of a day follow one another with a gap between them.")
