"""Approvals taken outside: a supervisor records that somebody said yes on paper or by phone.

It counts as that person's vote, and needs a file of the case that shows it. They are told, and may
object for a day: what is not sent yet is void then; what was sent is flagged. An override.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import approvals, audit, electorate, notices, voting
from exceptions.actors import Actor
from exceptions.electorate import Seat
from exceptions.lifecycle import Refused
from exceptions.models import (
    ApprovalLevel,
    ApprovalRequest,
    Case,
    Decision,
    Evidence,
    OutboxMessage,
    OutsideVote,
    User,
)
from exceptions.vocabulary import (
    ApprovalState,
    Ballot,
    DecisionState,
    Happening,
    Notice,
    OutboxState,
    Role,
)

MAY_OBJECT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Who said yes, when, and which file of the case shows it (both by id). `digest` is that of
    what the recorder has seen.
    """

    voter: int
    given_at: datetime
    evidence: int
    digest: str
    reason: str = ""


@transaction.atomic
def record(request_id: int, said: Outside, actor: Actor, *, at: datetime) -> ApprovalRequest:
    """Count the yes. Raises Refused, or ApprovalRequest.DoesNotExist. Whether the actor may see the
    case is the caller's to know.
    """
    case, request = voting.held(request_id)
    if says := refusal(request, case, actor):
        raise Refused(says)
    voting.must_wait(request, said.digest, at)
    level, file = electorate.open_level(request), _file(case, said.evidence)
    assert level is not None  # it waits
    voter = _voter(request, level, case, actor, said.voter)
    if not request.asked_at.replace(second=0, microsecond=0) <= said.given_at <= at:
        raise Refused(_("Say when it was given: after it was asked, and not in the future."))
    told = _told(said, file)
    vote = voting.cast(
        case, request, Seat(level, voter), Ballot.YES, actor, reason=said.reason, at=at, told=told
    )
    OutsideVote.objects.create(
        vote=vote, evidence=file, given_at=said.given_at, until=at + MAY_OBJECT
    )
    _tell_voter(case, request, voter, vote.pk, actor, at)
    voting.count(case, request, Seat(level, voter), Ballot.YES, actor, reason=said.reason, at=at)
    voting.keep(case)
    return request


@transaction.atomic
def object_to(vote_id: int, actor: Actor, *, reason: str, at: datetime) -> bool:
    """Whose yes was recorded did not give it. Returns whether anything could be stopped still.

    Raises Refused, or OutsideVote.DoesNotExist.
    """
    request_id = OutsideVote.objects.values_list("vote__request", flat=True).get(vote=vote_id)
    case, request = voting.held(request_id)
    outside = OutsideVote.objects.select_related("vote__voter", "vote__cast_by").get(vote=vote_id)
    if says := why_no_objection(outside, actor, at):
        raise Refused(says)
    if not reason.strip():
        raise Refused(_("Say in a sentence what is not right about it."))
    outside.objected_at, outside.objection = at, reason.strip()[:500]
    told = {"decision": request.decision.kind, "id": request.decision_id}
    audit.append(case, Happening.OBJECTED, actor, at=at, data=told | {"reason": outside.objection})
    outside.stopped = _stop(case, request, actor, at)
    outside.save()
    _tell_others(case, request, outside, actor, at)
    voting.keep(case)
    return outside.stopped


def refusal(request: ApprovalRequest, case: Case, actor: Actor) -> str:
    """Why the actor records nothing here, in a sentence; empty when they may."""
    if actor.user is None or Role.SUPERVISOR not in actor.roles_at(case.site_id):
        return _("Only a supervisor of %(site)s can do this.") % {"site": case.site}
    if actor.user.pk == request.proposed_by_id:
        return _("You proposed this, so another supervisor records who said yes.")
    if any(actor.user.pk in (v.voter_id, v.cast_by_id) for v in request.votes.all()):
        return _("You have voted on this already.")
    return ""


