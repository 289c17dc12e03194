"""Proposing a decision: it is sent at once, or people are asked first. The effect of a move, as
those in `effects`; what all effects share stands here, below them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions import approvals, playbooks
from exceptions.actors import Actor
from exceptions.kinds.definition import Offer
from exceptions.models import Case, Decision
from exceptions.vocabulary import DecisionState

Data = Mapping[str, Any]
Told = dict[str, Any]


class Refused(Exception):
    """The move cannot be made; the text is a sentence for whoever asked (HTTP 409)."""


def propose(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `substance` (that of the document's facts as the proposer saw them), `decision` (one
    the kind offers), `reason`, and `date` or `cost` where needed.

    Where the matrix asks nobody, it is sent at once; else people are asked.
    """
    substance = _seen(case, data)
    offer = playbooks.offer_for(case, str(data.get("decision", "")))
    if offer is None:
        raise Refused(_("Choose one of the decisions that this kind of case offers."))
    assert actor.user is not None  # RULES let no machine propose
    decision = Decision(
        case=case,
        kind=offer.kind,
        state=DecisionState.PROPOSED,
        parameters=_date(offer, data, at),
        reason=needed(data, "reason", _("Say why, in a sentence: it is written to Odoo.")),
        cost=_cost(offer, data),
        currency=case.currency,
        proposed_by=actor.user,
        proposed_at=at,
        substance=substance,
        written_at=case.document.written_at,
    )
    asked = _ask_or_send(case, decision, offer, at)
    told = {"decision": decision.kind, "id": decision.pk, "asked": asked}
    return told | {"in_words": playbooks.in_words(decision)}


def _ask_or_send(case: Case, decision: Decision, offer: Offer, at: datetime) -> list[str]:
    """Who is asked to approve it, level by level; where nobody has to, it is sent."""
    cell = approvals.cell_for(case, decision.kind, decision.cost)
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


def _date(offer: Offer, data: Data, at: datetime) -> Told:
    """The new date as the history and the outbox keep it: ISO, UTC."""
    if not offer.needs_date:
        return {}
    date = _parsed(data.get("date"))
    if not isinstance(date, datetime) or date.tzinfo is None:
        raise Refused(_("Give the new date and time."))
    if not at < date < at + timedelta(days=730):
        raise Refused(_("The new date must lie in the next two years."))
    return {"date": date.astimezone(UTC).isoformat()}


def _parsed(given: object) -> object:
    try:
        return parse_datetime(given) if isinstance(given, str) else given
    except ValueError:  # well formed, but no such day
        return None


def _cost(offer: Offer, data: Data) -> Decimal | None:
    if not offer.has_cost:
        return None
    try:
        cost = Decimal(str(data.get("cost", "")).strip())
    except InvalidOperation:
        raise Refused(_("Give the cost as a number; 0 when it costs nothing.")) from None
    if not (cost.is_finite() and 0 <= cost < Decimal(10) ** 11):
        raise Refused(_("Give the cost as a number; 0 when it costs nothing."))
    return cost.quantize(Decimal("0.01"))
