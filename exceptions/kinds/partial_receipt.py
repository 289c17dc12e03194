"""Partial receipt: a supplier brought less than was ordered, and the rest is late or not coming."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import OrderLine
from exceptions.kinds.definition import (
    TEN_YEARS,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.kinds.questions import INSTEAD, NEEDED_BY, NEW_DATE, SUPPLIER, quantity
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)


def missing(facts: OrderLine) -> Decimal:
    """Ordered minus received, in the line's unit: negative when more came than was ordered."""
    return facts.ordered_quantity - facts.received_quantity


def missing_value(facts: OrderLine) -> Decimal | None:
    """What is missing is worth this at the order's price; None when the price is unknown."""
    return None if facts.unit_price is None else missing(facts) * facts.unit_price


def is_partial(facts: OrderLine) -> bool:
    """Something came, and less than was ordered. Where nothing has come yet, it is not partial."""
    return 0 < facts.received_quantity < facts.ordered_quantity


def closed_short(facts: OrderLine) -> bool:
    """Nothing more is on its way: somebody cancelled the backorder."""
    return facts.expected_quantity is not None and facts.expected_quantity <= 0


def verdict(facts: OrderLine, settings: PolicySettings, at: datetime) -> Verdict:
    """A finding when what is missing matters, and the rest is not coming or has not come in time.

    A backorder that still arrives before its promise and the wait after it is no exception; where
    nothing more is expected, or nothing was promised, there is nothing to wait for.
    """
    if not facts.open or not is_partial(facts) or not _matters(facts, settings):
        return NOTHING
    if closed_short(facts) or facts.promised_at is None:
        return Verdict(finding=_finding(facts), recheck_at=None)
    until = facts.promised_at + timedelta(hours=float(settings.thresholds["wait_hours"]))
    if at <= until:
        return Verdict(finding=None, recheck_at=until + timedelta(microseconds=1))
    return Verdict(finding=_finding(facts), recheck_at=None)


def _matters(facts: OrderLine, settings: PolicySettings) -> bool:
    """By its share of what was ordered, or by its value."""
    value, thresholds = missing_value(facts), settings.thresholds
    by_value = value is not None and value >= thresholds["least_value"]
    share = missing(facts) * 100 / facts.ordered_quantity
    return by_value or share >= thresholds["least_share_percent"]


def _names_a_product(facts: OrderLine) -> bool:
    return facts.product is not None


def _finding(facts: OrderLine) -> Finding:
    what = facts.product.name if facts.product else facts.reference
    received, ordered = (
        f"{q.normalize():f}" for q in (facts.received_quantity, facts.ordered_quantity)
    )
    order = f"{facts.order_reference}: " if facts.order_reference else ""
    end = ", closed short" if closed_short(facts) else ""
    return Finding(
        title=f"{order}{received} of {ordered} {what} received{end}",
        subject=f"partner:{facts.supplier.id}" if facts.supplier else f"site:{facts.site_id}",
        impact=Impact(
            value=missing_value(facts), currency=facts.currency, need_at=facts.promised_at
        ),
    )


_ASK_SUPPLIER = Step(
    verb=Verb.ACTIVITY, text="Partial receipt: ask the supplier for the rest", due_in_days=1
)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.PARTIAL_RECEIPT,
    team=TeamCode.PROCUREMENT,
    facts=(OrderLine,),
    icon="part",
    in_words=_(
        "An order line of which less came than was ordered, by share or by value, and the rest was"
        " cancelled or did not come in time."
    ),
    verdict=verdict,
    claim_from=lambda _facts: None,  # no order line says when something came
    thresholds=(
        Threshold(
            name="least_share_percent",
            label=_("Least share"),
            unit=_("percent of the ordered quantity"),
            default=Decimal(5),
            most=Decimal(1000),  # past 100, no share is ever enough
        ),
        Threshold(
            name="least_value",
            label=_("or least value"),
            unit=_("in the order's currency"),
            default=Decimal(100),
            most=Decimal(10) ** 9,
        ),
        Threshold(
            name="wait_hours",
            label=_("Wait for a backorder"),
            unit=_("hours past the promised date"),
            default=Decimal(24),
            most=TEN_YEARS / 60,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.NEW_DATE,
            says=_("The supplier confirmed a date for the rest: it becomes the promise in Odoo."),
            verbs=(Verb.NEW_DATE, Verb.NOTE),
            asks=(NEW_DATE,),
            resolves=True,
        ),
        Offer(
            kind=DecisionKind.CHASE,
            says=_("Ask the supplier for the rest: an activity for the buyer on the order."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.SUBSTITUTE,
            says=_(
                "Get the rest elsewhere: a request for quotation in Odoo, for the buyer to send."
            ),
            verbs=(Verb.PURCHASE, Verb.NOTE),
            asks=(SUPPLIER, quantity(missing), NEEDED_BY),
            has_cost=True,
            only_if=_names_a_product,
        ),
        Offer(
            kind=DecisionKind.SUBSTITUTE,
            says=_("Get the rest elsewhere: an activity for the buyer on the order."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(INSTEAD,),
            has_cost=True,
            only_if=lambda facts: not _names_a_product(facts),
        ),
        Offer(
            kind=DecisionKind.ACCEPT_SHORT,
            says=_("What came is enough: the backorder is cancelled, and the case is resolved."),
            verbs=(Verb.CANCEL, Verb.NOTE),
            resolves=True,
            only_if=lambda facts: not closed_short(facts),
        ),
        Offer(
            kind=DecisionKind.ACCEPT_SHORT,
            says=_("What came is enough: a note on the order says so, and the case is resolved."),
            verbs=(Verb.NOTE,),
            resolves=True,
            only_if=closed_short,
        ),
    ),
    slots=(Slot.PACKING_LIST, Slot.SUPPLIER_WORD),
    default_policy=PolicySettings(
        thresholds={
            "least_share_percent": Decimal(5),
            "least_value": Decimal(100),
            "wait_hours": Decimal(24),
        },
        weights={
            Factor.VALUE_AT_RISK: 45,
            Factor.NEED_DATE: 35,
            Factor.RECURRENCE: 20,
            Factor.SUBSTITUTE: -10,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_ASK_SUPPLIER,),
            Tier.MEDIUM: (_ASK_SUPPLIER,),
            Tier.HIGH: (_ASK_SUPPLIER, _NOTE),
            Tier.CRITICAL: (_ASK_SUPPLIER, _NOTE),
        },
    ),
)
