"""Who works when and who is away, as far as this Odoo tells us: time off and working hours of the
people who are in the tower too, by their e-mail address or login.

None of it is needed: a model that is not there, or that we may not read, is said on the page of
integrations and is no error. What was taken over before then stays as it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from exceptions import duty_told
from exceptions.duty_told import AbsenceTold, ShiftTold
from exceptions.models import Membership, User
from exceptions.vocabulary import WORKING_ROLES
from integrations.models import OdooAccess, SyncCursor
from integrations.odoo import errors, paging
from integrations.odoo.client import Odoo, Record
from integrations.odoo.datetimes import from_odoo, to_odoo

EVERY = timedelta(minutes=10)
LEAVES, REQUESTS, HOURS = "resource.calendar.leaves", "hr.leave", "resource.calendar.attendance"
BREAK = 90  # minutes; a break that is no longer is no end of a shift
MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Turn:
    """Hours of a calendar: ISO weekdays, and minutes of the day from and until."""

    weekdays: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of asking for one model. Without rows, `note` says why, in a sentence."""

    rows: list[Record] | None
    note: str = ""
    failed: bool = False


def due(row: OdooAccess, *, at: datetime) -> bool:
    cursors = SyncCursor.objects.filter(connection=row.connection, source=HOURS)
    return not cursors.filter(finished_at__gt=at - EVERY).exists()


def read(row: OdooAccess, odoo: Odoo, *, at: datetime) -> None:
    """Raises what is OUT_OF_REACH; everything else is noted."""
    people = _People(odoo)
    _read_absences(row, odoo, people, at)
    _read_hours(row, odoo, people, at)


# -- Absences ---------------------------------------------------------------------------------


def _read_absences(row: OdooAccess, odoo: Odoo, people: "_People", at: datetime) -> None:
    """Validated requests stand in both models and have one key in both; those that were entered
    without one stand in the leaves alone.
    """
    to_come = ["date_to", ">=", to_odoo(at)]
    leaves = _asked(LEAVES, lambda: _leaves(odoo, to_come))
    requested = [to_come, ["state", "=", "validate"]]
    requests = _asked(
        REQUESTS, lambda: _all(odoo, REQUESTS, requested, ["user_id", "date_from", "date_to"])
    )
    users = _users_of_resources(odoo, leaves.rows or [])
    told = [
        *_absences(
            leaves.rows or [], lambda r: users.get(_id(r, "resource_id") or 0), people, _key
        ),
        *_absences(requests.rows or [], lambda r: _id(r, "user_id"), people, _request_key),
    ]
    whole = not people.unknown and len(users) == len(_resource_ids(leaves.rows or []))
    complete = whole and leaves.rows is not None and not requests.failed
    duty_told.absences(row.connection, told, complete=complete, at=at)
    _note(row, LEAVES, leaves, at)
    _note(row, REQUESTS, requests, at)


def _leaves(odoo: Odoo, to_come: list[Any]) -> list[Record]:
    known = odoo.fields_get(LEAVES, ["type"])
    named = [name for name in ("holiday_id", "time_type") if name in known]
    fields = ["resource_id", "date_from", "date_to", *named]
    found = _all(odoo, LEAVES, [to_come, ["resource_id", "!=", False]], fields)
    return [record for record in found if record.get("time_type") != "other"]


def _resource_ids(leaves: Sequence[Record]) -> list[int]:
    return sorted({pk for record in leaves if (pk := _id(record, "resource_id"))})


def _users_of_resources(odoo: Odoo, leaves: Sequence[Record]) -> dict[int, int | None]:
    """Archived ones are among them; fewer than asked for where Odoo does not tell."""
    ids = _resource_ids(leaves)
    if not ids:
        return {}
    answer = _asked("resource.resource", lambda: _by_id(odoo, ids))
    return {record["id"]: _id(record, "user_id") for record in answer.rows or []}


def _by_id(odoo: Odoo, ids: list[int]) -> list[Record]:
    return odoo.read("resource.resource", ids, ["user_id"])


def _absences(
    records: Iterable[Record],
    user_of: Callable[[Record], int | None],
    people: "_People",
    key_of: Callable[[Record], str],
) -> Iterator[AbsenceTold]:
    for record in records:
        person = people.of(user_of(record))
        times = _times(record)
        if person and times:
            yield AbsenceTold(
                key=key_of(record), person=person, starts_at=times[0], ends_at=times[1]
            )


