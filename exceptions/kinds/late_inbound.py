"""Late inbound: a supplier's goods are not here although they were promised."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Receipt
from exceptions.kinds.definition import (
    TEN_YEARS,
    BlindSpot,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
    unsaid,
)
from exceptions.kinds.questions import INSTEAD, NEEDED_BY, NEW_DATE, PRODUCT, SUPPLIER, quantity
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)


def expected_at(facts: Receipt) -> datetime | None:
    """When the goods are to be here: the later of the promise and the plan.

    A receipt is late only when both have passed: giving either a new date in the source is how a
    planner says "I know, and this is when it comes". The first promise ever made stays on the
    document.
    """
    return max((d for d in (facts.promised_at, facts.planned_at) if d), default=None)


def verdict(facts: Receipt, settings: PolicySettings, at: datetime) -> Verdict:
    """Late when open and expected more than the grace before `at`; else re-check just past that."""
    expected = expected_at(facts)
    if not facts.open or expected is None:
        return NOTHING
    grace = timedelta(minutes=float(settings.thresholds["grace_minutes"]))
    if at <= expected + grace:
        return Verdict(finding=None, recheck_at=expected + grace + timedelta(microseconds=1))
    return Verdict(finding=_finding(facts, expected), recheck_at=None)


def before_the_end(facts: Receipt) -> tuple[Receipt, datetime] | None:
    """As it stood until it was done. What it was worth then is not known any more."""
    if facts.open or facts.done_at is None:
        return None
    return replace(facts, open=True, done_at=None, value=None), facts.done_at


def _names_products(facts: Receipt) -> bool:
    return bool(facts.products)


def _finding(facts: Receipt, expected: datetime) -> Finding:
    what = facts.order_reference or facts.reference
    who = f" from {facts.supplier.name}" if facts.supplier else ""
    return Finding(
        title=f"{what}{who} is late",
        subject=f"partner:{facts.supplier.id}" if facts.supplier else f"site:{facts.site_id}",
        impact=Impact(value=facts.value, currency=facts.currency, need_at=expected),
    )


_ASK_SUPPLIER = Step(
    verb=Verb.ACTIVITY, text="Late inbound: ask the supplier for a new date", due_in_days=1
)
_FLAG = Step(verb=Verb.PRIORITY)
_TELL = Step(verb=Verb.EMAIL, text="Please ask the supplier when it will come.")
_TELL_LEAD = Step(verb=Verb.EMAIL, text=_TELL.text, to=("procurement", "lead"))
_FOLLOW_UP = Step(verb=Verb.N8N_EVENT, text="supplier_follow_up")
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.LATE_INBOUND,
    team=TeamCode.PROCUREMENT,
    facts=(Receipt,),
    icon="truck",
    in_words=_("An open receipt whose promised and planned dates have both passed."),
    verdict=verdict,
    before_the_end=before_the_end,
    thresholds=(
        Threshold(
            name="grace_minutes",
            label=_("Late after"),
            unit=_("minutes past the expected date"),
            default=Decimal(0),
            most=TEN_YEARS,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.NEW_DATE,
            says=_("The supplier confirmed another date: it becomes the plan in Odoo."),
            verbs=(Verb.NEW_DATE, Verb.NOTE),
            asks=(NEW_DATE,),
            resolves=True,
        ),
        Offer(
            kind=DecisionKind.EXPEDITE,
            says=_("Pay for faster freight. The transfer is flagged urgent and the note says why."),
            verbs=(Verb.PRIORITY, Verb.NOTE),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.CHASE,
            says=_("Ask the supplier again: an activity for the buyer in Odoo."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.SUBSTITUTE,
            says=_("Get it elsewhere: a request for quotation in Odoo, for the buyer to send."),
            verbs=(Verb.PURCHASE, Verb.NOTE),
            asks=(PRODUCT, SUPPLIER, quantity(unsaid), NEEDED_BY),
            has_cost=True,
            only_if=_names_products,
        ),
        Offer(
            kind=DecisionKind.SUBSTITUTE,
            says=_("Get it elsewhere: an activity for the buyer says what and from whom."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(INSTEAD,),
            has_cost=True,
            only_if=lambda facts: not _names_products(facts),
        ),
        Offer(
            kind=DecisionKind.CANCEL,
            says=_("The goods are not wanted any more: the receipt is cancelled in Odoo."),
            verbs=(Verb.CANCEL, Verb.NOTE),
            resolves=True,
        ),
    ),
    slots=(Slot.SUPPLIER_WORD,),
    default_policy=PolicySettings(
        thresholds={"grace_minutes": Decimal(0)},
        weights={
            Factor.VALUE_AT_RISK: 40,
            Factor.NEED_DATE: 35,
            Factor.RECURRENCE: 15,
            Factor.STOCK_COVER: 10,
            Factor.SUBSTITUTE: -10,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_ASK_SUPPLIER,),
            Tier.MEDIUM: (_ASK_SUPPLIER,),
            Tier.HIGH: (_ASK_SUPPLIER, _FLAG, _TELL, _FOLLOW_UP),
            Tier.CRITICAL: (_ASK_SUPPLIER, _FLAG, _TELL_LEAD, _FOLLOW_UP, _NOTE),
        },
    ),
    blind_spots=(
        BlindSpot(
            name="no_promise",
            facts=Receipt,
            field="promised_at",
            says=_("Receipts without a promised date"),
            means=_("only the warehouse's plan tells whether they are late"),
        ),
        BlindSpot(
            name="no_value",
            facts=Receipt,
            field="value",
            says=_("Receipts without a purchase order"),
            means=_("the value at risk is unknown and counts 0"),
        ),
    ),
)