def who_may_have_said_yes(request: ApprovalRequest, case: Case, actor: Actor) -> list[User]:
    """Those who are asked now, but for the actor and who has voted."""
    level = electorate.open_level(request)
    if level is None:
        return []
    level.request = request
    voted = {who for v in request.votes.all() for who in (v.voter_id, v.cast_by_id)}
    gone = voted | ({actor.user.pk} if actor.user else set())
    return [user for user in electorate.electors(level, case) if user.pk not in gone]


def why_no_objection(outside: OutsideVote, actor: Actor, at: datetime) -> str:
    """Why the actor cannot object, in a sentence; empty when they can."""
    if actor.user is None or actor.user.pk != outside.vote.voter_id:
        return _("Only %s, whose yes it is, can object.") % outside.vote.voter
    if outside.objected_at:
        return _("You have objected already.")
    if at >= outside.until:
        return _("The day in which you could object is over. Tell the site's lead.")
    return ""


def _voter(
    request: ApprovalRequest, level: ApprovalLevel, case: Case, actor: Actor, voter_id: int
) -> User:
    people = who_may_have_said_yes(request, case, actor)
    found = next((user for user in people if user.pk == voter_id), None)
    if found is None:
        who = approvals.level_in_words(level)
        raise Refused(_("Choose who said yes, of those who are asked now: %s.") % who)
    return found


def _file(case: Case, evidence_id: int) -> Evidence:
    files = case.evidence.filter(pk=evidence_id, withdrawn_at=None, erased_at=None)
    found = files.first()
    if found is None:
        raise Refused(_("Choose the file of this case that shows it; add it under Evidence first."))
    return found


def _told(said: Outside, file: Evidence) -> dict[str, Any]:
    return {
        "override": True,
        "outside": True,
        "given_at": said.given_at.astimezone(UTC).isoformat(),
        "file": file.name,
        "sha256": file.sha256,
    }


def _stop(case: Case, request: ApprovalRequest, actor: Actor, at: datetime) -> bool:
    """Void what rests on the vote, as far as nothing of it was sent."""
    why = _("%s objects to the approval recorded in their name.") % actor.name
    if request.state == ApprovalState.PENDING:
        approvals.end(request, case, ApprovalState.VOID, actor, at=at, why=why)
        return True
    decision = request.decision
    if request.state != ApprovalState.APPROVED or decision.state != DecisionState.APPROVED:
        return False
    rows = decision.outbox.select_for_update(of=("self",), no_key=True)
    if any(_is_begun(row) for row in rows):
        return False
    _void(case, request, decision, actor, at, why)
    return True


def _is_begun(row: OutboxMessage) -> bool:
    untouched = row.state == OutboxState.PENDING and row.attempts == 0
    return not untouched


def _void(
    case: Case,
    request: ApprovalRequest,
    decision: Decision,
    actor: Actor,
    at: datetime,
    why: str,
) -> None:
    decision.outbox.update(state=OutboxState.WITHDRAWN, error=why[:500])
    decision.state = DecisionState.VOID
    decision.save(update_fields=["state"])
    request.state, request.why_ended = ApprovalState.VOID, why[:500]
    request.save(update_fields=["state", "why_ended"])
    told = {"decision": decision.kind, "id": decision.pk, "reason": why}
    audit.append(case, Happening.APPROVAL_VOID, actor, at=at, data=told)


def _tell_voter(
    case: Case, request: ApprovalRequest, voter: User, vote_id: int, actor: Actor, at: datetime
) -> None:
    data = {"decision": request.decision.kind, "until": (at + MAY_OBJECT).isoformat()}
    key = f"outside:{vote_id}"
    notices.tell(case, Notice.VOTED_FOR_ME, [voter], at=at, by=actor, key=key, data=data)


def _tell_others(
    case: Case, request: ApprovalRequest, outside: OutsideVote, actor: Actor, at: datetime
) -> None:
    people = [outside.vote.cast_by, request.proposed_by, case.owner, case.site.lead]
    data = {
        "decision": request.decision.kind,
        "words": outside.objection,
        "stopped": outside.stopped,
    }
    key = f"objected:{outside.vote_id}"
    notices.tell(case, Notice.OBJECTED, people, at=at, by=actor, key=key, data=data)
