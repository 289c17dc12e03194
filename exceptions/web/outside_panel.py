"""Approvals taken outside, on a case's page: what can be recorded, and what can be objected to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from exceptions import outside
from exceptions.actors import Actor
from exceptions.models import ApprovalRequest, Case, Evidence, OutsideVote, User, Vote
from exceptions.vocabulary import ApprovalState
from exceptions.web.disruption import Tried


@dataclass(frozen=True, slots=True)
class Recorded:
    """A yes from outside; `may_object`: it is the reader's, and they still can."""

    vote: OutsideVote
    may_object: bool
    tried: Tried


@dataclass(frozen=True, slots=True)
class Outside:
    """Of one request: who may have said yes, and the files that could show it. Nobody to choose:
    the reader records nothing.
    """

    people: list[User]
    files: list[Evidence]
    recorded: list[Recorded]
    tried: Tried


def what(request_id: int) -> str:
    """What a refused recording is known by."""
    return f"outside-{request_id}"


def objection(vote_id: int) -> str:
    return f"object-{vote_id}"


def panels(
    case: Case,
    requests: Iterable[ApprovalRequest],
    actor: Actor,
    at: datetime,
    tried: Tried | None,
) -> dict[int, Outside]:
    """By decision. The requests come with their levels and votes."""
    tried = tried or Tried()
    return {r.decision_id: _of(case, r, actor, at, tried) for r in requests}


def _of(case: Case, request: ApprovalRequest, actor: Actor, at: datetime, tried: Tried) -> Outside:
    waits = request.state == ApprovalState.PENDING
    may = waits and not outside.refusal(request, case, actor)
    people = outside.who_may_have_said_yes(request, case, actor) if may else []
    files = case.evidence.filter(withdrawn_at=None, erased_at=None).order_by("-id")
    return Outside(
        people=people,
        files=list(files) if people else [],
        recorded=[_recorded(v.outside, actor, at, tried) for v in _outside(request)],
        tried=tried if tried.what == what(request.pk) else Tried(),
    )


def _outside(request: ApprovalRequest) -> list[Vote]:
    return [vote for vote in request.votes.all() if hasattr(vote, "outside")]


def _recorded(vote: OutsideVote, actor: Actor, at: datetime, tried: Tried) -> Recorded:
    here = tried if tried.what == objection(vote.vote_id) else Tried()
    may = not outside.why_no_objection(vote, actor, at)
    return Recorded(vote, may or bool(here.says), here)
