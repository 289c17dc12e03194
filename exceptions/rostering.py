"""Changing rosters: shifts and absences, by whom they are to be changed, and what that leaves open.

A supervisor keeps the roster of their site; everybody records their own absence. What comes from a
source is changed there: only who stands in for whom is ours. Each change adds a `RosterChange`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import actors, duty_words, lifecycle, rosters
from exceptions.actors import Actor
from exceptions.business_time import DAY
from exceptions.lifecycle import Refused
from exceptions.models import Absence, Case, RosterChange, Shift, Site, Team, User
from exceptions.vocabulary import OPEN_STATES, WORKING_ROLES, AbsenceReason, Move, Role, RosterAct

LONGEST = 2 * 366 * DAY  # of an absence


class NotRostered(Exception):
    """It cannot be, or is not theirs to change; the text is a sentence for whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A shift as people enter it. No weekdays: every day from the first to the last."""

    person: User
    team: Team | None
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """An absence as people enter it."""

    starts_at: datetime
    ends_at: datetime
    reason: AbsenceReason
    deputy: User | None


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one case that was to go to a deputy: why not, empty when it went."""

    case: Case
    says: str


# -- Who may ----------------------------------------------------------------------------------


def may_keep(actor: Actor, site_id: int) -> bool:
    """Whether the actor keeps the roster of the site."""
    return Role.SUPERVISOR in actor.roles_at(site_id)


def may_excuse(actor: Actor, person: User) -> bool:
    """Whether the actor may record that the person is away: their own, or one of their people."""
    if actor.user is not None and actor.user.pk == person.pk:
        return True
    if not actor.has_role(Role.SUPERVISOR):
        return False
    return actors.visible_people(actor, [Role.SUPERVISOR]).filter(pk=person.pk).exists()


def deputies_for(person: User) -> QuerySet[User]:
    """Who may stand in: active people who work at a site where the person does."""
    works = person.memberships.filter(role__in=WORKING_ROLES)
    sites = set(works.values_list("site_id", flat=True))
    here = Q(memberships__role__in=WORKING_ROLES)
    if None not in sites:
        here &= Q(memberships__site__in=sites) | Q(memberships__site=None)
    found = User.objects.filter(here, is_active=True) if sites else User.objects.none()
    return found.exclude(pk=person.pk).order_by("first_name", "username").distinct()


# -- Shifts -----------------------------------------------------------------------------------


@transaction.atomic
def add_shift(site: Site, turn: Turn, *, by: Actor, at: datetime) -> Shift:
    """Raises NotRostered."""
    _keeps(by, site)
    _sound(site, turn)
    shift = Shift(site=site, **_columns(site, turn))
    if Shift.objects.filter(site=site, **_columns(site, turn)).exists():
        raise NotRostered(_("%s has this shift already.") % turn.person)
    shift.save()
    keep(RosterAct.SHIFT_ADDED, shift.person, by, at, duty_words.shift(shift), site)
    return shift


@transaction.atomic
def change_shift(shift_id: int, turn: Turn, *, by: Actor, at: datetime) -> Shift:
    """It stays its person's. Raises NotRostered. Nothing is kept where nothing is other."""
    shift = _own_shift(shift_id, by)
    turn = replace(turn, person=shift.person)
    _sound(shift.site, turn)
    before = duty_words.shift(shift)
    for name, value in _columns(shift.site, turn).items():
        setattr(shift, name, value)
    if (after := duty_words.shift(shift)) != before:
        shift.save()
        keep(RosterAct.SHIFT_CHANGED, shift.person, by, at, f"{before} → {after}", shift.site)
    return shift


@transaction.atomic
def end_shift(shift_id: int, *, by: Actor, at: datetime) -> None:
    """Today is no day of it any more; one that had no day before today goes. Raises NotRostered."""
    shift = _own_shift(shift_id, by)
    today = at.astimezone(ZoneInfo(shift.site.time_zone)).date()
    said = duty_words.shift(shift)
    if shift.last_day is not None and shift.last_day < today:
        raise NotRostered(_("This shift is over already."))
    if shift.first_day < today:
        shift.last_day = today - DAY
        shift.save(update_fields=["last_day"])
    else:
        shift.delete()
    keep(RosterAct.SHIFT_ENDED, shift.person, by, at, said, shift.site)


