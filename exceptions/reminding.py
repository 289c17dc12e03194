"""What time does to requests for approval: reminders that end, others who are asked, expiry.

Those who are asked are reminded twice. If they stay silent, those of the next role are asked
beside them, and so on; when there is nobody above, the reminders stop. In the end it expires.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import approvals, voting
from exceptions.actors import machine
from exceptions.models import ApprovalLevel, ApprovalRequest
from exceptions.vocabulary import ApprovalState, LevelState, Via

CLOCK = machine(Via.CLOCK)
REMINDERS = 2


def expire(*, at: datetime, limit: int = 500) -> int:
    """End what nobody has decided in time; returns how many requests."""
    due = ApprovalRequest.objects.filter(state=ApprovalState.PENDING, expires_at__lte=at)
    ids = list(due.order_by("expires_at").values_list("id", flat=True)[:limit])
    return sum(_expire(request_id, at) for request_id in ids)


@transaction.atomic
def _expire(request_id: int, at: datetime) -> bool:
    case, request = voting.held(request_id)
    if request.state != ApprovalState.PENDING:  # somebody was faster
        return False
    why = _("Nobody decided in time. It can be proposed anew.")
    approvals.end(request, case, ApprovalState.EXPIRED, CLOCK, at=at, why=why)
    voting.keep(case)
    return True


def remind(*, at: datetime, limit: int = 500) -> int:
    """Remind whoever has not answered, or ask the next; returns how many levels."""
    due = ApprovalLevel.objects.filter(state=LevelState.OPEN, remind_at__lte=at)
    ids = list(due.order_by("remind_at").values_list("id", flat=True)[:limit])
    return sum(_remind(level_id, at) for level_id in ids)


@transaction.atomic
def _remind(level_id: int, at: datetime) -> bool:
    of = ApprovalLevel.objects.values_list("request_id", flat=True).get(pk=level_id)
    case, request = voting.held(of)
    level = request.levels.get(pk=level_id)
    if level.state != LevelState.OPEN or level.remind_at is None or level.remind_at > at:
        return False
    level.request = request
    further = level.reminded >= REMINDERS
    if further and not approvals.may_reach_further(level):
        level.remind_at = None  # there is nobody else to ask
    else:
        level.reach, level.reminded = (
            (level.reach + 1, 0) if further else (level.reach, level.reminded + 1)
        )
        level.remind_at = approvals.remind_at(level, case, at)
    level.save(update_fields=["reach", "reminded", "remind_at"])
    if level.remind_at:
        again = f":{level.reminded}" if level.reminded else ""
        approvals.tell_electors(level, case, at=at, again=again)
    return True
