"""Proposing a decision: it is sent at once, or people are asked first. The effect of a move, as
those in `effects`; what all effects share stands here, below them.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from exceptions import approvals, asking, choosing, foreseeing, playbooks, undoing
from exceptions.actors import Actor
from exceptions.kinds import Offer
from exceptions.models import Case, Decision, User
from exceptions.vocabulary import DecisionKind, DecisionState, lasting

Data = Mapping[str, Any]
Told = dict[str, Any]


class Refused(Exception):
    """The move cannot be made; the text is a sentence for whoever asked (HTTP 409). `problems` are
    sentences by the field that each concerns, where it is known.
    """

    def __init__(self, says: str = "", problems: Mapping[str, str] | None = None) -> None:
        super().__init__(says)
        self.problems = dict(problems or {})


def propose(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `substance` (that of the document's facts as the proposer saw them), `decision` (one
    the kind offers), `reason`, `cost` where it has one, and `parameters`: what the offer asks for,
    by name. `zone` is that of dates without one; `date` is short for the parameter of that name.

    With the decision `undo`: `undoes`, the id of another one of the case. `dry_run` is what was
    foreseen for it, as `foreseeing` sealed it.

    Where the matrix asks nobody, it is sent at once; else people are asked.
    """
    _seen(case, data)
    assert actor.user is not None  # RULES let no machine propose
    decision = drafted(case, actor.user, at, data, reason_needed=True)
    decision.foreseen = foreseeing.kept(decision, data.get("dry_run"))
    offer = playbooks.offer_of(decision)
    assert offer is not None  # what is drafted is offered
    asked = _ask_or_send(case, decision, offer, at)
    told = {"decision": decision.kind, "id": decision.pk, "asked": asked}
    said = asking.told(offer.asks, decision.parameters)
    return told | {"in_words": playbooks.in_words(decision)} | ({"said": said} if said else {})


def offered(case: Case, data: Data) -> Offer:
    offer = playbooks.offer_for(case, str(data.get("decision", "")))
    if offer is None:
        raise Refused(_("Choose one of the decisions that this kind of case offers."))
    return offer


def drafted(
    case: Case, by: User, at: datetime, data: Data, *, reason_needed: bool = False
) -> Decision:
    """The decision as it was asked for, not saved. Refused tells all that is missing at once."""
    problems: dict[str, str] = {}
    undoes = _undone(case, data) if data.get("decision") == DecisionKind.UNDO else None
    offer = undoing.offer(undoes) if undoes else offered(case, data)
    if undoes:
        parameters = undoing.parameters(undoes)
    else:
        parameters = _parameters(case, offer, at, data, problems)
    cost = _cost(offer, data, problems)
    reason = str(data.get("reason") or "").strip()[:500]
    if reason_needed and not reason:
        problems["reason"] = _("Say why, in a sentence: it is written to Odoo.")
    if problems:
        raise Refused(" ".join(problems.values()), problems)
    return Decision(
        case=case,
        kind=offer.kind,
        state=DecisionState.PROPOSED,
        parameters=parameters,
        reason=reason,
        cost=cost,
        currency=case.currency,
        undoes=undoes,
        for_good=bool(lasting(offer.verbs)),
        proposed_by=by,
        proposed_at=at,
        substance=case.document.substance,
        written_at=case.document.written_at,
    )


def _undone(case: Case, data: Data) -> Decision:
    """The decision of the case that is to be undone."""
    number = str(data.get("undoes", ""))
    found = case.decisions.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise Refused(_("Choose a decision of this case that was carried out."))
    if why := undoing.why_not(found):
        raise Refused(why)
    return found


def _parameters(
    case: Case, offer: Offer, at: datetime, data: Data, problems: dict[str, str]
) -> Told:
    given = dict(data.get("parameters") or {})
    if data.get("date") and any(ask.name == "date" for ask in offer.asks):
        given.setdefault("date", data["date"])
    try:
        known = choosing.known(case, offer.asks, at, data.get("zone"))
        return asking.answers(offer.asks, given, known)
    except asking.Unanswered as unanswered:
        problems |= unanswered.problems
        return {}


def _cost(offer: Offer, data: Data, problems: dict[str, str]) -> Decimal | None:
    if not offer.has_cost:
        return None
    try:
        cost = Decimal(str(data.get("cost", "")).strip())
    except InvalidOperation:
        cost = Decimal("NaN")
    if not (cost.is_finite() and 0 <= cost < Decimal(10) ** 11):
        problems["cost"] = _("Give the cost as a number; 0 when it costs nothing.")
        return None
    return cost.quantize(Decimal("0.01"))


def _ask_or_send(case: Case, decision: Decision, offer: Offer, at: datetime) -> list[str]:
    """Who is asked to approve it, level by level; where nobody has to, it is sent."""
    cell = approvals.cell_for(case, decision.kind, decision.cost, offer.verbs)
    if cell.levels:
        if approvals.pending(case):
            raise Refused(
                _("A decision on %(case)s waits for approval already. Take it back first.")
                % {"case": case.reference}
            )
        decision.save()
        approvals.ask(case, decision, cell, at=at)
        return approvals.in_words(cell.levels)
    decision.state = DecisionState.APPROVED
    decision.approved_by, decision.approved_at = "policy", at
    decision.save()
    playbooks.send(decision, offer.verbs, at=at)
    return []


def needed(data: Data, name: str, sentence: str) -> str:
    text = str(data.get(name) or "").strip()
    if not text:
        raise Refused(sentence)
    return text[:500]


def _seen(case: Case, data: Data) -> str:
    """The facts that a decision rests on: those its proposer saw, as long as they still stand."""
    look = _("Look at the facts first: the decision rests on what they say.")
    seen = needed(data, "substance", look)
    if seen != case.document.substance:
        raise Refused(
            _("%(document)s has changed since you looked. Look at its facts again, then decide.")
            % {"document": case.document}
        )
    return seen
