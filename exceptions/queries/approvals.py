"""Requests for approval: those that wait for somebody, and what became of the others."""

from datetime import datetime

from django.db.models import Q, QuerySet

from exceptions import electorate
from exceptions.actors import Actor, visible_approvals
from exceptions.models import ApprovalRequest, Vote
from exceptions.vocabulary import ApprovalState

LAST = 50  # of what is over


def whole(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Those the actor may see, with what a page tells of them."""
    with_case = visible_approvals(actor).select_related(
        "decision__proposed_by", "case__site__lead", "case__document__connection", "matrix"
    )
    return with_case.prefetch_related("levels", "votes__voter", "votes__cast_by", "votes__outside")


def pending(actor: Actor) -> list[ApprovalRequest]:
    """What waits at the actor's sites, for whomever: the first to expire is the first."""
    found = whole(actor).filter(state=ApprovalState.PENDING).order_by("expires_at", "id")
    return list(found)


def waiting(actor: Actor, at: datetime) -> list[ApprovalRequest]:
    """What waits for the actor's vote."""
    return _theirs(pending(actor), actor, at)


def count_waiting(actor: Actor, at: datetime) -> int:
    """How many `waiting` lists. Every page asks, so no more is read than tells it."""
    asked = visible_approvals(actor).filter(state=ApprovalState.PENDING)
    found = asked.select_related("case__site").prefetch_related("levels", "votes")
    return len(_theirs(list(found), actor, at))


def _theirs(requests: list[ApprovalRequest], actor: Actor, at: datetime) -> list[ApprovalRequest]:
    """Those that the actor has a seat for. Delegations are read once, whatever waits."""
    if not requests or actor.user is None:
        return []
    lent = electorate.lent_to(actor.user, at=at)
    return [r for r in requests if electorate.seat(r, r.case, actor, at=at, lent=lent)]


def proposed(actor: Actor) -> list[ApprovalRequest]:
    """What the actor proposed and is not decided yet, or was of late."""
    found = whole(actor).filter(proposed_by=actor.user).order_by("-asked_at", "-id")
    return list(found[:LAST])


def ended(actor: Actor) -> list[ApprovalRequest]:
    """What was decided at the actor's sites, or came to nothing; the latest first."""
    found = whole(actor).exclude(state=ApprovalState.PENDING).order_by("-ended_at", "-id")
    return list(found[:LAST])


def last_votes(actor: Actor, most: int = 10) -> list[Vote]:
    """What the actor has voted, for themselves or for others."""
    mine = Vote.objects.filter(Q(cast_by=actor.user) | Q(voter=actor.user))
    seen = mine.filter(request__in=visible_approvals(actor))
    with_case = seen.select_related("request__decision", "request__case", "voter", "cast_by")
    return list(with_case.order_by("-at", "-id")[:most])
