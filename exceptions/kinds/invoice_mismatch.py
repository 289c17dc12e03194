"""Invoice mismatch: a supplier bills more than came, at a higher price, or twice."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Bill, BillLine
from exceptions.kinds.definition import (
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)
ZERO = Decimal(0)


def overbilled(line: BillLine, settings: PolicySettings) -> Decimal:
    """What was billed beyond what was received, where it is more than the tolerance; else 0."""
    over = line.over_quantity
    return over if over is not None and over > settings.thresholds["quantity_tolerance"] else ZERO


def overpriced(line: BillLine, settings: PolicySettings) -> Decimal:
    """What one unit costs more than was ordered, where it is past both tolerances; else 0."""
    billed, ordered, quantity = line.billed_price, line.ordered_price, line.billed_quantity
    if billed is None or ordered is None or quantity is None or billed <= ordered:
        return ZERO
    thresholds, more = settings.thresholds, billed - ordered
    past_percent = more * 100 > ordered * thresholds["price_tolerance_percent"]
    return more if past_percent and more * quantity >= thresholds["least_amount"] else ZERO


def worth(line: BillLine, settings: PolicySettings) -> Decimal | None:
    """What the line asks for too much: what did not come at the billed price, and of what did come
    the difference of the prices. Together they are never more than the line itself says. None where
    the price is not known.
    """
    over, more = overbilled(line, settings), overpriced(line, settings)
    price = line.billed_price if line.billed_price is not None else line.ordered_price
    if over and price is None:
        return None
    came = max((line.billed_quantity or ZERO) - over, ZERO)
    return over * (price or ZERO) + more * came


def verdict(facts: Bill, settings: PolicySettings, at: datetime) -> Verdict:  # noqa: ARG001 - a bill's mistake does not age
    """A finding when an open bill has a line that asks for too much, or came before."""
    if not facts.open:
        return NOTHING
    over = sum((overbilled(line, settings) for line in facts.lines), ZERO)
    dearer = any(overpriced(line, settings) for line in facts.lines)
    if not (over or dearer or facts.duplicates):
        return NOTHING
    finding = Finding(
        title=_title(facts, over, dearer=dearer),
        subject=f"partner:{facts.supplier.id}" if facts.supplier else f"site:{facts.site_id}",
        impact=Impact(
            value=_at_risk(facts, settings), currency=facts.currency, need_at=facts.due_at
        ),
    )
    return Verdict(finding=finding, recheck_at=None)


def _at_risk(facts: Bill, settings: PolicySettings) -> Decimal | None:
    """Of a bill that came before all of it, else what its lines ask for too much."""
    if facts.duplicates:
        return facts.total
    known = [w for line in facts.lines if (w := worth(line, settings)) is not None]
    found = [w for w in known if w]
    return sum(found, ZERO).quantize(Decimal("0.01")) if found else None


def _title(facts: Bill, over: Decimal, *, dearer: bool) -> str:
    who = f" from {facts.supplier.name}" if facts.supplier else ""
    reasons = (
        f"same reference as {', '.join(facts.duplicates)}" if facts.duplicates else "",
        f"{over.normalize():f} billed beyond receipt" if over else "",
        "price above the order's" if dearer else "",
    )
    what = facts.supplier_reference or facts.reference
    return f"{what}{who}: {', '.join(reason for reason in reasons if reason)}"


_CHECK_BILL = Step(
    verb=Verb.ACTIVITY, text="Invoice mismatch: check the bill before it is paid", due_in_days=1
)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.INVOICE_MISMATCH,
    team=TeamCode.ACCOUNTING,
    facts=(Bill,),
    icon="bill",
    in_words=_(
        "An unpaid supplier bill for more than was received, at a higher price than ordered, or"
        " with a reference that another bill of the supplier has."
    ),
    verdict=verdict,
    thresholds=(
        Threshold(
            name="quantity_tolerance",
            label=_("Billed beyond receipt by more than"),
            unit=_("in the order line's unit"),
            default=Decimal(0),
            most=Decimal(10) ** 9,
        ),
        Threshold(
            name="price_tolerance_percent",
            label=_("Price above the order's by more than"),
            unit=_("percent"),
            default=Decimal(2),
            most=Decimal(1000),
        ),
        Threshold(
            name="least_amount",
            label=_("and, over the line, by at least"),
            unit=_("in the bill's currency"),
            default=Decimal(10),
            most=Decimal(10) ** 9,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.HOLD_BILL,
            says=_("Do not pay it yet: its payment is blocked in Odoo, or marked to be checked."),
            verbs=(Verb.HOLD_BILL, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.CREDIT_NOTE,
            says=_("The supplier owes a credit: a draft of a credit note, and an activity to ask."),
            verbs=(Verb.CREDIT_NOTE, Verb.ACTIVITY, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.ACCEPT,
            says=_("Pay it as it is: a note on the bill says why, and the case is resolved."),
            verbs=(Verb.NOTE,),
            resolves=True,
        ),
    ),
    slots=(Slot.INVOICE, Slot.PACKING_LIST),
    default_policy=PolicySettings(
        thresholds={
            "quantity_tolerance": Decimal(0),
            "price_tolerance_percent": Decimal(2),
            "least_amount": Decimal(10),
        },
        weights={
            Factor.VALUE_AT_RISK: 60,
            Factor.NEED_DATE: 25,
            Factor.RECURRENCE: 15,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_CHECK_BILL,),
            Tier.MEDIUM: (_CHECK_BILL,),
            Tier.HIGH: (_CHECK_BILL, _NOTE),
            Tier.CRITICAL: (_CHECK_BILL, _NOTE),
        },
    ),
)
