"""A calendar as the fields of a form, and back. Hours are typed as `08:00-12:00, 13:00-17:00`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from exceptions import calendars
from exceptions.business_time import Closure, Opening
from exceptions.calendars import CalendarSettings, NotSound

OPENING = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})")  # noqa: RUF001 - an en dash
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\s*(.*)")


@dataclass(frozen=True, slots=True)
class DayField:
    number: int
    label: str
    said: str


@dataclass(slots=True)
class CalendarForm:
    """What is shown in the fields, and what is wrong with what was typed, a sentence each."""

    name: str = ""
    zone: str = ""
    country: str = ""
    subdivision: str = ""
    closures: str = ""
    note: str = ""
    days: tuple[str, ...] = ("",) * 7
    sites: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()  # the sites that kept it when the form was shown
    version: str = ""  # the one that the form was made from
    problems: list[str] = field(default_factory=list)

    @property
    def week(self) -> list[DayField]:
        return [DayField(n, str(WEEKDAYS[n]), said) for n, said in enumerate(self.days)]

    @property
    def countries(self) -> list[str]:
        return list(calendars.countries())

    @property
    def subdivisions(self) -> list[str]:
        return calendars.countries().get(self.country, [])


def empty(zone: str) -> CalendarForm:
    """Monday to Friday, eight to six, until somebody says otherwise."""
    return CalendarForm(zone=zone, days=("08:00-18:00",) * 5 + ("",) * 2)


def shown(
    name: str, settings: CalendarSettings, sites: frozenset[int], version: int = 0
) -> CalendarForm:
    return CalendarForm(
        kept=sites,
        version=str(version),
        name=name,
        zone=settings.zone,
        country=settings.country,
        subdivision=settings.subdivision,
        closures="\n".join(f"{c.day.isoformat()} {c.name}" for c in settings.closures),
        days=tuple(in_words(openings) for openings in settings.weekly),
        sites=sites,
    )


def typed(form: Mapping[str, str], sites: list[str]) -> CalendarForm:
    """As it was sent; nothing of it is lost, whether or not it can be read."""

    def said(name: str) -> str:
        return form.get(name, "").replace("\x00", "").strip()

    return CalendarForm(
        kept=_ids(said("kept").split()),
        version=said("version"),
        name=said("name"),
        zone=said("zone"),
        country=said("country"),
        subdivision=said("subdivision"),
        closures=said("closures"),
        note=said("note"),
        days=tuple(said(f"day-{n}") for n in range(7)),
        sites=_ids(sites),
    )


def _ids(said: Iterable[str]) -> frozenset[int]:
    return frozenset(int(s) for s in said if s.isascii() and s.isdigit() and len(s) < 19)


def settings_of(form: CalendarForm) -> CalendarSettings:
    """Raises NotSound, with a sentence for all that cannot be read or does not hold together."""
    problems: list[str] = []
    weekly = tuple(_day(day.label, day.said, problems) for day in form.week)
    closures = tuple(sorted(_closures(form.closures, problems), key=lambda c: c.day))
    settings = CalendarSettings(
        zone=form.zone,
        weekly=weekly,
        country=form.country,
        subdivision=form.subdivision,
        closures=closures,
    )
    if found := [*problems, *(() if problems else calendars.problems(settings))]:
        raise NotSound(found)
    return settings


def in_words(openings: tuple[Opening, ...]) -> str:
    return ", ".join(f"{_clock(o.start)}-{_clock(o.end)}" for o in openings)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _day(label: str, said: str, problems: list[str]) -> tuple[Opening, ...]:
    found = []
    for part in (p.strip() for p in said.split(",") if p.strip()):
        match = OPENING.fullmatch(part)
        if match is None or not all(int(m) < 60 for m in match.group(2, 4)):
            problems.append(_("%s: give hours such as 08:00-18:00.") % label)
            return ()
        a, b, c, d = (int(group) for group in match.groups())
        found.append(Opening(a * 60 + b, c * 60 + d))
    return tuple(sorted(found, key=lambda o: o.start))


def _closures(said: str, problems: list[str]) -> list[Closure]:
    found: dict[date, str] = {}
    for line in (each.strip() for each in said.splitlines() if each.strip()):
        match = DAY.fullmatch(line)
        try:
            day = date(*(int(match[n]) for n in (1, 2, 3))) if match else None
        except ValueError:
            day = None
        if match is None or day is None:
            says = _("“%s”: give a day and why, such as 2026-12-24 Stocktaking.")
            problems.append(says % line[:60])
            continue
        found[day] = (match[4] or _("closed"))[:80]
    return [Closure(day, name) for day, name in found.items()]
