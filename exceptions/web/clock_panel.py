"""The clocks of a case on its page: how far they are, why they are due, and for whom they wait."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from exceptions import clocks, pausing, sla
from exceptions.actors import Actor
from exceptions.calendars import hours_of
from exceptions.models import Case, Clock, Pause
from exceptions.vocabulary import ClockKind, ClockState, Role, Waiting
from exceptions.web import formats
from exceptions.web.disruption import Tried

PAUSE, RESUME = "pause", "resume"
LONGEST_WAIT = 60 * 24 * 60  # minutes of working time in which an answer can be expected
WHOLE = 100
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Waits:
    """What the page tells of a pause and offers: `now` is the one that lasts. What was just refused
    is shown as if it might be done, so that its sentence has a place.
    """

    now: Pause | None
    may_pause: bool
    may_resume: bool
    partner: str
    budget: str
    tried: Tried
    choices: tuple[Waiting, ...] = tuple(Waiting)


def waits(
    case: Case,
    found: Sequence[Clock],
    pauses: Sequence[Pause],
    actor: Actor,
    at: datetime,
    tried: Tried | None,
) -> Waits:
    """`found` and `pauses` are all clocks and pauses of the case."""
    tried, clock = tried or Tried(), clocks.to_resolve(found)
    leads = Role.SUPERVISOR in actor.roles_at(case.site_id)
    now = next((p for p in pauses if p.ended_at is None), None)
    can = leads and not pausing.not_now(case, clock, pauses, at)
    left = clocks.budget_left(clock, pauses) if clock else timedelta()
    return Waits(
        now=now,
        may_pause=can or tried.what == PAUSE,
        may_resume=(leads and now is not None) or tried.what == RESUME,
        partner=str((case.document.facts.get("partner") or {}).get("name") or ""),
        budget=sla.in_hours(int(left / MINUTE)),
        tried=tried,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a clock, or is to come."""

    at: datetime
    says: str
    to_come: bool = False


@dataclass(frozen=True, slots=True)
class ClockShown:
    """A clock with its badge, its gauge (0 to 100, None when it needs none), its sentence and what
    it went through.
    """

    label: str
    look: str
    symbol: str
    badge: str
    gauge: int | None
    says: str
    steps: tuple[Step, ...] = ()


def clocks_shown(
    found: Iterable[Clock],
    pauses: Sequence[Pause],
    zone: ZoneInfo,
    at: datetime,
    unread: Collection[int] = (),
) -> list[ClockShown]:
    """Those that go on first, by what ends first; then the ended ones, the latest first. `unread`
    are the ids of those that wait for the source to be read (see `models.clock.awaiting`).
    """
    going = sorted((c for c in found if c.stopped_at is None), key=lambda c: c.due_at)
    ended = sorted((c for c in found if c.stopped_at), key=lambda c: c.due_at, reverse=True)
    return [
        *(_going(c, pauses, zone, at, c.pk in unread) for c in going),
        *(_ended(c, pauses, zone) for c in ended),
    ]


def _going(
    clock: Clock, pauses: Sequence[Pause], zone: ZoneInfo, at: datetime, unread: bool
) -> ClockShown:
    share = clocks.share_spent(clock, pauses, at)
    now = next((p for p in pauses if p.ended_at is None), None)
    if clock.state == ClockState.PAUSED and now:
        look, symbol, badge = "paused", "pause", _("paused")
        says = _paused(clock, now, share, zone)
    else:
        look, symbol = formats.clock_look(share, clock.due_at, at)
        badge = formats.until(clock.due_at, at)
        says = _explained(clock, pauses, zone)
    if unread and at > clock.due_at and look != "paused":
        look, symbol = "warning", "alert"
        says += " " + _("The source has not been read since: until then it is not overdue.")
    return ClockShown(
        label=str(clock.get_kind_display()),
        look=look,
        symbol=symbol,
        badge=badge,
        gauge=min(round(share * WHOLE), WHOLE),
        says=says,
        steps=tuple(_steps(clock, pauses)),
    )


def _explained(clock: Clock, pauses: Sequence[Pause], zone: ZoneInfo) -> str:
    return sla.explain(
        clock.started_at,
        clock.target_minutes,
        zone,
        hours_of(clock.calendar_version),
        clocks.breaks(clock, pauses),
    )


def _paused(clock: Clock, now: Pause, share: float, zone: ZoneInfo) -> str:
    """How much is left, for whom it waits, and when it goes on whatever comes."""
    left = clock.target_minutes - round(share * clock.target_minutes)
    said = _(
        "Waits for %(who)s since %(since)s: %(left)s are left. It goes on by %(by)s at the latest."
    )
    return said % {
        "who": now.counterparty,
        "since": _moment(now.started_at, zone),
        "left": sla.in_hours(left),
        "by": _moment(now.ends_by, zone),
    }


def _ended(clock: Clock, pauses: Sequence[Pause], zone: ZoneInfo) -> ClockShown:
    looks = {
        ClockState.MET: ("met", "check", _("met")),
        ClockState.BREACHED: ("breached", "alert", _("breached")),
    }
    look, symbol, badge = looks.get(ClockState(clock.state), ("", "x", _("not needed any more")))
    return ClockShown(
        str(clock.get_kind_display()),
        look,
        symbol,
        badge,
        None,
        _end(clock, pauses, zone),
        tuple(_steps(clock, pauses)),
    )


def _end(clock: Clock, pauses: Sequence[Pause], zone: ZoneInfo) -> str:
    assert clock.stopped_at is not None
    took = clocks.share_spent(clock, pauses, clock.stopped_at) * clock.target_minutes
    words = sla.in_hours if clock.calendar_version_id else sla.duration
    said = _("Ended %(when)s, after %(took)s of %(target)s.")
    if clock.calendar_version_id:
        said = _("Ended %(when)s, after %(took)s of %(target)s of business time.")
    return said % {
        "when": _moment(clock.stopped_at, zone),
        "took": words(int(took)),
        "target": words(clock.target_minutes),
    }


def _steps(clock: Clock, pauses: Sequence[Pause]) -> list[Step]:
    """Its start, warnings, pauses, due time and end, in the order of time."""
    breaks = clocks.breaks(clock, pauses)
    found = [Step(clock.started_at, _("started"))]
    for percent in clocks.WARN_AT:
        told = percent <= clock.percent_told
        if told or (clock.stopped_at is None and clock.state == ClockState.RUNNING):
            when = clocks.moment(clock, percent, breaks)
            found.append(Step(when, _("%s %% used up") % percent, to_come=not told))
    for each in pauses if clock.kind == ClockKind.RESOLVE else ():
        found += _pause_steps(clock, each)
    passed = clock.state == ClockState.BREACHED or clock.stopped_at is not None
    if clock.state != ClockState.PAUSED:
        found.append(Step(clock.due_at, _("due"), to_come=not passed))
    if clock.stopped_at:
        found.append(Step(clock.stopped_at, _("ended")))
    return sorted(found, key=lambda step: step.at)


def _pause_steps(clock: Clock, pause: Pause) -> list[Step]:
    ended = clock.stopped_at
    if pause.started_at < clock.started_at or (ended and pause.started_at >= ended):
        return []
    begun = Step(pause.started_at, _("paused: %s") % sla.waiting(pause.counterparty))
    return [begun, Step(pause.ended_at, _("goes on"))] if pause.ended_at else [begun]


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M} {local.tzname()}"
