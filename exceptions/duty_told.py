"""What a source says of who works when and who is away: taken over, and ended when it says so no
more. Whoever stands in for somebody is ours to say, and stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from exceptions import duty_words, rostering
from exceptions.actors import machine
from exceptions.business_time import DAY
from exceptions.models import Absence, Connection, Shift, Site, Team, User
from exceptions.vocabulary import AbsenceReason, RosterAct, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceTold:
    """`key` is what the source knows it by. Its reason is nobody's business here."""

    key: str
    person: User
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftTold:
    """Hours of every week, by the wall clock of the site."""

    key: str
    person: User
    site: Site
    team: Team | None
    weekdays: tuple[int, ...]
    starts: time
    ends: time


@transaction.atomic
def absences(
    connection: Connection, told: Iterable[AbsenceTold], *, complete: bool, at: datetime
) -> None:
    """Those that are not over. Where they are all that there are (`complete`), others of the source
    are over now.
    """
    rows = Absence.objects.filter(connection=connection).select_related("person", "deputy")
    known = {row.external_id: row for row in rows}
    wanted = {each.key: each for each in told}
    for key, each in wanted.items():
        _take_absence(connection, known.get(key), each, at)
    if complete:
        for key in known.keys() - wanted.keys():
            _end_absence(known[key], connection, at)


def _take_absence(
    connection: Connection, row: Absence | None, told: AbsenceTold, at: datetime
) -> None:
    before = duty_words.absence(row) if row else ""
    row = row or Absence(
        connection=connection, external_id=told.key, person=told.person, reason=AbsenceReason.LEAVE
    )
    if row.deputy_id == told.person.pk:  # it is somebody else's now, who cannot stand in
        row.deputy = None
    row.person, row.starts_at, row.ends_at = told.person, told.starts_at, told.ends_at
    after = duty_words.absence(row)
    if after == before:
        return
    row.save()
    what = RosterAct.ABSENCE_CHANGED if before else RosterAct.ABSENCE_RECORDED
    _keep(what, row.person, connection, at, f"{before} → {after}" if before else after)


def _end_absence(row: Absence, connection: Connection, at: datetime) -> None:
    if row.ends_at <= at:
        return
    said = duty_words.absence(row)
    if row.starts_at < at:
        row.ends_at = at
        row.save(update_fields=["ends_at"])
    else:
        row.delete()
    _keep(RosterAct.ABSENCE_ENDED, row.person, connection, at, said)


@transaction.atomic
def shifts(connection: Connection, told: Iterable[ShiftTold], *, at: datetime) -> None:
    """All that the source says. Whose shifts at a site people keep here are kept here alone."""
    rows = Shift.objects.filter(connection=connection).select_related("person", "site", "team")
    known = {row.external_id: row for row in rows}
    ours = _kept_here(at)
    wanted = {each.key: each for each in told if (each.person.pk, each.site.pk) not in ours}
    for key, each in wanted.items():
        _take_shift(connection, known.get(key), each, at)
    for key in known.keys() - wanted.keys():
        _end_shift(known[key], connection, at)


def _kept_here(at: datetime) -> set[tuple[int, int]]:
    """The people with shifts of ours that are not over, and where."""
    lasting = Q(last_day=None) | Q(last_day__gte=at.date() - DAY)
    rows = Shift.objects.filter(lasting, connection=None)
    return set(rows.values_list("person_id", "site_id"))


def _take_shift(connection: Connection, row: Shift | None, told: ShiftTold, at: datetime) -> None:
    today = _today(told.site, at)
    before = duty_words.shift(row) if row else ""
    row = row or Shift(
        connection=connection,
        external_id=told.key,
        person=told.person,
        site=told.site,
        first_day=today,
    )
    for name, value in _values(told).items():
        setattr(row, name, value)
    if row.last_day is not None:
        row.first_day, row.last_day = today, None
    after = duty_words.shift(row)
    if after == before:
        return
    row.save()
    what = RosterAct.SHIFT_CHANGED if before else RosterAct.SHIFT_ADDED
    said = f"{before} → {after}" if before else after
    _keep(what, row.person, connection, at, said, row.site)


def _values(told: ShiftTold) -> Mapping[str, Any]:
    return {
        "team": told.team,
        "weekdays": sorted(told.weekdays),
        "starts": told.starts,
        "ends": told.ends,
    }


def _end_shift(row: Shift, connection: Connection, at: datetime) -> None:
    today = _today(row.site, at)
    if row.last_day is not None and row.last_day < today:
        return
    said = duty_words.shift(row)
    if row.first_day < today:
        row.last_day = today - DAY
        row.save(update_fields=["last_day"])
    else:
        row.delete()
    _keep(RosterAct.SHIFT_ENDED, row.person, connection, at, said, row.site)


def _today(site: Site, at: datetime) -> date:
    return at.astimezone(ZoneInfo(site.time_zone)).date()


def _keep(
    what: RosterAct,
    person: User,
    connection: Connection,
    at: datetime,
    about: str,
    site: Site | None = None,
) -> None:
    rostering.keep(what, person, machine(Via.ODOO, connection.name), at, about, site)
