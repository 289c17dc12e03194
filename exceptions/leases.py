"""Leases: who acknowledges a case has it for a while. One that nobody touches goes back.

A touch is whatever a person does that its history tells. While a case waits for somebody outside or
for approval, is snoozed, or a decision is on its way, nobody is to touch it, so its lease does not
run out.
"""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from exceptions import approvals, business_time, lifecycle, routing, sla, waking
from exceptions.actors import machine
from exceptions.calendars import hours_of
from exceptions.clocks import calendar_for
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.policies import settings_of
from exceptions.vocabulary import UNFINISHED, Move, State, Tier, Via

ROUTING = machine(Via.POLICY, "routing")


def ends_at(case: Case, touched_at: datetime) -> datetime | None:
    """When the lease of a case that was last touched then runs out, by the hours of its site; None
    where its policy gives its tier none.
    """
    minutes = settings_of(case).lease.get(Tier(case.tier), 0) if case.tier else 0
    if not minutes:
        return None
    hours = hours_of(calendar_for(case, case.policy))
    return business_time.after(hours, touched_at, timedelta(minutes=minutes))


def touched_at(case: Case) -> datetime | None:
    """When a person last did something on the case, or it came back from a snooze."""
    people = case.events.exclude(actor=None).order_by("-number")
    touched = people.values_list("at", flat=True).first()
    woke = case.snoozes.aggregate(last=Max("ended_at"))["last"]
    return max((at for at in (touched, woke) if at), default=None)


def look(case_id: int, *, at: datetime) -> bool:
    """Give the case back if its lease has run out, else say when to look again. Whether it was.

    Called in a transaction, which holds the case's lock from here on.
    """
    case = lifecycle.locked(case_id)
    if case.state != State.ACKNOWLEDGED or case.look_at is None or case.look_at > at:
        return False
    case.look_at = _look_again(case, at)
    case.save(update_fields=["look_at"])
    return case.look_at is not None and case.look_at <= at and _give_back(case, at)


def _look_again(case: Case, at: datetime) -> datetime | None:
    """When the lease runs out as things stand; in the past where it has."""
    waits = case.pauses.filter(ended_at=None).exists() or waking.of(case) is not None
    waits = waits or approvals.pending(case) is not None
    if waits or case.outbox.filter(state__in=UNFINISHED, decision__isnull=False).exists():
        return ends_at(case, at)
    return ends_at(case, touched_at(case) or at)


def _give_back(case: Case, at: datetime) -> bool:
    found = routing.route(case, at=at, team=case.team)
    span = sla.in_hours(settings_of(case).lease[Tier(case.tier)])
    reason = _("Acknowledged, and untouched for %s: it is to be acknowledged anew.") % span
    try:
        data = {"owner": found.owner or case.owner, "reason": reason, "lapsed": True}
        chosen = {"team": found.team, "route": found} if found.owner else {}
        lifecycle.move(case.pk, Move.ASSIGN, ROUTING, at=at, data=data | chosen)
    except Refused:  # nobody can own it at present: it stays where it is for another while
        case.look_at = ends_at(case, at)
        case.save(update_fields=["look_at"])
        return False
    return True
