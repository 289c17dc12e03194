"""Delivery delay: what was promised to a customer is late, or planned later than promised."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Delivery
from exceptions.kinds.definition import (
    TEN_YEARS,
    BlindSpot,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.kinds.questions import NEW_DATE
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)


def promised_at(facts: Delivery) -> datetime | None:
    """The promise; deliveries without one fall back to the plan, as the source itself does."""
    return facts.promised_at or facts.planned_at


def planned_too_late(facts: Delivery, settings: PolicySettings) -> bool:
    """The plan is later than the promise by more than the tolerance: it will be missed."""
    if facts.promised_at is None or facts.planned_at is None:
        return False
    tolerance = timedelta(minutes=float(settings.thresholds["plan_tolerance_minutes"]))
    return facts.planned_at > facts.promised_at + tolerance


def verdict(facts: Delivery, settings: PolicySettings, at: datetime) -> Verdict:
    """A finding when the promise is missed by more than the grace, or the plan says it will be."""
    promised = promised_at(facts)
    if not facts.open or promised is None:
        return NOTHING
    too_late = planned_too_late(facts, settings)
    late_from = promised + timedelta(minutes=float(settings.thresholds["grace_minutes"]))
    if at > late_from:
        return Verdict(finding=_finding(facts, promised, "is late", too_late), recheck_at=None)
    just_past = late_from + timedelta(microseconds=1)
    if too_late:
        finding = _finding(facts, promised, "is planned after its promise", too_late)
        return Verdict(finding=finding, recheck_at=just_past)
    return Verdict(finding=None, recheck_at=just_past)


def before_the_end(facts: Delivery) -> tuple[Delivery, datetime] | None:
    """As it stood until it was done. What it was worth then is not known any more."""
    if facts.open or facts.done_at is None:
        return None
    return replace(facts, open=True, done_at=None, value=None), facts.done_at


def _finding(facts: Delivery, promised: datetime, what: str, too_late: bool) -> Finding:
    whom = f" for {facts.customer.name}" if facts.customer else ""
    return Finding(
        title=f"{facts.reference}{whom} {what}",
        subject=f"partner:{facts.customer.id}" if facts.customer else f"site:{facts.site_id}",
        impact=Impact(
            value=facts.value,
            currency=facts.currency,
            need_at=promised,
            customer_tier=facts.customer.tier if facts.customer else None,
            late_plan=too_late,
        ),
    )


_TELL_CUSTOMER = Step(
    verb=Verb.ACTIVITY, text="Delivery delay: tell the customer the new date", due_in_days=0
)
_DRAFT = Step(verb=Verb.CUSTOMER_DRAFT)
_TICKET = Step(verb=Verb.TICKET, text="Delivery delay: keep the customer informed")
_FLAG = Step(verb=Verb.PRIORITY)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.DELIVERY_DELAY,
    team=TeamCode.CUSTOMER_SERVICE,
    facts=(Delivery,),
    icon="send",
    in_words=_("An open sales delivery that missed its promise, or is planned after it."),
    verdict=verdict,
    before_the_end=before_the_end,
    thresholds=(
        Threshold(
            name="grace_minutes",
            label=_("Late after"),
            unit=_("minutes past the promise"),
            default=Decimal(0),
            most=TEN_YEARS,
        ),
        Threshold(
            name="plan_tolerance_minutes",
            label=_("Planned too late after"),
            unit=_("minutes between promise and plan"),
            default=Decimal(60),
            most=TEN_YEARS,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.NEW_DATE,
            says=_("The customer agreed to another date: it becomes the plan in Odoo."),
            verbs=(Verb.NEW_DATE, Verb.NOTE),
            asks=(NEW_DATE,),
        ),
        Offer(
            kind=DecisionKind.PRIORITISE,
            says=_("The warehouse picks it first: the transfer is flagged urgent."),
            verbs=(Verb.PRIORITY, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.EXPEDITE,
            says=_("Pay for faster freight. The transfer is flagged urgent and the note says why."),
            verbs=(Verb.PRIORITY, Verb.NOTE),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.CHASE,
            says=_("Ask the carrier: an activity for the order's owner in Odoo."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.CREDIT,
            says=_(
                "Make it good to the customer: an activity to make the credit note, and a draft."
            ),
            verbs=(Verb.ACTIVITY, Verb.CUSTOMER_DRAFT, Verb.NOTE),
            has_cost=True,
        ),
    ),
    slots=(Slot.CARRIER_NOTICE,),
    default_policy=PolicySettings(
        thresholds={"grace_minutes": Decimal(0), "plan_tolerance_minutes": Decimal(60)},
        weights={
            Factor.NEED_DATE: 35,
            Factor.CUSTOMER_TIER: 25,
            Factor.VALUE_AT_RISK: 25,
            Factor.MILESTONE: 5,
            Factor.RECURRENCE: 10,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_TELL_CUSTOMER,),
            Tier.MEDIUM: (_TELL_CUSTOMER, _DRAFT),
            Tier.HIGH: (_TELL_CUSTOMER, _TICKET, _DRAFT, _FLAG),
            Tier.CRITICAL: (_TELL_CUSTOMER, _TICKET, _DRAFT, _FLAG, _NOTE),
        },
    ),
    blind_spots=(
        BlindSpot(
            name="no_promise",
            facts=Delivery,
            field="promised_at",
            says=_("Deliveries without a promised date"),
            means=_("only the plan tells whether they are late"),
        ),
        BlindSpot(
            name="no_tier",
            facts=Delivery,
            field="customer.tier",
            says=_("Deliveries to customers without a tier"),
            means=_("how much the customer matters is unknown and counts 0"),
        ),
    ),
)
