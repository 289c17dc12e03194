"""Promises of counterparties: recorded, reminded of when they fall due, kept or broken.

All of it stands in the history of the case. Who works on the case records and settles.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, grouping, lifecycle, notices
from exceptions.actors import Actor, machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Promise
from exceptions.vocabulary import Happening, Notice, PromiseState, Via

CLOCK = machine(Via.CLOCK)
HISTORY = ["event_count", "last_hash"]
FURTHEST = timedelta(days=730)
SETTLED = {
    PromiseState.KEPT: Happening.PROMISE_KEPT,
    PromiseState.BROKEN: Happening.PROMISE_BROKEN,
    PromiseState.WITHDRAWN: Happening.PROMISE_WITHDRAWN,
}


@transaction.atomic
def record(
    case_id: int, actor: Actor, *, by: str, what: str, due: datetime | None, at: datetime
) -> Promise:
    """Note what the counterparty `by` promised until `due`.

    Raises Refused, or Case.DoesNotExist.
    """
    case = lifecycle.locked(case_id)
    if says := refusal(case, actor):
        raise Refused(says)
    if not case.is_open:
        raise Refused(_("%(case)s has ended: nothing is awaited.") % {"case": case.reference})
    assert actor.user is not None  # machines work on no case
    who, said, due = _checked(by, what, due, at)
    promise = Promise.objects.create(
        case=case, promised_by=who, what=said, due_at=due, recorded_by=actor.user, recorded_at=at
    )
    _tell(case, Happening.PROMISED, promise, actor, at)
    return promise


def _checked(by: str, what: str, due: datetime | None, at: datetime) -> tuple[str, str, datetime]:
    who, said = by.strip()[:120], what.strip()[:300]
    if not who:
        raise Refused(_("Say who promised it."))
    if not said:
        raise Refused(_("Say what was promised."))
    if due is None or due.tzinfo is None:
        raise Refused(_("Give the date and time until when it was promised."))
    if not at < due < at + FURTHEST:
        raise Refused(_("The date of a promise lies in the next two years."))
    return who, said, due


@transaction.atomic
def settle(promise_id: int, how: PromiseState, actor: Actor, *, at: datetime) -> Promise:
    """It was kept, broken or withdrawn. Raises Refused, or Promise.DoesNotExist."""
    promise = _locked(promise_id)
    if says := refusal(promise.case, actor):
        raise Refused(says)
    if how not in SETTLED:
        raise Refused(_("Say whether it was kept, broken or withdrawn."))
    if promise.state != PromiseState.OPEN:
        raise Refused(_("This promise is already %s.") % promise.get_state_display())
    promise.state, promise.settled_by, promise.settled_at = how, actor.user, at
    promise.save(update_fields=["state", "settled_by", "settled_at"])
    _tell(promise.case, SETTLED[how], promise, actor, at)
    return promise


def refusal(case: Case, actor: Actor) -> str:
    """Why the actor may neither record nor settle promises here; empty when they may."""
    if grouping.works_on(case, actor):
        return ""
    return _("Only its team and the supervisors of %(site)s keep its promises.") % {
        "site": case.site
    }


def remind_of_due(*, at: datetime, limit: int = 500) -> int:
    """Remind of every open promise whose time has come, once; returns how many fell due."""
    due = Promise.objects.filter(state=PromiseState.OPEN, reminded_at=None, due_at__lte=at)
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    return sum(_remind(promise_id, at) for promise_id in ids)


@transaction.atomic
def _remind(promise_id: int, at: datetime) -> bool:
    """Of a case that has ended nobody is reminded: nothing is awaited there any more."""
    promise = _locked(promise_id)
    if promise.state != PromiseState.OPEN or promise.reminded_at:
        return False
    promise.reminded_at = at
    promise.save(update_fields=["reminded_at"])
    if promise.case.is_open:
        _tell(promise.case, Happening.PROMISE_DUE, promise, CLOCK, at)
        _tell_owner(promise, at)
    return True


def _tell_owner(promise: Promise, at: datetime) -> None:
    """Whoever recorded it, where nobody owns the case."""
    person = promise.case.owner or promise.recorded_by
    data = {"by": promise.promised_by, "what": promise.what}
    key = f"promise:{promise.pk}:due"
    notices.tell(promise.case, Notice.PROMISE_DUE, [person], at=at, key=key, data=data)


def _locked(promise_id: int) -> Promise:
    """The promise as it is under the lock of its case, which comes with it."""
    case = lifecycle.locked(Promise.objects.values_list("case_id", flat=True).get(pk=promise_id))
    promise = Promise.objects.select_related("recorded_by").get(pk=promise_id)
    promise.case = case
    return promise


def _tell(case: Case, what: Happening, promise: Promise, actor: Actor, at: datetime) -> None:
    told = {
        "promise": promise.pk,
        "by": promise.promised_by,
        "words": promise.what,
        "due_at": promise.due_at,
    }
    audit.append(case, what, actor, at=at, data=told)
    case.save(update_fields=HISTORY)
