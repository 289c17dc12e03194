"""One request for approval as pages show it: what is asked, why, who has to say yes, and what the
reader may do about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from exceptions import approvals, electorate, foreseeing, playbooks, undoing, voting
from exceptions.actors import Actor
from exceptions.electorate import Seat
from exceptions.models import ApprovalLevel, ApprovalRequest, Case, HeardAnswer, Vote
from exceptions.verdicts import amount
from exceptions.vocabulary import (
    ApprovalState,
    Ballot,
    DecisionKind,
    DecisionState,
    LevelState,
    Tier,
    Verb,
    Via,
    Voters,
)
from exceptions.web import foreseen, formats, source_facts
from exceptions.web.change_words import Change
from exceptions.web.foreseen import Line
from exceptions.web.source_facts import Fact

MOST_NAMES = 6
LOOKS = {
    LevelState.WAITING: ("wait", "clock"),
    LevelState.OPEN: ("now", "clock"),
    LevelState.PASSED: ("done", "check"),
    LevelState.REFUSED: ("fail", "x"),
    LevelState.ENDED: ("wait", "x"),
}
BADGES = {
    ApprovalState.PENDING: ("info", "clock"),
    ApprovalState.APPROVED: ("ok", "check"),
    ApprovalState.REJECTED: ("bad", "x"),
    ApprovalState.VOID: ("warn", "alert"),
    ApprovalState.EXPIRED: ("warn", "clock"),
    ApprovalState.WITHDRAWN: ("", "x"),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A vote, or a withdrawal, that was refused: why, and what was typed."""

    request_id: int = 0
    what: str = ""
    says: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One level: who is asked, what they said, and how long it has taken."""

    number: int
    look: str
    symbol: str
    says: str
    votes: list[str]
    people: str
    times: str


@dataclass(frozen=True, slots=True)
class Panel:
    request: ApprovalRequest
    look: str
    symbol: str
    why: str
    levels: list[LevelLine]
    changes: list[Change]
    foreseen: list[Line]  # when it was proposed, where the source was asked then
    facts: list[Fact]
    answers: list[tuple[str, str]]
    undo: str  # whether it can be undone, in words
    seat: Seat | None
    why_no_vote: str
    may_withdraw: bool
    facts_stand: bool
    tried: Tried
    unheard: list[str]

    @property
    def is_pending(self) -> bool:
        return self.request.state == ApprovalState.PENDING


def panel(
    request: ApprovalRequest, case: Case, actor: Actor, at: datetime, tried: Tried | None = None
) -> Panel:
    """`request` comes with its decision, levels and votes, `case` with its site and document."""
    request.decision.case = case
    pending = request.state == ApprovalState.PENDING
    seat = electorate.seat(request, case, actor, at=at)
    look, symbol = BADGES[ApprovalState(request.state)]
    mine = tried if tried and tried.request_id == request.pk else Tried()
    return Panel(
        request=request,
        look=look,
        symbol=symbol,
        why=why(request),
        levels=[_line(request, level, case, at) for level in request.levels.all()],
        changes=_changes(request, case),
        foreseen=foreseen.lines(foreseeing.steps_of(request.decision.foreseen)),
        facts=[fact for fact in source_facts.facts_of(case.document) if fact.said],
        undo=undoing.in_words(playbooks.verbs_of(request.decision)),
        answers=playbooks.answers_in_words(request.decision, formats.when),
        seat=seat,
        why_no_vote="" if seat or not pending else voting.why_no_seat(request, actor),
        may_withdraw=pending and voting.may_withdraw(request, case, actor),
        facts_stand=request.decision.substance == case.document.substance,
        tried=mine,
        unheard=[_unheard(each) for each in request.heard.all() if each.says],
    )


def saw(panels: list[Panel], at: datetime) -> None:
    """Note when somebody who may vote first looked; from then on it is their time, not waiting."""
    asked = [p.seat.level.pk for p in panels if p.seat and p.seat.level.first_seen_at is None]
    if asked:
        ApprovalLevel.objects.filter(pk__in=asked, first_seen_at=None).update(first_seen_at=at)


def why(request: ApprovalRequest) -> str:
    """Why people are asked, by the matrix as it was then, or because it is for good."""
    cell = request.cell
    if any(level.voters == Voters.SECOND for level in request.levels.all()):
        verbs = [str(Verb(v).label) for v in cell.get("lasting", ()) if v in Verb.values]
        words = _("What cannot be undone is confirmed by a second person: %s.")
        return words % (", ".join(verbs) or _("this decision"))
    told = {
        "stake": _stake(cell),
        "band": cell.get("band", ""),
        "row": _row(cell),
        "matrix": _("version %s") % request.matrix.version if request.matrix else _("standard"),
    }
    return (
        _(
            "At stake: %(stake)s, which the approval matrix (%(matrix)s) asks about in the row for"
            " %(row)s, %(band)s."
        )
        % told
    )


def _stake(cell: Mapping[str, str]) -> str:
    if not cell.get("stake"):
        return _("an amount that is not known")
    return amount(Decimal(cell["stake"]), cell.get("currency") or None)


def _row(cell: Mapping[str, str | None]) -> str:
    said = cell.get("decision")
    parts = [str(DecisionKind(said).label) if said in DecisionKind.values else _("other decisions")]
    if cell.get("site"):
        parts.append(str(cell["site"]))
    if (tier := cell.get("tier")) in Tier.values:
        parts.append(str(Tier(tier).label).lower())
    return " · ".join(parts)


def _line(request: ApprovalRequest, level: ApprovalLevel, case: Case, at: datetime) -> LevelLine:
    look, symbol = LOOKS[LevelState(level.state)]
    level.request = request
    is_open = level.state == LevelState.OPEN
    return LevelLine(
        number=level.number,
        look=look,
        symbol=symbol,
        says=approvals.level_in_words(level),
        votes=[_voted(vote) for vote in request.votes.all() if vote.level_id == level.pk],
        people=_people(level, case) if is_open else "",
        times=_times(level, at),
    )


def _voted(vote: Vote) -> str:
    who = approvals.who_said(vote)
    said = _("%(who)s said yes") if vote.ballot == Ballot.YES else _("%(who)s said no")
    if vote.via in (Via.MAIL, Via.ODOO):
        road = _("by e-mail link") if vote.via == Via.MAIL else _("in Odoo")
        said = f"{said} {road}"
    told = f"{said % {'who': who}}, {formats.when(vote.at)}"
    return f"{told}: {vote.reason}" if vote.reason else told


def _unheard(answer: HeardAnswer) -> str:
    """Somebody answered in the source who may not decide here."""
    told = {"who": answer.name, "ballot": answer.get_ballot_display(), "says": answer.says}
    return _("%(who)s answered %(ballot)s in Odoo, which is no vote here. %(says)s") % told


def _people(level: ApprovalLevel, case: Case) -> str:
    """Who can answer, by name."""
    names = [str(person) for person in electorate.electors(level, case)[: MOST_NAMES + 1]]
    if not names:
        return _("Nobody can answer this today: it needs somebody in this role at %s.") % case.site
    more = "" if len(names) <= MOST_NAMES else _(" and others")
    return ", ".join(names[:MOST_NAMES]) + more


def _times(level: ApprovalLevel, at: datetime) -> str:
    """`waited 22 min, then 4 min`: until somebody who may vote looked, and from there."""
    if level.opened_at is None:
        return ""
    end = level.ended_at or at
    seen = level.first_seen_at or end
    waited = formats.span(max((seen - level.opened_at).total_seconds(), 0))
    if level.first_seen_at is None:
        return _("waited %s") % waited
    took = formats.span(max((end - seen).total_seconds(), 0))
    return _("waited %(waited)s, then %(took)s") % {"waited": waited, "took": took}


def _changes(request: ApprovalRequest, case: Case) -> list[Change]:
    """What carrying it out does in the source, verb by verb, as far as is known beforehand."""
    decision = request.decision
    if decision.state not in (DecisionState.PROPOSED, DecisionState.APPROVED):
        return []
    told = ((v, playbooks.of_decision(decision, v)) for v in playbooks.verbs_of(decision))
    return [Change(str(verb.label), _before(verb, case), _after(verb, said)) for verb, said in told]


def _before(verb: Verb, case: Case) -> str:
    """The plan that another date replaces; the rest is added, and replaces nothing."""
    if verb != Verb.NEW_DATE:
        return ""
    planned = case.facts.get("planned_at") or case.facts.get("promised_at")
    return _instant(planned) if planned else ""


def _after(verb: Verb, said: Mapping[str, object]) -> str:
    if verb == Verb.NEW_DATE:
        return _instant(str(said["date"]))
    if verb in _AFTER:
        return _AFTER[verb](said)
    return str(said.get("summary") or said.get("text") or "")


def _quantity(said: Mapping[str, object]) -> str:
    return str(said.get("quantity", ""))


_AFTER: Mapping[Verb, Callable[[Mapping[str, object]], str]] = {
    Verb.PRIORITY: lambda said: _("flagged urgent") if said["urgent"] else _("not flagged"),
    Verb.CANCEL: lambda _said: _("cancelled"),
    Verb.TAKE_BACK: lambda _said: _("cancelled"),
    Verb.RECOUNT: lambda _said: _("to be counted anew"),
    Verb.APPLY_COUNT: lambda said: _("booked %s") % said["counted"],
    Verb.SCRAP: lambda said: _("%s scrapped") % _quantity(said),
    Verb.RELEASE: lambda _said: _("back to where they came from"),
    Verb.TRANSFER: _quantity,
    Verb.PURCHASE: _quantity,
    Verb.SPLIT: lambda _said: _("what is there can go, the rest follows"),
    Verb.RETURN: lambda _said: _("a return of what came"),
    Verb.HOLD_BILL: lambda said: _("payment blocked") if said["held"] else _("not blocked"),
    Verb.CREDIT_NOTE: lambda _said: _("a draft of a credit note"),
}


def _instant(text: str) -> str:
    return formats.when(datetime.fromisoformat(text))
