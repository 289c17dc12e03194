"""Pauses: a case waits for somebody outside, and its time to resolve stands still meanwhile.

Supervisors pause, with a reason and for whom; the cases of a disruption are paused with their
parent. Whatever a case waits for, its pauses are never longer than its policy allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, business_time, calendars, clocks, lifecycle, notices
from exceptions.actors import Actor, machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock, Pause
from exceptions.vocabulary import Happening, Notice, Role, Via, Waiting

CLOCK = machine(Via.CLOCK)
SAVED = ["next_due_at", "event_count", "last_hash"]
NOTHING = timedelta()
FURTHEST = timedelta(days=730)  # as for promises; no date of the far end of the calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """For whom, and why. `expected_at` says when the answer should be there; an owner whose case
    still waits then is reminded.
    """

    waiting_for: Waiting
    counterparty: str
    reason: str
    expected_at: datetime | None = None


@transaction.atomic
def pause(case_id: int, wait: Wait, actor: Actor, *, at: datetime) -> Pause:
    """Let the case wait, and with it the open cases that are part of it.

    Raises Refused with a sentence, or Case.DoesNotExist.
    """
    children = list(Case.objects.filter(parent=case_id).values_list("pk", flat=True))
    found = lifecycle.locked_together([case_id, *children])
    if case_id not in found:
        raise Case.DoesNotExist
    case = found.pop(case_id)
    if says := refusal(case, actor, at) or _unfit(wait, at):
        raise Refused(says)
    begun = _pause(case, wait, actor, at)
    for child in found.values():
        if child.parent_id == case_id and not refusal(child, actor, at):
            _pause(child, wait, actor, at, of=begun)
    return begun


@transaction.atomic
def resume(case_id: int, actor: Actor, *, at: datetime) -> Case:
    """The answer is there: the clock goes on, and with it those of the cases that came with it.

    Raises Refused with a sentence, or Case.DoesNotExist.
    """
    paused = Pause.objects.filter(case=case_id, ended_at=None).first()
    others = paused.inherited.filter(ended_at=None).values_list("case_id") if paused else []
    found = lifecycle.locked_together([case_id, *(pk for (pk,) in others)])
    if case_id not in found:
        raise Case.DoesNotExist
    case = found.pop(case_id)
    if says := _not_theirs(case, actor):
        raise Refused(says)
    ended = _end(case, actor, at=at)
    if ended is None:
        raise Refused(_("%(case)s does not wait for anybody.") % {"case": case.reference})
    for child in found.values():
        _end(child, actor, at=at, of=ended)
    return case


def inherit(case: Case, parent: Case, actor: Actor, *, at: datetime) -> None:
    """A case that becomes part of a parent that waits, waits with it. Both are locked."""
    theirs = parent.pauses.filter(ended_at=None).first()
    if theirs is None or _not_now(case, at):
        return
    wait = Wait(
        waiting_for=Waiting(theirs.waiting_for),
        counterparty=theirs.counterparty,
        reason=theirs.reason,
    )
    _pause(case, wait, actor, at, of=theirs)


@transaction.atomic
def end_overdue(pause_id: int, *, at: datetime) -> bool:
    """End a pause whose budget is used up, or with that of the parent that it came with.

    It ends when that happened, however late this is called. False when it is not over.
    """
    case = lifecycle.locked(Pause.objects.values_list("case_id", flat=True).get(pk=pause_id))
    row = Pause.objects.select_related("of").filter(pk=pause_id, ended_at=None).first()
    if row is None:
        return False
    ends = [row.ends_by] if row.ends_by <= at else []
    if row.of and row.of.ended_at:
        ends.append(max(row.of.ended_at, row.started_at))
    return bool(ends) and _end(case, CLOCK, at=min(ends), told_at=at) is not None


@transaction.atomic
def remind(pause_id: int, *, at: datetime) -> bool:
    """Tell the case that an answer which was expected has not come; once."""
    case = lifecycle.locked(Pause.objects.values_list("case_id", flat=True).get(pk=pause_id))
    row = Pause.objects.filter(
        pk=pause_id, ended_at=None, reminded_at=None, expected_at__lte=at
    ).first()
    if row is None:
        return False
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    text = _("No answer from %(counterparty)s, who was to answer by now.") % {
        "counterparty": row.counterparty
    }
    _tell(case, Happening.NOTED, CLOCK, at, {"text": text})
    data = {"by": row.counterparty}
    notices.tell(case, Notice.ANSWER_MISSING, [case.owner], at=at, data=data)
    return True


def refusal(case: Case, actor: Actor, at: datetime) -> str:
    """Why the actor cannot let the case wait now, in a sentence; empty when they can."""
    return _not_theirs(case, actor) or _not_now(case, at)


def not_now(case: Case, clock: Clock | None, pauses: Sequence[Pause], at: datetime) -> str:
    """Why nobody can let it wait now; `clock` is the one that it would hold."""
    told = {"case": case.reference}
    if any(pause.ended_at is None for pause in pauses):
        return _("%(case)s waits already.") % told
    if clock is None or not case.is_open:
        return _("%(case)s has no clock that runs, so there is nothing to pause.") % told
    if at > clock.due_at:
        return _("The time to resolve %(case)s is over: a pause would not change that.") % told
    if clocks.budget_left(clock, pauses) <= NOTHING:
        return _("The policy lets %(case)s wait no longer than it has.") % told
    return ""


def answer_by(case: Case, minutes: int, at: datetime) -> datetime:
    """When `minutes` of the working time of the partner at fault have passed, by their calendar if
    it is known, else by the site's.
    """
    partner = case.document.facts.get("partner") or {}
    connection = case.document.connection_id
    version = calendars.of_partner(connection, partner["id"]) if partner.get("id") else None
    hours = calendars.hours_of(version or calendars.of_site(case.site))
    return business_time.after(hours, at, timedelta(minutes=minutes))


def _not_theirs(case: Case, actor: Actor) -> str:
    if Role.SUPERVISOR in actor.roles_at(case.site_id):
        return ""
    return _("Only a supervisor of %(site)s can do this.") % {"site": case.site}


def _not_now(case: Case, at: datetime) -> str:
    return not_now(case, _to_hold(case), list(case.pauses.all()), at)


def _to_hold(case: Case) -> Clock | None:
    return clocks.to_resolve(clocks.of_case(case))


def _unfit(wait: Wait, at: datetime) -> str:
    if not wait.counterparty.strip():
        return _("Say for whom the case waits.")
    if not wait.reason.strip():
        return _("Say in a sentence what it waits for.")
    if wait.expected_at and not at < wait.expected_at < at + FURTHEST:
        return _("The answer is expected at a time to come, in the next two years.")
    return ""


def _pause(case: Case, wait: Wait, actor: Actor, at: datetime, of: Pause | None = None) -> Pause:
    clock = _to_hold(case)
    assert clock is not None  # else it was refused
    assert actor.user is not None  # it is supervisors who pause
    row = Pause.objects.create(
        case=case,
        waiting_for=wait.waiting_for,
        counterparty=wait.counterparty.strip()[:120],
        reason=wait.reason.strip()[:300],
        started_at=at,
        expected_at=wait.expected_at,
        ends_by=_ends_by(clock, at),
        by=actor.user,
        of=of,
    )
    clocks.hold(clock)
    told = {"for": row.counterparty, "reason": row.reason, "ends_by": row.ends_by}
    _tell(case, Happening.PAUSED, actor, at, told | ({"with": of.case.reference} if of else {}))
    return row


def _ends_by(clock: Clock, at: datetime) -> datetime:
    hours = calendars.hours_of(clock.calendar_version)
    left = clocks.budget_left(clock, clock.case.pauses.all())
    return business_time.after(hours, at, left)


def _end(
    case: Case,
    actor: Actor,
    *,
    at: datetime,
    told_at: datetime | None = None,
    of: Pause | None = None,
) -> Pause | None:
    """End the case's pause at `at`; with `of`, only one that came with that."""
    rows = case.pauses.filter(ended_at=None) if of is None else case.pauses.filter(of=of)
    row = rows.filter(ended_at=None).first()
    if row is None:
        return None
    row.ended_at = min(max(at, row.started_at), row.ends_by)
    row.save(update_fields=["ended_at"])
    clocks.go_on(case)
    clock = _to_hold(case)
    told = {"for": row.counterparty, "since": row.started_at, "until": row.ended_at}
    told |= {"due_at": clock.due_at} if clock else {}
    _tell(case, Happening.RESUMED, actor, told_at or at, told)
    return row


def _tell(case: Case, what: Happening, actor: Actor, at: datetime, data: dict[str, object]) -> None:
    case.next_due_at = clocks.next_due(case)
    audit.append(case, what, actor, at=at, data=data)
    case.save(update_fields=SAVED)
