"""Carrier failure: a parcel ran into trouble, or its carrier has fallen silent."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Shipment
from exceptions.kinds.definition import (
    TEN_YEARS,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
    with_claim,
)
from exceptions.kinds.questions import text
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

# How long a parcel may say nothing, by what it said last. One that waits at a pick-up point waits
# for its customer, not for the carrier.
SILENCE = {
    Transport.PRE_TRANSIT: "pickup_hours",
    Transport.IN_TRANSIT: "silent_hours",
    Transport.OUT_FOR_DELIVERY: "silent_hours",
}


def trouble_of(facts: Shipment) -> Trouble | None:
    """What the carrier says is wrong; an exception without a reason, or an unknown one, is
    OTHER.
    """
    if facts.trouble in Trouble.values:
        return Trouble(facts.trouble)
    return Trouble.OTHER if facts.trouble or facts.status == Transport.EXCEPTION else None


def silent_from(facts: Shipment, settings: PolicySettings) -> datetime | None:
    """Until this instant the parcel may say nothing; None where silence is no trouble."""
    threshold = SILENCE.get(Transport(facts.status)) if facts.status in Transport.values else None
    if threshold is None or facts.last_event_at is None:
        return None
    return facts.last_event_at + timedelta(hours=float(settings.thresholds[threshold]))


def verdict(facts: Shipment, settings: PolicySettings, at: datetime) -> Verdict:
    """A finding for trouble other than customs, or after too long a silence; delivered is
    delivered.
    """
    trouble = trouble_of(facts)
    if facts.status == Transport.DELIVERED or trouble == Trouble.CUSTOMS:
        return NOTHING
    if trouble:
        return Verdict(finding=_finding(facts, trouble, trouble.label), recheck_at=None)
    silent = silent_from(facts, settings)
    if silent is None:
        return NOTHING
    if at <= silent:
        return Verdict(finding=None, recheck_at=silent + timedelta(microseconds=1))
    waits = facts.status == Transport.PRE_TRANSIT
    says = "not picked up" if waits else Trouble.SILENT.label
    return Verdict(finding=_finding(facts, Trouble.SILENT, says), recheck_at=None)


def carrier_subject(facts: Shipment) -> str:
    return f"carrier:{facts.carrier.id}" if facts.carrier else f"site:{facts.site_id}"


def parcel(facts: Shipment) -> str:
    """`RTM/OUT/00012 with DHL`; without a transfer, its tracking number."""
    what = facts.transfer or facts.tracking
    return f"{what} with {facts.carrier.name}" if facts.carrier else what


def _finding(facts: Shipment, trouble: Trouble, says: object) -> Finding:
    return Finding(
        title=f"{parcel(facts)}: {says}",
        subject=carrier_subject(facts),
        impact=Impact(
            value=facts.value,
            currency=facts.currency,
            need_at=facts.promised_at,
            customer_tier=facts.customer.tier if facts.customer else None,
            trouble=trouble,
        ),
    )


_CALL = Step(verb=Verb.ACTIVITY, text="Carrier failure: find out where the parcel is")
_DRAFT = Step(verb=Verb.CUSTOMER_DRAFT)
_NOTE = Step(verb=Verb.NOTE)
SILENT_HOURS, PICKUP_HOURS = Decimal(48), Decimal(24)
CLAIM_DAYS = 7  # as carriers ask for damage that shows only when unpacked

KIND = Kind(
    code=KindCode.CARRIER_FAILURE,
    team=TeamCode.LOGISTICS,
    facts=(Shipment,),
    icon="flag",
    in_words=_("A parcel that its carrier reports in trouble, or says nothing about any more."),
    verdict=verdict,
    claim_from=lambda facts: facts.last_event_at,
    thresholds=(
        Threshold(
            name="silent_hours",
            label=_("Silent after"),
            unit=_("hours on the way without a scan"),
            default=SILENT_HOURS,
            most=TEN_YEARS / 60,
        ),
        Threshold(
            name="pickup_hours",
            label=_("Not picked up after"),
            unit=_("hours since it was announced"),
            default=PICKUP_HOURS,
            most=TEN_YEARS / 60,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.RESHIP,
            says=_("Send the goods again: an activity in Odoo, with what it costs."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.REROUTE,
            says=_("Another address, or a pick-up point: an activity in Odoo to arrange it."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(text("to", _("To which address or pick-up point")),),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.CLAIM,
            says=_("Claim the loss from the carrier: an activity in Odoo to file it in time."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.CHASE,
            says=_("Ask the carrier where it is: an activity in Odoo."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
        ),
    ),
    slots=(Slot.DAMAGE_PHOTO, Slot.CARRIER_NOTICE),
    default_policy=PolicySettings(
        thresholds={"silent_hours": SILENT_HOURS, "pickup_hours": PICKUP_HOURS},
        weights={
            Factor.MILESTONE: 40,
            Factor.VALUE_AT_RISK: 25,
            Factor.CUSTOMER_TIER: 15,
            Factor.NEED_DATE: 10,
            Factor.RECURRENCE: 10,
        },
        targets=with_claim(standard_targets(), CLAIM_DAYS),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_CALL,),
            Tier.MEDIUM: (_CALL,),
            Tier.HIGH: (_CALL, _DRAFT),
            Tier.CRITICAL: (_CALL, _DRAFT, _NOTE),
        },
    ),
)
