"""Decisions of the demo of several kinds: sent to the simulated Odoo, waiting for a second person
or for approvers, rejected.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exceptions import choosing, lifecycle, playbooks, voting
from exceptions.actors import person
from exceptions.asking import Known
from exceptions.kinds import Ask
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalRequest, Case, User
from exceptions.vocabulary import AskType, Ballot, KindCode, Move, State

Answers = dict[str, Any]
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A decision that somebody proposes on a case of a kind; `ballot` is what a voter says to it,
    where they have said anything yet.
    """

    kind: KindCode
    decision: str
    why: str
    ago: timedelta
    cost: str = ""
    answers: Answers = field(default_factory=dict)
    ballot: str = ""
    words: str = ""


WANTED = (
    Wanted(
        kind=KindCode.INVENTORY_DISCREPANCY,
        decision="write_off",
        why="Counted twice, by two people: the pallet is not there.",
        ago=3 * HOUR,
    ),
    Wanted(
        kind=KindCode.INVENTORY_DISCREPANCY,
        decision="recount",
        why="The aisle was being re-slotted while they counted.",
        ago=2 * HOUR,
    ),
    Wanted(
        kind=KindCode.PARTIAL_RECEIPT,
        decision="accept_short",
        why="The order for the customer is filled; the rest would lie about.",
        ago=HOUR,
    ),
    Wanted(
        kind=KindCode.PARTIAL_RECEIPT,
        decision="chase",
        why="They said Thursday, and it is Friday.",
        ago=4 * HOUR,
    ),
    Wanted(
        kind=KindCode.DELIVERY_DELAY,
        decision="prioritise",
        why="The customer's line stops at noon.",
        ago=2 * HOUR,
    ),
    Wanted(
        kind=KindCode.DELIVERY_DELAY,
        decision="credit",
        why="A week late, and the contract says five per cent.",
        ago=5 * HOUR,
        cost="480",
    ),
    Wanted(
        kind=KindCode.LATE_INBOUND,
        decision="cancel",
        why="The project was called off; they have not shipped yet.",
        ago=HOUR / 2,
    ),
    Wanted(
        kind=KindCode.LATE_INBOUND,
        decision="cancel",
        why="Ordered twice by mistake.",
        ago=6 * HOUR,
        ballot=Ballot.NO,
        words="The second order is for Pune; ask planning first.",
    ),
    Wanted(
        kind=KindCode.QUALITY_HOLD,
        decision="scrap",
        why="Corroded through and through; the supplier pays.",
        ago=3 * HOUR,
        cost="35",
    ),
    Wanted(
        kind=KindCode.QUALITY_HOLD,
        decision="release",
        why="Measured again: within tolerance.",
        ago=2 * HOUR,
    ),
    Wanted(
        kind=KindCode.URGENT_REPLENISHMENT,
        decision="site_transfer",
        why="The other site has three months of it.",
        ago=HOUR,
        cost="310",
    ),
    Wanted(
        kind=KindCode.URGENT_REPLENISHMENT,
        decision="expedited_purchase",
        why="Nothing else comes before Monday.",
        ago=2 * HOUR,
        cost="5900",
    ),
    Wanted(
        kind=KindCode.BLOCKED_TRANSFER,
        decision="prioritise",
        why="It gets what comes in this afternoon.",
        ago=HOUR,
    ),
    Wanted(
        kind=KindCode.BLOCKED_TRANSFER,
        decision="split",
        why="The customer takes what is there today.",
        ago=HOUR / 2,
    ),
    Wanted(
        kind=KindCode.INVOICE_MISMATCH,
        decision="credit_note",
        why="They agreed on the telephone that the price was wrong.",
        ago=4 * HOUR,
    ),
    Wanted(
        kind=KindCode.INVOICE_MISMATCH,
        decision="hold_bill",
        why="They billed what they have not brought.",
        ago=3 * HOUR,
    ),
)


def decide(*, at: datetime) -> int:
    """Propose what is wanted, as the owners of the cases would; returns how much was."""
    taken: set[int] = set()
    return sum(_decide(wanted, at - wanted.ago, taken) for wanted in WANTED)


def _decide(wanted: Wanted, at: datetime, taken: set[int]) -> bool:
    """On the worst case of the kind on which nothing was decided; whether there is one."""
    open_now = Case.objects.filter(
        kind=wanted.kind, state__in=[State.ASSIGNED, State.ACKNOWLEDGED], decisions=None
    )
    fresh = open_now.exclude(pk__in=taken).exclude(owner=None).filter(detected_at__lt=at - HOUR)
    for case in fresh.select_related("owner", "site__lead", "document").order_by("-score", "pk"):
        try:
            _propose(case, wanted, at)
        except Refused:
            continue
        taken.add(case.pk)
        return True
    return False


def _propose(case: Case, wanted: Wanted, at: datetime) -> None:
    assert case.owner is not None
    owner = person(case.owner)
    if case.state == State.ASSIGNED:
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at - HOUR / 4)
    data = {
        "decision": wanted.decision,
        "substance": case.document.substance,
        "reason": wanted.why,
        "cost": wanted.cost,
        "parameters": wanted.answers or _answers(case, wanted.decision, at),
    }
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=at, data=data)
    if wanted.ballot:
        _vote(case, wanted, at + HOUR / 6)


def _answers(case: Case, decision: str, at: datetime) -> Answers:
    """What the form begins with, and the first of what can be chosen."""
    offer = playbooks.offer_for(case, decision)
    asks = offer.asks if offer else ()
    known = choosing.known(case, asks, at)
    return {ask.name: _answer(ask, known, at) for ask in asks}


def _answer(ask: Ask, known: Known, at: datetime) -> object:
    if ask.name in known.options:
        return next((option.id for option in known.options[ask.name]), None)
    if ask.type == AskType.DATE:
        return at + 72 * HOUR
    if ask.type == AskType.TEXT:
        return "As agreed on the telephone"
    return ask.usual(known.facts)


def _vote(case: Case, wanted: Wanted, at: datetime) -> None:
    """By the site's lead."""
    assert case.site.lead is not None
    request = ApprovalRequest.objects.get(case=case, state="pending")
    lead = User.objects.get(pk=case.site.lead.pk)
    digest, ballot = request.digest, wanted.ballot
    voting.vote(request.pk, ballot, person(lead), digest=digest, reason=wanted.words, at=at)