def _own_shift(shift_id: int, by: Actor) -> Shift:
    rows = Shift.objects.select_for_update(of=("self",), no_key=True).filter(pk=shift_id)
    shift = rows.select_related("site", "team", "person").first()
    if shift is None:
        raise NotRostered(_("Somebody has taken this shift away."))
    _keeps(by, shift.site)
    if shift.connection_id is not None:
        raise NotRostered(_("This shift comes from Odoo: change it there."))
    return shift


def _keeps(by: Actor, site: Site) -> None:
    if not may_keep(by, site.pk):
        raise NotRostered(_("Only a supervisor of %s keeps its roster.") % site)


def _sound(site: Site, turn: Turn) -> None:
    for says in _unfit(site, turn):
        raise NotRostered(says)


def _unfit(site: Site, turn: Turn) -> Iterator[str]:
    """Why this can be no shift of the site, a sentence each."""
    who, days = turn.person, set(turn.weekdays)
    if not rosters.workers(site).filter(pk=who.pk).exists():
        yield _("%(who)s does not work on cases of %(site)s.") % {"who": who, "site": site}
    elif turn.team and not rosters.workers(site, turn.team).filter(pk=who.pk).exists():
        yield _("%(who)s does not work in %(team)s at %(site)s.") % {
            "who": who,
            "team": turn.team,
            "site": site,
        }
    if turn.last_day is not None and turn.last_day < turn.first_day:
        yield _("The last day comes before the first.")
    elif days and not any(day.isoweekday() in days for day in _first_week(turn)):
        yield _("None of these weekdays lies between the first day and the last.")


def _first_week(turn: Turn) -> list[date]:
    week = [turn.first_day + n * DAY for n in range(7)]
    return [day for day in week if turn.last_day is None or day <= turn.last_day]


def _columns(site: Site, turn: Turn) -> dict[str, object]:
    """Without weekdays it is every day; without a team, the person's only one there, if it is."""
    said: dict[str, object] = {field.name: getattr(turn, field.name) for field in fields(turn)}
    days = turn.weekdays or {day.isoweekday() for day in _first_week(turn)}
    return said | {"weekdays": sorted(days), "team": turn.team or _only_team(site, turn.person)}


def _only_team(site: Site, person: User) -> Team | None:
    works = person.memberships.filter(Q(site=site) | Q(site=None), role__in=WORKING_ROLES)
    found = list(Team.objects.filter(pk__in=works.values("team"))[:2])
    return found[0] if len(found) == 1 else None


# -- Absences ---------------------------------------------------------------------------------


@transaction.atomic
def record(person: User, leave: Leave, *, by: Actor, at: datetime) -> Absence:
    """The person is away; cases that they own stay theirs until they are handed over.

    Raises NotRostered.
    """
    _excuses(by, person)
    _fits(person, leave, at)
    absence = Absence.objects.create(person=person, **_said(leave))
    keep(RosterAct.ABSENCE_RECORDED, person, by, at, duty_words.absence(absence))
    return absence


@transaction.atomic
def change_absence(absence_id: int, leave: Leave, *, by: Actor, at: datetime) -> Absence:
    """Raises NotRostered. Of what comes from a source, only the deputy changes."""
    absence = _own_absence(absence_id, by, at)
    if absence.connection_id is not None:
        kept = AbsenceReason(absence.reason)
        leave = Leave(
            starts_at=absence.starts_at, ends_at=absence.ends_at, reason=kept, deputy=leave.deputy
        )
    _fits(absence.person, leave, at)
    before = duty_words.absence(absence)
    for name, value in _said(leave).items():
        setattr(absence, name, value)
    absence.save()
    if (after := duty_words.absence(absence)) != before:
        keep(RosterAct.ABSENCE_CHANGED, absence.person, by, at, f"{before} → {after}")
    return absence


