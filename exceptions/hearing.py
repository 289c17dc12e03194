"""Answers that people give to requests for approval in the source system.

An answer counts as the vote of the person of the tower whom its address names, if they may vote at
the open level; all the rules of votes hold. Any other is kept, shown, and counts for nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, voting
from exceptions.actors import machine, person
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalRequest, Case, HeardAnswer, User, Vote
from exceptions.vocabulary import ApprovalState, Ballot, Happening, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`key` is that of the answer in the source, `record` what is quoted, `addresses` are the
    person's there.
    """

    key: str
    record: str
    name: str
    addresses: frozenset[str]
    ballot: Ballot


@transaction.atomic
def hear(request_id: int, answer: Answer, *, at: datetime) -> HeardAnswer | None:
    """Take an answer in; None for one that counts already, counts as little as before, or came when
    all was over. One that was no vote yet may become one: their level may be asked by now.
    """
    case, request = voting.held(request_id)
    if request.state != ApprovalState.PENDING:
        return None
    known = HeardAnswer.objects.filter(request=request, key=answer.key).first()
    if known and known.vote_id:
        return None
    vote, says = _counted(request, answer, at)
    if known and vote is None:
        return None
    heard = known or HeardAnswer(request=request, key=answer.key)
    heard.name, heard.ballot, heard.at = answer.name[:120], answer.ballot, at
    heard.vote, heard.says = vote, says[:300]
    heard.save()
    if vote is None:
        _note(case, request, heard, at)
    return heard


def _counted(request: ApprovalRequest, answer: Answer, at: datetime) -> tuple[Vote | None, str]:
    """The vote that it is, or why it is none."""
    who = _person(answer)
    if who is None:
        return None, _("%s is nobody who is known here by their address.") % answer.name
    return _voted(request, who, answer, at)


def _person(answer: Answer) -> User | None:
    """The one active person with one of the addresses."""
    wanted = {address.lower() for address in answer.addresses if address}
    found = [u for u in User.objects.filter(is_active=True) if u.email.lower() in wanted]
    return found[0] if len(found) == 1 else None


def _voted(
    request: ApprovalRequest, who: User, answer: Answer, at: datetime
) -> tuple[Vote | None, str]:
    actor, said = person(who, via=Via.ODOO), _("Answered in %s.") % answer.record
    try:
        with transaction.atomic():
            voting.vote(request.pk, answer.ballot, actor, digest=request.digest, at=at, reason=said)
    except Refused as refused:
        return None, str(refused)
    return Vote.objects.get(request=request, cast_by=who), ""


def _note(case: Case, request: ApprovalRequest, heard: HeardAnswer, at: datetime) -> None:
    """The history tells of it, as of whoever said it there."""
    told = {"decision": request.decision.kind, "ballot": heard.ballot, "says": heard.says}
    actor = machine(Via.ODOO, heard.name)
    audit.append(case, Happening.ANSWERED_ELSEWHERE, actor, at=at, data=told)
    voting.keep(case)
