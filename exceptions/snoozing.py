"""Snoozing: the owner, or a supervisor, takes a case out of the working queue for a while.

No clock stands still meanwhile. What ends a snooze by itself is in `waking`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, clocks, lifecycle, waking
from exceptions.actors import Actor, machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock, Snooze
from exceptions.vocabulary import ClockState, Happening, Role, Until, Via, Woke

CLOCK = machine(Via.CLOCK)
SAVED = ["event_count", "last_hash"]
FURTHEST = timedelta(days=730)  # as for pauses
USUAL = timedelta(days=30)  # where no date is given
MOST = Decimal(10) ** 13

# On every case of their sites, and on those that they own.
EVERY_CASE = frozenset({Role.SUPERVISOR})
OWN_CASES = frozenset({Role.OPERATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """Until when, and why. `until_at` is needed for a date; else it is the latest, or a month.

    `value` is in the case's currency.
    """

    until: Until
    reason: str
    until_at: datetime | None = None
    value: Decimal | None = None


@transaction.atomic
def snooze(case_id: int, sleep: Sleep, actor: Actor, *, at: datetime) -> Snooze:
    """Raises Refused with a sentence, or Case.DoesNotExist."""
    case = lifecycle.locked(case_id)
    says = refusal(case, actor) or _asleep(case) or _unfit(case, sleep, at)
    if says:
        raise Refused(says)
    assert actor.user is not None  # machines are refused
    by_value = sleep.until == Until.VALUE
    row = Snooze.objects.create(
        case=case,
        until=sleep.until,
        until_at=sleep.until_at or at + USUAL,
        value=sleep.value if by_value else None,
        currency=case.currency if by_value else "",
        reason=sleep.reason.strip()[:300],
        started_at=at,
        by=actor.user,
        owner=case.owner,
        tier=case.tier,
    )
    told = {"until": row.until, "until_at": row.until_at, "reason": row.reason}
    told |= {"value": row.value, "currency": row.currency} if by_value else {}
    audit.append(case, Happening.SNOOZED, actor, at=at, data=told)
    case.save(update_fields=SAVED)
    return row


@transaction.atomic
def wake(case_id: int, actor: Actor, *, at: datetime) -> Case:
    """Take it back into the queue. Raises Refused with a sentence, or Case.DoesNotExist."""
    case = lifecycle.locked(case_id)
    if says := _not_theirs(case, actor):
        raise Refused(says)
    if not waking.wake(case, Woke.BY_HAND, actor, at=at):
        raise Refused(_("%(case)s is not snoozed.") % {"case": case.reference})
    case.save(update_fields=SAVED)
    return case


@transaction.atomic
def end_due(snooze_id: int, *, at: datetime) -> bool:
    """End a snooze whose date has come. False when it is over already."""
    case = lifecycle.locked(Snooze.objects.values_list("case_id", flat=True).get(pk=snooze_id))
    if not Snooze.objects.filter(pk=snooze_id, ended_at=None, until_at__lte=at).exists():
        return False
    waking.wake(case, Woke.DATE, CLOCK, at=at)
    case.save(update_fields=SAVED)
    return True


def refusal(case: Case, actor: Actor) -> str:
    """Why the actor cannot snooze the case, in a sentence; empty when they can."""
    if says := _not_theirs(case, actor):
        return says
    if not case.is_open:
        return _("%(case)s has ended, so there is nothing to snooze.") % {"case": case.reference}
    return ""


def earlier(row: Snooze, found: Sequence[Clock], at: datetime) -> Clock | None:
    """Of the case's clocks the one that is over first, if that is before the snooze is."""
    going = [c for c in found if c.stopped_at is None and c.state == ClockState.RUNNING]
    going = [c for c in going if at <= c.due_at < row.until_at]
    return min(going, key=lambda c: c.due_at, default=None)


def warning(row: Snooze, found: Sequence[Clock], at: datetime) -> str:
    """What is to be known of a snooze that outlasts a clock; empty when it does not. In the zone of
    the site.
    """
    clock = earlier(row, found, at)
    if clock is None:
        return ""
    ahead = clocks.moment(clock, waking.CLOCK_FROM)
    wakes = ahead if clock.percent_told < waking.CLOCK_FROM else clock.due_at
    zone = ZoneInfo(row.case.site.time_zone)
    return _(
        "The time to %(clock)s is over %(due)s, before the snooze is: the case comes back "
        "%(wakes)s at the latest."
    ) % {
        "clock": clock.get_kind_display(),
        "due": _moment(clock.due_at, zone),
        "wakes": _moment(wakes, zone),
    }


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M} {local.tzname()}"


def _not_theirs(case: Case, actor: Actor) -> str:
    roles = actor.roles_at(case.site_id)
    owns = actor.user is not None and case.owner_id == actor.user.pk
    if roles & EVERY_CASE or (owns and roles & OWN_CASES):
        return ""
    return _("Only the owner (%(owner)s) or a supervisor of %(site)s can do this.") % {
        "owner": case.owner or _("nobody yet"),
        "site": case.site,
    }


def _asleep(case: Case) -> str:
    if waking.of(case) is None:
        return ""
    return _("%(case)s is snoozed already: wake it first.") % {"case": case.reference}


def _unfit(case: Case, sleep: Sleep, at: datetime) -> str:
    if not sleep.reason.strip():
        return _("Say in a sentence why it can rest.")
    if sleep.until == Until.DATE and sleep.until_at is None:
        return _("Give the date and time until which it can rest.")
    if sleep.until_at and not at < sleep.until_at < at + FURTHEST:
        return _("The date lies in the next two years.")
    if sleep.until == Until.ETA and not waking.dates_of(case.facts):
        return _("The source gives %(case)s no date that could move: choose a date.") % {
            "case": case.reference
        }
    return _unfit_value(case, sleep.value) if sleep.until == Until.VALUE else ""


def _unfit_value(case: Case, value: Decimal | None) -> str:
    if value is None or not value.is_finite() or not 0 <= value < MOST:
        return _("Give the amount as a number.")
    if case.value_at_risk is not None and case.value_at_risk > value:
        return _("More than that is at risk already: give a higher amount.")
    return ""
