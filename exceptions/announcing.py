"""Events for programs outside, such as n8n: written with what they tell of, in its transaction.

N8N_EVENTS says which types are sent; without it none is. What came from n8n is not told to it. An
automation of the case's own source is told of the types that were chosen for the connection.
Playbooks send events of their own (see `playbooks`), whatever is set here.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from exceptions import playbooks
from exceptions.actors import Actor
from exceptions.models import ApprovalLevel, ApprovalRequest, Case, OutboxMessage, User
from exceptions.verdicts import Escalation
from exceptions.vocabulary import (
    ALL_ANNOUNCED,
    ANNOUNCED_VERSION,
    Announced,
    Move,
    Via,
)

_OF_MOVES = {
    Move.CLASSIFY: Announced.OPENED,
    Move.ASSIGN: Announced.ASSIGNED,
    Move.RECLASSIFY: Announced.TIER_CHANGED,
    Move.RESOLVE: Announced.RESOLVED,
    Move.CLOSE: Announced.CLOSED,
    Move.DISMISS: Announced.CLOSED,
    Move.REOPEN: Announced.REOPENED,
}
# What a file tells of the past is no news, and n8n knows what it did itself.
_NOT_TOLD = (Via.IMPORT, Via.N8N)


def wants(what: Announced) -> bool:
    return what in settings.N8N_EVENTS or ALL_ANNOUNCED in settings.N8N_EVENTS


def is_news(message: OutboxMessage) -> bool:
    """Whether it tells of what happened, and is no step of a playbook."""
    return message.parameters.get("type") in Announced


def moved(case: Case, which: Move, actor: Actor, tier_before: str, *, at: datetime) -> None:
    """Called under the row lock, after the case is saved."""
    what = _OF_MOVES.get(which)
    if what is None or actor.via in _NOT_TOLD:
        return
    if what == Announced.TIER_CHANGED and case.tier == tier_before:
        return
    told = {"by": actor.name, "via": str(actor.via), "tier_before": tier_before}
    _announce(case, what, f"n{case.event_count}", told, at)


def escalated(case: Case, step: Escalation, people: Iterable[User], *, at: datetime) -> None:
    told = {
        "clock": str(step.clock),
        "percent": step.percent,
        "to": str(step.to),
        "people": _addresses(people),
    }
    _announce(case, Announced.ESCALATED, f"n{case.event_count}", told, at)


def approval_asked(
    level: ApprovalLevel, case: Case, people: Iterable[User], *, again: str, at: datetime
) -> None:
    """When a level is opened, and at each reminder, for which `again` differs."""
    request, first = level.request, level.opened_at == at
    what = Announced.APPROVAL_REQUESTED if first else Announced.APPROVAL_OVERDUE
    told = _of(request) | {"level": level.number, "people": _addresses(people)}
    key = f"a{request.pk}.{level.number}.{level.reach}{again}"
    _announce(case, what, key, told, at)


def approval_ended(request: ApprovalRequest, case: Case, actor: Actor, *, at: datetime) -> None:
    if actor.via in _NOT_TOLD:
        return
    told = _of(request) | {"by": actor.name, "state": str(request.state)}
    _announce(case, Announced.APPROVAL_ENDED, f"a{request.pk}", told, at)


def _of(request: ApprovalRequest) -> dict[str, Any]:
    decision = request.decision
    return {
        "approval": request.pk,
        "decision": str(decision.kind),
        "what": playbooks.name_of(decision),
        "cost": None if decision.cost is None else str(decision.cost),
        "currency": decision.currency,
        "proposed_by": str(request.proposed_by),
        "expires_at": request.expires_at,
    }


def _addresses(people: Iterable[User]) -> list[dict[str, str]]:
    return [{"name": str(person), "email": person.email} for person in people]


def _announce(case: Case, what: Announced, key: str, more: dict[str, Any], at: datetime) -> None:
    to_source = str(what) in case.document.connection.tells
    if not (wants(what) or to_source):
        return
    told = {"type": str(what), "version": ANNOUNCED_VERSION, **playbooks.about(case), **more}
    key = f"C-{case.pk}:{key}:{what}"
    if wants(what):
        playbooks.announce(case, key, told, at=at)
    if to_source:
        playbooks.tell_source(case, key, told, at=at)
