"""Requests for approval: asked with a decision, ended by votes, by time, or because things changed.

Everything here is called under the lock of the case, by whoever saves its history afterwards.
An approval binds to a digest of the decision and of the facts it rests on.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from exceptions import (
    announcing,
    audit,
    business_time,
    calendars,
    chains,
    clocks,
    electorate,
    matrices,
    matrix,
    notices,
    playbooks,
)
from exceptions.actors import Actor, machine
from exceptions.matrix import NEXT, Asked, Cell, Level, Matrix
from exceptions.models import ApprovalLevel, ApprovalRequest, Case, Decision, Vote
from exceptions.vocabulary import (
    TAKEN,
    ApprovalState,
    ClockKind,
    DecisionKind,
    DecisionState,
    Happening,
    LevelState,
    Notice,
    Tier,
    Verb,
    Via,
    Voters,
    lasting,
)

POLICY = machine(Via.POLICY)
FACTS_MOVED = "The facts changed after they were asked."
CASE_ENDED = "The case ended before anybody had decided."
# What becomes of the decision, and what the history calls it.
ENDS: Mapping[ApprovalState, tuple[DecisionState, Happening]] = {
    ApprovalState.APPROVED: (DecisionState.APPROVED, Happening.APPROVED),
    ApprovalState.REJECTED: (DecisionState.REJECTED, Happening.REJECTED),
    ApprovalState.VOID: (DecisionState.VOID, Happening.APPROVAL_VOID),
    ApprovalState.EXPIRED: (DecisionState.EXPIRED, Happening.APPROVAL_EXPIRED),
    ApprovalState.WITHDRAWN: (DecisionState.WITHDRAWN, Happening.APPROVAL_WITHDRAWN),
}


def digest_of(decision: Decision) -> str:
    """SHA-256 over what shall be done, what it costs, and the facts it rests on."""
    said = {
        "case": decision.case_id,
        "decision": str(decision.kind),
        "parameters": decision.parameters,
        "cost": None if decision.cost is None else f"{decision.cost:.2f}",
        "currency": decision.currency,
        "facts": decision.substance,
    }
    if decision.undoes_id:
        said["undoes"] = decision.undoes_id
    return chains.seal(said)


def cell_for(case: Case, kind: str, cost: Decimal | None, verbs: Iterable[Verb] = ()) -> Cell:
    """Where in the matrix in force a decision on the case falls. What its verbs do for good is
    confirmed by a second person, even where the matrix asks nobody.
    """
    decision = DecisionKind(kind)
    asked = Asked(
        decision=decision,
        site=case.site_id,
        tier=Tier(case.tier) if case.tier else None,
        stake=matrix.stake(decision, cost, case.value_at_risk),
        currency=case.currency,
    )
    found = matrix.cell(matrices.of(matrices.newest()), asked)
    return matrix.confirmed_by_a_second(found) if lasting(verbs) else found


def pending(case: Case) -> ApprovalRequest | None:
    return case.approvals.filter(state=ApprovalState.PENDING).first()


def asked_now(case: Case, at: datetime) -> bool:
    """Whether people were asked in this very move: what waited before has its clock already."""
    request = pending(case)
    return request is not None and request.asked_at == at and not _has_clock(case)


def _has_clock(case: Case) -> bool:
    return case.clocks.filter(kind=ClockKind.APPROVE, stopped_at=None).exists()


def ask(case: Case, decision: Decision, cell: Cell, *, at: datetime) -> ApprovalRequest:
    """Ask the first level of the cell."""
    version = matrices.newest()
    settings = matrices.of(version)
    request = ApprovalRequest.objects.create(
        decision=decision,
        case=case,
        matrix=version,
        cell=_told(case, decision, cell, settings),
        digest=digest_of(decision),
        proposed_by=decision.proposed_by,
        asked_at=at,
        expires_at=at + timedelta(hours=settings.valid_hours),
    )
    levels = [_level(request, n, each, settings) for n, each in enumerate(cell.levels, start=1)]
    ApprovalLevel.objects.bulk_create(levels)
    open_next(request, case, at=at)
    playbooks.ask_there(request, case, at=at)
    return request


def _told(case: Case, decision: Decision, cell: Cell, settings: Matrix) -> dict[str, Any]:
    """The cell in words that stay true, whatever is published later."""
    row = cell.row
    at_stake = matrix.stake(DecisionKind(decision.kind), decision.cost, case.value_at_risk)
    return {
        "decision": row.decision,
        "site": row.site and case.site.name,
        "tier": row.tier,
        "band": matrix.band_in_words(settings, cell.band, case.currency),
        "stake": None if at_stake is None else str(at_stake),
        "currency": case.currency,
        "lasting": [str(verb) for verb in lasting(playbooks.verbs_of(decision))],
    }


def _level(request: ApprovalRequest, number: int, each: Level, settings: Matrix) -> ApprovalLevel:
    return ApprovalLevel(
        request=request,
        number=number,
        voters=each.voters,
        group=each.group,
        members=list(settings.groups.get(each.group, ())) if each.group else [],
        need=each.need,
        count=each.count,
    )


def open_next(request: ApprovalRequest, case: Case, *, at: datetime) -> ApprovalLevel | None:
    """Ask the next level; None when all have said yes."""
    level = request.levels.filter(state=LevelState.WAITING).order_by("number").first()
    if level is None:
        return None
    level.request, level.state, level.opened_at = request, LevelState.OPEN, at
    while not electorate.electors(level, case).exists() and may_reach_further(level):
        level.reach += 1  # nobody is left who could answer: whoever comes next is asked at once
    level.remind_at = remind_at(level, case, at)
    level.save()
    tell_electors(level, case, at=at)
    return level


def remind_at(level: ApprovalLevel, case: Case, at: datetime) -> datetime:
    """When those who are asked are reminded, by the hours of the site."""
    minutes = matrices.of(level.request.matrix).remind_minutes
    hours = calendars.hours_of(calendars.of_site(case.site))
    return business_time.after(hours, at, timedelta(minutes=minutes))


def may_reach_further(level: ApprovalLevel) -> bool:
    """Whether there is a role above those who are asked."""
    return electorate.ways(level)[-1] in NEXT


def tell_electors(level: ApprovalLevel, case: Case, *, at: datetime, again: str = "") -> None:
    """Tell those who are asked and who may vote for them; once for every `again`."""
    decision, people = level.request.decision, list(electorate.asked(level, case, at=at))
    announcing.approval_asked(level, case, people, again=again, at=at)
    notices.tell(
        case,
        Notice.APPROVAL_ASKED,
        people,
        at=at,
        key=f"approval:{level.request_id}:{level.number}:{level.reach}{again}",
        data={
            "decision": decision.kind,
            "who": str(decision.proposed_by),
            "again": bool(again),
            "answers": "; ".join(f"{label}: {said}" for label, said in _answers(decision)),
            "level": level.pk,  # for the link in the e-mail
        },
    )


def _answers(decision: Decision) -> list[tuple[str, str]]:
    return playbooks.answers_in_words(decision, playbooks.in_utc)


def end(
    request: ApprovalRequest,
    case: Case,
    how: ApprovalState,
    actor: Actor,
    *,
    at: datetime,
    why: str = "",
) -> None:
    """End it, with its decision, its levels, its clock and its history. `request.decision` is
    changed and saved; what an approved one sends is the caller's.
    """
    decision, (decision.state, happened) = request.decision, ENDS[how]
    request.state, request.ended_at, request.why_ended = how, at, why[:500]
    request.save(update_fields=["state", "ended_at", "why_ended"])
    _end_levels(request, how, at)
    if how == ApprovalState.APPROVED:
        decision.approved_by, decision.approved_at = _names(request), at
    decision.save(update_fields=["state", "approved_by", "approved_at"])
    answered = how in (ApprovalState.APPROVED, ApprovalState.REJECTED)
    (clocks.stop if answered else clocks.cancel)(case, ClockKind.APPROVE, at=at)
    case.next_due_at = clocks.next_due(case)
    told = {"decision": decision.kind, "id": decision.pk, "by": decision.approved_by}
    audit.append(case, happened, actor, at=at, data=told | ({"reason": why} if why else {}))
    _tell_end(request, case, how, actor, at, why)
    playbooks.answer_there(request, case, _ended(request, actor), at=at)
    announcing.approval_ended(request, case, actor, at=at)


def _ended(request: ApprovalRequest, actor: Actor) -> str:
    """What came of it, for those who were asked in the source."""
    who = request.decision.approved_by or actor.name
    told = {"how": request.get_state_display(), "who": who, "why": request.why_ended}
    return (_("In the control tower: %(how)s, by %(who)s. %(why)s") % told).strip()


def _end_levels(request: ApprovalRequest, how: ApprovalState, at: datetime) -> None:
    asked = request.levels.filter(state=LevelState.OPEN)
    if how == ApprovalState.APPROVED:
        asked.update(state=LevelState.PASSED, ended_at=at)
    elif how == ApprovalState.REJECTED:
        asked.update(state=LevelState.REFUSED, ended_at=at)
    left = request.levels.filter(state__in=[LevelState.OPEN, LevelState.WAITING])
    left.update(state=LevelState.ENDED, ended_at=at)


def _names(request: ApprovalRequest) -> str:
    """Who said yes, with those for whom they spoke."""
    votes = request.votes.select_related("voter", "cast_by", "outside").order_by("id")
    return ", ".join(who_said(vote) for vote in votes)[:120]


def who_said(vote: Vote) -> str:
    """Whose vote it is, and by whose hand: `Marta for Pieter`."""
    said = {"who": vote.cast_by, "whom": vote.voter}
    if vote.voter_id == vote.cast_by_id:
        return str(vote.voter)
    if hasattr(vote, "outside"):
        return _("%(whom)s (outside, recorded by %(who)s)") % said
    return _("%(who)s for %(whom)s") % said


def _tell_end(
    request: ApprovalRequest,
    case: Case,
    how: ApprovalState,
    actor: Actor,
    at: datetime,
    why: str,
) -> None:
    """The proposer and the owner hear it; who has voted or is asked, too, when it comes to nothing
    without an answer.
    """
    data = {"decision": request.decision.kind, "how": str(how), "words": why}
    people = {request.proposed_by, case.owner}
    what = Notice.APPROVAL_DECIDED
    if how not in (ApprovalState.APPROVED, ApprovalState.REJECTED):
        what = Notice.APPROVAL_ENDED
        people |= {vote.cast_by for vote in request.votes.select_related("cast_by")}
        for level in request.levels.filter(opened_at__isnull=False, state=LevelState.ENDED):
            people |= set(electorate.electors(level, case))
    notices.tell(case, what, people, at=at, by=actor, key=f"approval:{request.pk}:{how}", data=data)


def end_pending(
    case: Case, how: ApprovalState, actor: Actor, *, at: datetime, why: str
) -> ApprovalRequest | None:
    """End what waits for approval, if anything does."""
    request = case.approvals.filter(state=ApprovalState.PENDING)
    found = request.select_related("decision", "proposed_by").first()
    if found:
        end(found, case, how, actor, at=at, why=why)
    return found


def facts_changed(case: Case, substance: str, *, at: datetime) -> None:
    """What was asked rests on facts that do not stand any more."""
    request = pending(case)
    if request and request.decision.substance != substance:
        end_pending(case, ApprovalState.VOID, POLICY, at=at, why=FACTS_MOVED)


def stands(decision: Decision) -> bool:
    """Whether the decision may be carried out, as the database says now: it is approved, and what
    was approved is what it says.
    """
    found = Decision.objects.select_related("approval").get(pk=decision.pk)
    if found.state not in TAKEN:
        return False
    request: ApprovalRequest | None = getattr(found, "approval", None)
    if request is None:  # the matrix asked nobody
        return not lasting(map(Verb, found.outbox.values_list("verb", flat=True)))
    return request.state == ApprovalState.APPROVED and request.digest == digest_of(found)


def in_words(levels: tuple[Level, ...]) -> list[str]:
    return [matrix.level_in_words(level) for level in levels]


def level_in_words(level: ApprovalLevel) -> str:
    """Who is asked at the level, and since when it reaches higher, whoever else."""
    first, *more = electorate.ways(level)
    asked = Level(voters=first, group=level.group, need=level.need, count=level.count)  # type: ignore[arg-type] # a choice
    said = matrix.level_in_words(asked)
    if more:
        others = _(" or ").join(str(Voters(way).label) for way in more)
        said = _("%(said)s, or %(others)s") % {"said": said, "others": others}
    return said
