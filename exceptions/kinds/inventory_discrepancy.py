"""Inventory discrepancy: a count differs from the books by more than is worth ignoring."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Count
from exceptions.kinds.definition import (
    BlindSpot,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.kinds.questions import text
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)


def variance(facts: Count) -> Decimal:
    """Counted minus booked, in the product's unit: negative when goods are missing."""
    return facts.counted_quantity - facts.booked_quantity


def variance_value(facts: Count) -> Decimal | None:
    """What the variance is worth at unit cost, never negative; None when the cost is unknown."""
    return None if facts.unit_cost is None else abs(variance(facts)) * facts.unit_cost


def variance_share(facts: Count) -> Decimal:
    """The variance as a share of the booked stock; 1 where nothing was booked."""
    if facts.booked_quantity <= 0:
        return Decimal(1)
    return min(abs(variance(facts)) / facts.booked_quantity, Decimal(1))


def verdict(facts: Count, settings: PolicySettings, at: datetime) -> Verdict:  # noqa: ARG001 - a count does not age
    """A finding when the variance is worth the least value, or is the least share, or more."""
    if not facts.counted or variance(facts) == 0:
        return NOTHING
    value = variance_value(facts)
    by_value = value is not None and value >= settings.thresholds["least_value"]
    by_share = variance_share(facts) * 100 >= settings.thresholds["least_share_percent"]
    if not (by_value or by_share):
        return NOTHING
    return Verdict(finding=_finding(facts, value), recheck_at=None)


def _finding(facts: Count, value: Decimal | None) -> Finding:
    counted, booked = (
        f"{q.normalize():f}" for q in (facts.counted_quantity, facts.booked_quantity)
    )
    return Finding(
        title=f"{facts.product.name} in {facts.location}: counted {counted}, booked {booked}",
        subject=f"product:{facts.product.id}",
        impact=Impact(value=value, currency=facts.currency, share_of_stock=variance_share(facts)),
    )


_RECOUNT = Step(
    verb=Verb.ACTIVITY,
    text="Inventory discrepancy: count again before it is applied",
    due_in_days=1,
)
_APPROVE = Step(
    verb=Verb.APPROVAL,
    text="Inventory discrepancy: approve the write-off, or order another count",
    due_in_days=1,
)
_TELL = Step(
    verb=Verb.EMAIL,
    text="A count differs by so much that it waits for approval.",
    to=("lead", "accounting"),
)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.INVENTORY_DISCREPANCY,
    team=TeamCode.WAREHOUSE,
    facts=(Count,),
    icon="box",
    in_words=_("A count that is not yet applied and differs from the books by value or by share."),
    verdict=verdict,
    thresholds=(
        Threshold(
            name="least_value",
            label=_("Least value"),
            unit=_("in the company's currency"),
            default=Decimal(100),
            most=Decimal(10) ** 9,
        ),
        Threshold(
            name="least_share_percent",
            label=_("or least share"),
            unit=_("percent of the booked stock"),
            default=Decimal(5),
            most=Decimal(1000),  # past 100, no share is ever enough
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.RECOUNT,
            says=_(
                "Count again: the count is thrown away, and whoever counted is asked anew. The case"
                " ends with it; a new count that differs opens it again."
            ),
            verbs=(Verb.ACTIVITY, Verb.RECOUNT, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.INVESTIGATE,
            says=_("Look for the cause before the count is applied: a note in Odoo says so."),
            verbs=(Verb.NOTE,),
            asks=(text("where", _("Where to look"), required=False),),
        ),
        Offer(
            kind=DecisionKind.WRITE_OFF,
            says=_("The count is right: it is applied, and the books take it over."),
            verbs=(Verb.APPLY_COUNT, Verb.NOTE),
            resolves=True,
        ),
    ),
    slots=(Slot.COUNT_SHEET, Slot.DAMAGE_PHOTO),
    default_policy=PolicySettings(
        thresholds={"least_value": Decimal(100), "least_share_percent": Decimal(5)},
        weights={
            Factor.VALUE_AT_RISK: 60,
            Factor.STOCK_COVER: 25,
            Factor.RECURRENCE: 15,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_RECOUNT,),
            Tier.MEDIUM: (_RECOUNT,),
            Tier.HIGH: (_RECOUNT, _APPROVE, _TELL, _NOTE),
            Tier.CRITICAL: (_RECOUNT, _APPROVE, _TELL, _NOTE),
        },
    ),
    blind_spots=(
        BlindSpot(
            name="no_cost",
            facts=Count,
            field="unit_cost",
            says=_("Counts of products without a cost"),
            means=_("only the share of the stock tells how large the difference is"),
        ),
    ),
)
