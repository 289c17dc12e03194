"""Votes on decisions, and taking a proposal back. Raises Refused, with a sentence.

Under the case's lock, so that two who vote at once, or a vote and a change of the facts, come one
after the other: whoever is second sees what the first has done.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import approvals, audit, clocks, electorate, lifecycle, playbooks
from exceptions.actors import Actor
from exceptions.electorate import Seat
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalLevel, ApprovalRequest, Case, Vote
from exceptions.vocabulary import (
    ApprovalState,
    Ballot,
    Happening,
    LevelState,
    Need,
    Role,
)

REASON = 500


@transaction.atomic
def vote(
    request_id: int,
    ballot: str,
    actor: Actor,
    *,
    digest: str,
    at: datetime,
    reason: str = "",
) -> ApprovalRequest:
    """Vote on a request. `digest` is that of what the voter has seen: another is not voted on.

    Raises ApprovalRequest.DoesNotExist. Whether the actor may see the case is the caller's to know.
    """
    case, request = held(request_id)
    said = _ballot(ballot, reason)
    seat = _seat(request, case, actor, digest, at)
    cast(case, request, seat, said, actor, reason=reason, at=at)
    count(case, request, seat, said, actor, reason=reason, at=at)
    keep(case)
    return request


def cast(
    case: Case,
    request: ApprovalRequest,
    seat: Seat,
    ballot: Ballot,
    actor: Actor,
    *,
    reason: str,
    at: datetime,
    told: Mapping[str, Any] | None = None,
) -> Vote:
    """Write the vote and its line of the history, which also tells `told`. Whether there is such a
    seat is the caller's to know, who holds the case and counts the vote next.
    """
    assert actor.user is not None  # machines have no seat
    vote = Vote.objects.create(
        request=request,
        level=seat.level,
        voter=seat.voter,
        cast_by=actor.user,
        ballot=ballot,
        reason=reason.strip()[:REASON],
        digest=request.digest,
        via=actor.via,
        at=at,
    )
    _note(case, request, seat, ballot, actor, reason, at, told or {})
    return vote


@transaction.atomic
def withdraw(request_id: int, actor: Actor, *, at: datetime, reason: str = "") -> ApprovalRequest:
    """Take a proposal back: who made it, or a supervisor of the site."""
    case, request = held(request_id)
    if not may_withdraw(request, case, actor):
        raise Refused(
            _("Only %(who)s, who proposed it, or a supervisor of %(site)s can take it back.")
            % {"who": request.proposed_by, "site": case.site}
        )
    _must_be_pending(request)
    approvals.end(request, case, ApprovalState.WITHDRAWN, actor, at=at, why=reason.strip())
    keep(case)
    return request


def may_withdraw(request: ApprovalRequest, case: Case, actor: Actor) -> bool:
    roles = actor.roles_at(case.site_id)
    theirs = actor.user is not None and actor.user.pk == request.proposed_by_id
    return Role.SUPERVISOR in roles or (theirs and Role.OPERATOR in roles)


def held(request_id: int) -> tuple[Case, ApprovalRequest]:
    """The request as it stands once its case is locked."""
    case_id = ApprovalRequest.objects.values_list("case_id", flat=True).get(pk=request_id)
    case = lifecycle.locked(case_id)
    whole = ApprovalRequest.objects.select_related("decision", "proposed_by")
    request = whole.prefetch_related("levels", "votes").get(pk=request_id)
    request.decision.case = case
    return case, request


def keep(case: Case) -> None:
    """Save what its history and its clocks have come to."""
    case.next_due_at = clocks.next_due(case)
    case.save(update_fields=["event_count", "last_hash", "next_due_at"])


def _ballot(said: str, reason: str) -> Ballot:
    if said not in Ballot.values:
        raise Refused(_("Say yes or no."))
    if said == Ballot.NO and not reason.strip():
        raise Refused(_("Say in a sentence why not: who proposed it wants to know."))
    return Ballot(said)


def must_wait(request: ApprovalRequest, digest: str, at: datetime) -> None:
    """Raises Refused where nothing waits for a vote, or not what the `digest` is of."""
    _must_be_pending(request)
    if at >= request.expires_at:
        raise Refused(_("The time to decide is over. It can be proposed anew."))
    if digest != request.digest or request.digest != approvals.digest_of(request.decision):
        raise Refused(_("This is not what you have seen. Look at it again, then decide."))


def _seat(request: ApprovalRequest, case: Case, actor: Actor, digest: str, at: datetime) -> Seat:
    """The vote that the actor may give now; Refused says why there is none."""
    must_wait(request, digest, at)
    found = electorate.seat(request, case, actor, at=at)
    if found is None:
        raise Refused(why_no_seat(request, actor))
    return found


def why_no_seat(request: ApprovalRequest, actor: Actor) -> str:
    """Why the actor has no vote on a request that waits."""
    if actor.user and actor.user.pk == request.proposed_by_id:
        return _("You proposed this, so others decide about it.")
    if any(actor.user and actor.user.pk in (v.voter_id, v.cast_by_id) for v in request.votes.all()):
        return _("You have voted on this already.")
    level = electorate.open_level(request)
    who = approvals.level_in_words(level) if level else _("nobody")
    return _("This is for others to decide: %s.") % who


def _must_be_pending(request: ApprovalRequest) -> None:
    if request.state != ApprovalState.PENDING:
        says = {"state": request.get_state_display(), "why": request.why_ended}
        said = _("It is no longer open: it is %(state)s. %(why)s") % says
        raise Refused(said.strip())


def _note(
    case: Case,
    request: ApprovalRequest,
    seat: Seat,
    ballot: Ballot,
    actor: Actor,
    reason: str,
    at: datetime,
    more: Mapping[str, Any],
) -> None:
    told: dict[str, Any] = {
        "ballot": ballot,
        "decision": request.decision.kind,
        "id": request.decision_id,
        "level": seat.level.number,
    }
    if actor.user != seat.voter:
        told["for"] = str(seat.voter)
    if reason.strip():
        told["reason"] = reason.strip()[:REASON]
    audit.append(case, Happening.VOTED, actor, at=at, data=told | dict(more))


def count(
    case: Case,
    request: ApprovalRequest,
    seat: Seat,
    ballot: Ballot,
    actor: Actor,
    *,
    reason: str,
    at: datetime,
) -> None:
    """One no rejects; enough yes open the next level, or approve."""
    if ballot == Ballot.NO:
        approvals.end(request, case, ApprovalState.REJECTED, actor, at=at, why=reason.strip())
        return
    level = seat.level
    level.request = request
    if not _is_enough(level, case):
        return
    level.state, level.ended_at = LevelState.PASSED, at
    level.save(update_fields=["state", "ended_at"])
    if approvals.open_next(request, case, at=at) is None:
        _approve(case, request, actor, at)


def _is_enough(level: ApprovalLevel, case: Case) -> bool:
    voters = set(level.votes.values_list("voter_id", flat=True))
    if level.need == Need.ALL:
        return set(electorate.electors(level, case).values_list("pk", flat=True)) <= voters
    return len(voters) >= (level.count if level.need == Need.SOME else 1)


def _approve(case: Case, request: ApprovalRequest, actor: Actor, at: datetime) -> None:
    """Now it is sent."""
    approvals.end(request, case, ApprovalState.APPROVED, actor, at=at)
    playbooks.send(request.decision, playbooks.verbs_of(request.decision), at=at)
