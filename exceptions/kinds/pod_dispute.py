"""Proof-of-delivery dispute: delivered, says the warehouse; not so, says the customer."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Handover
from exceptions.kinds.definition import (
    TEN_YEARS,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
    with_claim,
)
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)
NEVER = TEN_YEARS / 60  # hours: as many mean that no proof is asked for


def proof_due(facts: Handover, settings: PolicySettings) -> datetime | None:
    """When a proof is to be there at the latest; None where none is asked for or one is there."""
    hours = settings.thresholds["proof_hours"]
    if hours >= NEVER or facts.delivered_at is None or facts.has_proof is not False:
        return None
    return facts.delivered_at + timedelta(hours=float(hours))


def verdict(facts: Handover, settings: PolicySettings, at: datetime) -> Verdict:
    """A finding for a claim or an open return; for a missing proof once its time is over."""
    if facts.delivered_at is None or facts.settled:
        return NOTHING
    if facts.claim:
        return Verdict(finding=_finding(facts, "the customer disputes it"), recheck_at=None)
    if facts.open_returns:
        returns = ", ".join(facts.open_returns[:3])
        return Verdict(finding=_finding(facts, f"returned with {returns}"), recheck_at=None)
    due = proof_due(facts, settings)
    if due is None:
        return NOTHING
    if at <= due:
        return Verdict(finding=None, recheck_at=due + timedelta(microseconds=1))
    return Verdict(finding=_finding(facts, "no proof of delivery"), recheck_at=None)


def _finding(facts: Handover, what: str) -> Finding:
    whom = f" for {facts.customer.name}" if facts.customer else ""
    return Finding(
        title=f"{facts.reference}{whom}: {what}",
        subject=f"partner:{facts.customer.id}" if facts.customer else f"site:{facts.site_id}",
        impact=Impact(
            value=facts.value,
            currency=facts.currency,
            customer_tier=facts.customer.tier if facts.customer else None,
        ),
    )


_TALK = Step(verb=Verb.ACTIVITY, text="Delivery disputed: hear the customer, collect the proof")
_TICKET = Step(verb=Verb.TICKET, text="Delivery disputed: settle it with the customer")
_NOTE = Step(verb=Verb.NOTE)
CLAIM_DAYS = 7  # as carriers ask for damage that shows only when unpacked

KIND = Kind(
    code=KindCode.POD_DISPUTE,
    team=TeamCode.CUSTOMER_SERVICE,
    facts=(Handover,),
    icon="pen",
    in_words=_(
        "A delivery that was made and is disputed: a return was opened, the customer claims, or no"
        " proof is there in time."
    ),
    verdict=verdict,
    claim_from=lambda facts: facts.delivered_at,
    thresholds=(
        Threshold(
            name="proof_hours",
            label=_("Proof asked for after"),
            unit=_("hours past delivery (87,600: never)"),
            default=NEVER,
            most=NEVER,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.CREDIT,
            says=_("Credit the customer: an activity in Odoo to make the credit note."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.RESHIP,
            says=_("Send the goods again: an activity in Odoo, with what it costs."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.CLAIM,
            says=_("Claim it from the carrier: an activity in Odoo to file it in time."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
        ),
    ),
    slots=(Slot.SIGNED_DELIVERY, Slot.DAMAGE_PHOTO),
    default_policy=PolicySettings(
        thresholds={"proof_hours": NEVER},
        weights={
            Factor.VALUE_AT_RISK: 50,
            Factor.CUSTOMER_TIER: 30,
            Factor.RECURRENCE: 20,
        },
        targets=with_claim(standard_targets(), CLAIM_DAYS),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_TALK,),
            Tier.MEDIUM: (_TALK, _TICKET),
            Tier.HIGH: (_TALK, _TICKET),
            Tier.CRITICAL: (_TALK, _TICKET, _NOTE),
        },
    ),
)
