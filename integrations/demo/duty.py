"""The rosters of the demo: shifts since some weeks ago, a deputy for who is away, a gap to come."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exceptions import rostering
from exceptions.actors import Actor, person
from exceptions.models import Absence, Connection, Shift, Site, User
from exceptions.rostering import Leave, Turn
from exceptions.vocabulary import AbsenceReason

DAY = timedelta(days=1)
KEPT_FOR = timedelta(days=45)
WEEKDAYS, SIX_DAYS = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6)
# Whose, at which site, on which days of the week, from when until when on its clock.
SHIFTS = (
    ("jonas", "RTM", SIX_DAYS, time(7), time(15, 30)),
    ("noor", "RTM", SIX_DAYS, time(10, 30), time(19)),
    ("luis", "CHI", WEEKDAYS, time(6), time(14)),
    ("tom", "CHI", WEEKDAYS, time(14), time(22)),
    ("ravi", "PNQ", SIX_DAYS, time(7), time(15)),
    ("priya", "PNQ", SIX_DAYS, time(11), time(19)),
)


def draw_up(connection: Connection, *, at: datetime) -> None:
    """As the lead of each site would; nothing where there is a roster already."""
    if Shift.objects.exists() or Absence.objects.exists():
        return
    sites = Site.objects.filter(connection=connection).select_related("lead")
    people = {user.username: user for user in User.objects.all()}
    for site in sites:
        if site.lead is not None:
            _shifts(site, people, person(site.lead), at)
    rotterdam = sites.filter(code="RTM").first()
    if rotterdam is not None and rotterdam.lead is not None:
        _away(rotterdam, people, person(rotterdam.lead), at)


def _shifts(site: Site, people: dict[str, User], by: Actor, at: datetime) -> None:
    at -= KEPT_FOR
    first_day = at.astimezone(ZoneInfo(site.time_zone)).date()
    for name, code, weekdays, starts, ends in SHIFTS:
        if code != site.code or name not in people:
            continue
        turn = Turn(
            person=people[name],
            team=None,
            weekdays=weekdays,
            starts=starts,
            ends=ends,
            first_day=first_day,
            last_day=None,
        )
        rostering.add_shift(site, turn, by=by, at=at)


def _away(site: Site, people: dict[str, User], by: Actor, at: datetime) -> None:
    """Iris today and tomorrow, with Bram for her; Noor on an afternoon of next week: a gap."""
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    wednesday = today - today.weekday() * DAY + 9 * DAY
    leave, training = AbsenceReason.LEAVE, AbsenceReason.TRAINING
    for name, first, after, why, deputy in (
        ("iris", _at(site, today), _at(site, today + 2 * DAY), leave, people.get("bram")),
        ("noor", _at(site, wednesday, 13), _at(site, wednesday + DAY), training, None),
    ):
        if name in people:
            said = Leave(starts_at=first, ends_at=after, reason=why, deputy=deputy)
            rostering.record(people[name], said, by=by, at=at)


def _at(site: Site, day: date, hour: int = 0) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(site.time_zone))