def _times(record: Record) -> tuple[datetime, datetime] | None:
    """None of what is no stretch of time."""
    try:
        start, end = from_odoo(record["date_from"]), from_odoo(record["date_to"])
    except (KeyError, TypeError, ValueError):
        return None
    return (start, end) if start and end and start < end else None


def _key(record: Record) -> str:
    request = _id(record, "holiday_id")
    return f"{REQUESTS}:{request}" if request else f"{LEAVES}:{record['id']}"


def _request_key(record: Record) -> str:
    return f"{REQUESTS}:{record['id']}"


# -- Working hours ----------------------------------------------------------------------------


def _read_hours(row: OdooAccess, odoo: Odoo, people: "_People", at: datetime) -> None:
    fields = ["calendar_id", "dayofweek", "hour_from", "hour_to"]
    answer = _asked(HOURS, lambda: _all(odoo, HOURS, [], _with(odoo, fields)))
    resources = _asked("resource.resource", lambda: _resources(odoo))
    calendars = _asked("resource.calendar", lambda: _calendars(odoo))
    if answer.rows is not None and resources.rows is not None and calendars.rows is not None:
        zones = {record["id"]: record.get("tz") for record in calendars.rows}
        told, elsewhere = _shifts(row, turns(answer.rows, at), resources.rows, zones, people)
        if not people.unknown:
            duty_told.shifts(row.connection, told, at=at)
        answer = Answer(answer.rows, _elsewhere(elsewhere))
    _note(row, HOURS, next((a for a in (answer, resources, calendars) if a.note), answer), at)


def _with(odoo: Odoo, fields: list[str]) -> list[str]:
    """And those that tell which of the hours count, where this version has them."""
    known = odoo.fields_get(HOURS, ["type"])
    more = ("day_period", "display_type", "week_type", "resource_id", "date_from", "date_to")
    return [*fields, *(name for name in more if name in known)]


def _resources(odoo: Odoo) -> list[Record]:
    mine = [["user_id", "!=", False], ["calendar_id", "!=", False]]
    return _all(odoo, "resource.resource", mine, ["user_id", "calendar_id"])


def _calendars(odoo: Odoo) -> list[Record]:
    return _all(odoo, "resource.calendar", [], ["tz"])


