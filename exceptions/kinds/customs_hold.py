"""Customs hold: goods stand at a border, or will, because a paper is missing."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Shipment, Transfer
from exceptions.kinds.carrier_failure import carrier_subject, parcel, trouble_of
from exceptions.kinds.definition import Kind, Offer, standard_escalation, standard_targets
from exceptions.kinds.questions import NEW_DATE, text
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import (
    DecisionKind,
    Factor,
    KindCode,
    Slot,
    TeamCode,
    Tier,
    Transport,
    Trouble,
    Verb,
)

NOTHING = Verdict(finding=None, recheck_at=None)


def verdict(
    facts: Shipment | Transfer,
    settings: PolicySettings,  # noqa: ARG001 - customs know no threshold
    at: datetime,  # noqa: ARG001 - a hold does not age into or out of being one
) -> Verdict:
    """A parcel that customs hold, or an outgoing transfer that lacks what customs will ask."""
    held = _held(facts) if isinstance(facts, Shipment) else _will_be_held(facts)
    return Verdict(finding=held, recheck_at=None) if held else NOTHING


def _held(facts: Shipment) -> Finding | None:
    if facts.status == Transport.DELIVERED or trouble_of(facts) != Trouble.CUSTOMS:
        return None
    return Finding(
        title=f"{parcel(facts)}: held at customs",
        subject=carrier_subject(facts),
        impact=Impact(
            value=facts.value,
            currency=facts.currency,
            need_at=facts.promised_at,
            customer_tier=facts.customer.tier if facts.customer else None,
            trouble=Trouble.CUSTOMS,
        ),
    )


def _will_be_held(facts: Transfer) -> Finding | None:
    """Only where the source says that it crosses a border: nothing is guessed from an address."""
    if not (facts.open and facts.outgoing and facts.crosses_border and facts.without_hs_code):
        return None
    where = f" to {facts.country}" if facts.country else ""
    return Finding(
        title=f"{facts.reference}{where}: {_missing(facts)}",
        subject=f"product:{min(p.id for p in facts.without_hs_code)}",
        impact=Impact(
            value=facts.value,
            currency=facts.currency,
            need_at=facts.promised_at or facts.planned_at,
            customer_tier=facts.partner.tier if facts.partner else None,
        ),
    )


def _missing(facts: Transfer) -> str:
    first, more = facts.without_hs_code[0].name, len(facts.without_hs_code) - 1
    return f"no HS code for {first}" + (f" and {more} more" if more else "")


_PAPERS = Step(verb=Verb.ACTIVITY, text="Customs: provide what is missing")
_TASK = Step(verb=Verb.TASK, text="Customs: collect the documents", due_in_days=1)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.CUSTOMS_HOLD,
    team=TeamCode.TRADE_COMPLIANCE,
    facts=(Shipment, Transfer),
    icon="globe",
    in_words=_(
        "A parcel that customs hold, or an open transfer across a border whose products lack an HS"
        " code."
    ),
    verdict=verdict,
    thresholds=(),
    offers=(
        Offer(
            kind=DecisionKind.DOCUMENTS,
            says=_("Send the papers that customs ask for: an activity in Odoo."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(text("papers", _("Which papers")),),
        ),
        Offer(
            kind=DecisionKind.BROKER,
            says=_("Have a broker clear it: an activity in Odoo, with what it costs."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.CANCEL,
            says=_("The goods are not to be sent: the transfer is cancelled in Odoo."),
            verbs=(Verb.CANCEL, Verb.NOTE),
            resolves=True,
            only_if=lambda facts: isinstance(facts, Transfer),
        ),
        Offer(
            kind=DecisionKind.CANCEL,
            says=_("Call the goods back: an activity in Odoo to do it."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            only_if=lambda facts: not isinstance(facts, Transfer),
        ),
        Offer(
            kind=DecisionKind.NEW_DATE,
            says=_("It takes until another date: that becomes the plan in Odoo."),
            verbs=(Verb.NEW_DATE, Verb.NOTE),
            asks=(NEW_DATE,),
        ),
    ),
    slots=(Slot.CUSTOMS_FORM,),
    default_policy=PolicySettings(
        thresholds={},
        weights={
            Factor.MILESTONE: 30,
            Factor.VALUE_AT_RISK: 25,
            Factor.NEED_DATE: 25,
            Factor.CUSTOMER_TIER: 10,
            Factor.RECURRENCE: 10,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_PAPERS,),
            Tier.MEDIUM: (_PAPERS,),
            Tier.HIGH: (_PAPERS, _TASK),
            Tier.CRITICAL: (_PAPERS, _TASK, _NOTE),
        },
    ),
)