@transaction.atomic
def end_absence(absence_id: int, *, by: Actor, at: datetime) -> None:
    """They are back; one that has not begun goes. Raises NotRostered."""
    absence = _own_absence(absence_id, by, at)
    if absence.connection_id is not None:
        raise NotRostered(_("This absence comes from Odoo: end it there."))
    said = duty_words.absence(absence)
    if absence.starts_at < at:
        absence.ends_at = at
        absence.save(update_fields=["ends_at"])
    else:
        absence.delete()
    keep(RosterAct.ABSENCE_ENDED, absence.person, by, at, said)


def owned_by(person: User, reader: Actor) -> QuerySet[Case]:
    """The open cases of the person that the reader may see."""
    return actors.visible_cases(reader).filter(owner=person, state__in=OPEN_STATES)


def hand_over(absence: Absence, *, by: Actor, at: datetime) -> list[Handed]:
    """Assign what they own to their deputy, each case on its own; what became of each.

    A case that somebody else has taken meanwhile stays where it is.
    """
    cases = owned_by(absence.person, by).select_related("site").order_by("pk")
    return [Handed(case, _try(case, absence, by, at)) for case in cases]


def _try(case: Case, absence: Absence, by: Actor, at: datetime) -> str:
    """Why the case did not go to the deputy; empty when it did."""
    if absence.deputy is None:
        return _("Name a deputy first.")
    people = User.objects.filter(pk=absence.deputy.pk)
    away = rosters.present(people, case.site, at).away(absence.deputy)
    if away and not away.deputy:
        return _("%s is away, too, and nobody stands in for them.") % absence.deputy
    data = {
        "owner": (away.deputy if away else None) or absence.deputy,
        "seen_owner": absence.person_id,
        "reason": duty_words.reason(absence, case.site.time_zone, at),
    }
    try:
        lifecycle.move(case.pk, Move.ASSIGN, by, at=at, data=data)
    except Refused as refused:
        return str(refused)
    return ""


def _own_absence(absence_id: int, by: Actor, at: datetime) -> Absence:
    rows = Absence.objects.select_for_update(of=("self",), no_key=True).filter(pk=absence_id)
    absence = rows.select_related("person", "deputy").first()
    if absence is None:
        raise NotRostered(_("Somebody has taken this absence away."))
    _excuses(by, absence.person)
    if absence.ends_at <= at:
        raise NotRostered(_("This absence is over already."))
    return absence


def _excuses(by: Actor, person: User) -> None:
    if not may_excuse(by, person):
        raise NotRostered(_("Only %s or a supervisor of a site of theirs can do this.") % person)


def _fits(person: User, leave: Leave, at: datetime) -> None:
    if leave.ends_at <= leave.starts_at:
        raise NotRostered(_("An absence ends after it starts."))
    if leave.ends_at <= at:
        raise NotRostered(_("Give an end that lies ahead: what is over changes nothing."))
    if leave.ends_at - leave.starts_at > LONGEST:
        raise NotRostered(_("An absence lasts two years at most."))
    if leave.deputy is not None and not deputies_for(person).filter(pk=leave.deputy.pk).exists():
        raise NotRostered(
            _("%(deputy)s cannot stand in: choose somebody else who works where %(who)s does.")
            % {"deputy": leave.deputy, "who": person}
        )


def _said(leave: Leave) -> dict[str, object]:
    return {field.name: getattr(leave, field.name) for field in fields(leave)}


def keep(
    what: RosterAct, person: User, by: Actor, at: datetime, about: str, site: Site | None = None
) -> None:
    """Adds a row to the record; in the transaction of what it tells."""
    RosterChange.objects.create(
        person=person,
        by=by.user,
        by_name=by.name[:150],
        at=at,
        what=what,
        about=about[:250],
        site=site,
    )