def turns(records: Iterable[Record], at: datetime) -> dict[int, list[Turn]]:
    """The hours of each calendar, each stretch of a day once with all its days. Pure.

    Hours of calendars that alternate between two weeks are left out: no week is like the next.
    """
    days: defaultdict[int, defaultdict[int, list[tuple[int, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    alternating = set()
    for record in records:
        calendar = _id(record, "calendar_id")
        if calendar is None:
            continue
        if record.get("week_type"):
            alternating.add(calendar)
        elif hours := _hours(record, at):
            day, start, end = hours
            days[calendar][day].append((start, end))
    return {pk: _weekly(week) for pk, week in days.items() if pk not in alternating}


def _hours(record: Record, at: datetime) -> tuple[int, int, int] | None:
    """ISO weekday and minutes; None of what does not count, or is no time of a day."""
    today = at.date().isoformat()
    not_yet = str(record.get("date_from") or "") > today
    over = record.get("date_to") and str(record["date_to"]) < today
    beside = record.get("display_type") or record.get("resource_id")
    if beside or record.get("day_period") == "lunch" or not_yet or over:
        return None
    try:
        day = int(record["dayofweek"]) + 1
        start, end = (round(float(record[name]) * 60) for name in ("hour_from", "hour_to"))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    sound = 1 <= day <= 7 and 0 <= start < end <= MIDNIGHT
    return (day, start, end) if sound else None


def _weekly(week: Mapping[int, list[tuple[int, int]]]) -> list[Turn]:
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for day in sorted(week):
        for stretch in _without_breaks(week[day]):
            found[stretch].append(day)
    return [Turn(tuple(days), start, end) for (start, end), days in sorted(found.items())]


def _without_breaks(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    whole: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if whole and start - whole[-1][1] <= BREAK:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _shifts(
    row: OdooAccess,
    weekly: Mapping[int, list[Turn]],
    resources: Iterable[Record],
    zones: Mapping[int, Any],
    people: "_People",
) -> tuple[list[ShiftTold], set[str]]:
    """At each site of this Odoo where the person works; and whose hours are of another zone."""
    told: list[ShiftTold] = []
    elsewhere: set[str] = set()
    for record in resources:
        person, calendar = people.of(_id(record, "user_id")), _id(record, "calendar_id") or 0
        if person is None or calendar not in weekly:
            continue
        for job in _jobs(row, person):
            if job.site is None or job.site.time_zone != zones.get(calendar):
                elsewhere.add(str(person))
            else:
                told += [_shift(job, calendar, turn) for turn in weekly[calendar]]
    return told, elsewhere


def _jobs(row: OdooAccess, person: User) -> Iterable[Membership]:
    jobs = person.memberships.filter(role__in=WORKING_ROLES, site__connection=row.connection)
    return jobs.select_related("user", "site", "team").order_by("pk")


def _shift(job: Membership, calendar: int, turn: Turn) -> ShiftTold:
    assert job.site is not None
    where = f"{job.site.pk}:{job.team_id or 0}:{job.role}"
    return ShiftTold(
        key=f"{HOURS}:{calendar}:{job.user_id}:{where}:{turn.start}-{turn.end}",
        person=job.user,
        site=job.site,
        team=job.team,
        weekdays=turn.weekdays,
        starts=_clock(turn.start),
        ends=_clock(turn.end),
    )


def _clock(minute: int) -> time:
    hours, minutes = divmod(minute % MIDNIGHT, 60)
    return time(hours, minutes)


def _elsewhere(names: set[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(sorted(names)[:5])
    return _("Left out, as their hours are in another zone than their site: %s.") % listed


# -- Asking -----------------------------------------------------------------------------------


class _People:
    """Whom of the tower a user of Odoo is: asked for once. `unknown` when Odoo did not say: then
    what it says of anybody is not the whole.
    """

    def __init__(self, odoo: Odoo) -> None:
        self._odoo = odoo
        self._known: dict[int, User] | None = None
        self.unknown = False

    def of(self, user_id: int | None) -> User | None:
        if user_id is None:
            return None
        if self._known is None:
            self._known = dict(self._match())
        return self._known.get(user_id)

    def _match(self) -> Iterator[tuple[int, User]]:
        """By e-mail address, else by login; an address that two people have is nobody's."""
        answer = _asked("res.users", lambda: _all(self._odoo, "res.users", [], ["login", "email"]))
        self.unknown = answer.rows is None
        people = list(User.objects.filter(is_active=True))
        emails = _once((person.email.casefold(), person) for person in people)
        names = _once((person.username.casefold(), person) for person in people)
        for record in answer.rows or []:
            email, login = (str(record.get(n) or "").casefold() for n in ("email", "login"))
            if person := emails.get(email) or emails.get(login) or names.get(login):
                yield record["id"], person


def _once(pairs: Iterable[tuple[str, User]]) -> dict[str, User]:
    found: defaultdict[str, list[User]] = defaultdict(list)
    for name, person in pairs:
        found[name].append(person)
    return {name: people[0] for name, people in found.items() if name and len(people) == 1}


def _all(odoo: Odoo, model: str, domain: Sequence[Any], fields: Sequence[str]) -> list[Record]:
    return [record for page in paging.all_by_id(odoo, model, domain, fields) for record in page]


def _asked(model: str, ask: Callable[[], list[Record]]) -> Answer:
    try:
        return Answer(ask())
    except errors.OUT_OF_REACH:
        raise
    except errors.UnknownModel:
        return Answer(None, _("This Odoo does not have it (%s).") % model)
    except errors.AccessRefused:
        return Answer(None, _("Our user may not read it (%s), so nothing is taken over.") % model)
    except errors.OdooError as error:
        return Answer(None, error.in_full, failed=True)


def _id(record: Record, name: str) -> int | None:
    """Of a many2one as Odoo sends it, `[7, "Name"]`; None of anything else."""
    value = record.get(name)
    first = value[0] if isinstance(value, list | tuple) and value else value
    return first if isinstance(first, int) and not isinstance(first, bool) else None


def _note(row: OdooAccess, model: str, answer: Answer, at: datetime) -> None:
    values = {
        "finished_at": at,
        "rows_in_round": len(answer.rows or []),
        "absent": answer.rows is None and not answer.failed,
        "note": answer.note[:300],
    }
    SyncCursor.objects.update_or_create(connection=row.connection, source=model, defaults=values)
