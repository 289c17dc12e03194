"""Deciding from an e-mail, by a signed link that votes once. Raises Refused, with a sentence.

A link is made when the e-mail is written and stands nowhere else; here is its hash. It acts as the
person it was made for, whoever opens it, at one level and for exactly what was asked then.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exceptions import access, actors, approvals, electorate, matrices, matrix, voting
from exceptions.actors import Actor
from exceptions.electorate import Seat
from exceptions.letters import Way
from exceptions.lifecycle import Refused
from exceptions.models import (
    Access,
    ApprovalLevel,
    ApprovalRequest,
    Case,
    Notification,
    User,
    Vote,
    VoteLink,
)
from exceptions.vocabulary import ApprovalState, Ballot, LevelState, Notice, Via

SIGNER = signing.Signer(salt="exceptions.vote-link")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a link is good for now: a vote, or the sentence that says why there is none."""

    seat: Seat | None
    says: str = ""


def ways(notices: Iterable[Notification], person: User, *, at: datetime) -> dict[int, Way]:
    """Links for those of the notices that ask the person for a vote, by the notice's id."""
    found = {}
    for notice in notices:
        if notice.what == Notice.APPROVAL_ASKED and (level_id := notice.data.get("level")):
            level = _levels().filter(pk=level_id).first()
            if level and _seat(level, person, at):
                found[notice.pk] = Way(made(level, person, at), needs_sign_in(level.request))
    return found


def _levels() -> QuerySet[ApprovalLevel]:
    whole = ("request__decision", "request__matrix", "request__case__site")
    return ApprovalLevel.objects.select_related(*whole)


def _seat(level: ApprovalLevel, person: User, at: datetime) -> Seat | None:
    seat = electorate.seat(level.request, level.request.case, _actor(person), at=at)
    return seat if seat and seat.level.pk == level.pk else None


def made(level: ApprovalLevel, person: User, at: datetime) -> str:
    """The address of a new link to this level, for this person alone."""
    token = SIGNER.sign(secrets.token_urlsafe(24))
    VoteLink.objects.create(
        level=level,
        person=person,
        token_hash=_hash(token),
        digest=level.request.digest,
        made_at=at,
        expires_at=level.request.expires_at,
    )
    return f"{settings.TOWER_BASE_URL}/approvals/link/{token}/"


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def needs_sign_in(request: ApprovalRequest) -> bool:
    """Whether the link alone is not enough, by the matrix that the request was asked by."""
    stake = request.cell.get("stake")
    at_stake = None if stake is None else Decimal(stake)
    by = matrices.of(request.matrix)
    return matrix.needs_sign_in(by, at_stake, request.cell.get("currency", ""))


def found(token: str) -> VoteLink | None:
    """The link, whatever has become of it. The signature is compared in constant time, and only
    what bears one is looked for.
    """
    try:
        SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    links = VoteLink.objects.select_related("person", "vote", "level__request")
    return links.filter(token_hash=_hash(token)).first()


def request_of(link: VoteLink) -> ApprovalRequest:
    """The request with all that its page tells."""
    whole = ApprovalRequest.objects.select_related(
        "decision__proposed_by", "proposed_by", "matrix", "case__site__lead"
    ).select_related("case__document__connection")
    rows = whole.prefetch_related("levels", "votes__voter", "votes__cast_by")
    return rows.get(pk=link.level.request_id)


def standing(link: VoteLink, request: ApprovalRequest, case: Case, *, at: datetime) -> Standing:
    """What the link is good for at `at`. Of the case nothing is said where there is no seat."""
    if link.vote:
        said = {"ballot": link.vote.get_ballot_display(), "who": link.person}
        return Standing(None, _("%(who)s has voted %(ballot)s by this link already.") % said)
    if not link.person.is_active:
        return Standing(None, _("The account of %s is closed.") % link.person)
    if not actors.visible_cases(_actor(link.person)).filter(pk=case.pk).exists():
        return Standing(None, _why_no_seat(link.person, request))
    if says := _over(link, request, at):
        return Standing(None, says)
    seat = electorate.seat(request, case, _actor(link.person), at=at)
    if seat is None:
        return Standing(None, _why_no_seat(link.person, request))
    return Standing(seat)


def _over(link: VoteLink, request: ApprovalRequest, at: datetime) -> str:
    """What has ended: the request, the time, what was asked, or this level of it."""
    if request.state != ApprovalState.PENDING:
        told = {"state": request.get_state_display(), "why": request.why_ended}
        return (_("It is no longer open: it is %(state)s. %(why)s") % told).strip()
    if at >= min(link.expires_at, request.expires_at):
        return _("The time to decide is over. It can be proposed anew.")
    if not link.digest == request.digest == approvals.digest_of(request.decision):
        return _("What was asked has changed since the e-mail, so this link decides nothing.")
    level = next(each for each in request.levels.all() if each.pk == link.level_id)
    if level.state != LevelState.OPEN:
        return _("At this level others have decided already. The next one is asked now.")
    return ""


def _why_no_seat(person: User, request: ApprovalRequest) -> str:
    for vote in request.votes.all():
        if vote.voter_id == person.pk != vote.cast_by_id:
            told = {"who": vote.cast_by, "whom": person}
            return _("%(who)s has voted on this for %(whom)s already.") % told
        if person.pk in (vote.voter_id, vote.cast_by_id):
            return _("%s has voted on this already.") % person
    return (
        _(
            "%s is not among those who decide about this any more: a role, a site or a vote that"
            " was lent has ended."
        )
        % person
    )


@transaction.atomic
def vote(link_id: int, ballot: str, *, at: datetime, reason: str = "") -> ApprovalRequest:
    """Vote as the person of the link, once. Whether they had to sign in is the caller's to know."""
    level = VoteLink.objects.values_list("level__request_id", flat=True).get(pk=link_id)
    case, request = voting.held(level)
    locking = VoteLink.objects.select_related("person", "vote", "level")
    link = locking.select_for_update(of=("self",), no_key=True).get(pk=link_id)
    stands = standing(link, request, case, at=at)
    if stands.seat is None:
        raise Refused(stands.says)
    actor = _actor(link.person)
    done = voting.vote(request.pk, ballot, actor, digest=link.digest, at=at, reason=reason)
    link.vote = Vote.objects.get(request=done, cast_by=link.person)
    link.used_at = at
    link.save(update_fields=["vote", "used_at"])
    _keep(link, done, case, Ballot(ballot), at)
    return done


def _keep(
    link: VoteLink, request: ApprovalRequest, case: Case, ballot: Ballot, at: datetime
) -> None:
    """A line of the record of access: somebody acted without signing in."""
    told = {"case": case.reference, "what": request.decision.get_kind_display(), "how": ballot}
    about = _("%(how)s: %(what)s, %(case)s") % told
    access.keep(Access.VOTED_BY_LINK, link.person, _actor(link.person), at, about, case.site)


def _actor(person: User) -> Actor:
    return actors.person(person, via=Via.MAIL)
