"""Urgent replenishment: stock is below its minimum while demand runs above its usual level."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import ReorderRule
from exceptions.kinds.definition import (
    BlindSpot,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.kinds.questions import FROM_SITE, INSTEAD, NEEDED_BY, SUPPLIER, quantity
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)


def shortfall(facts: ReorderRule) -> Decimal:
    """What is missing to the minimum once all that is on its way has come; never negative."""
    return max(facts.minimum - facts.on_hand - facts.incoming, Decimal(0))


def cover_days(facts: ReorderRule) -> Decimal | None:
    """How many days the stock on hand lasts at the usual demand.

    0 where there is none; None where the usual demand is unknown or nothing, so that it would last
    for ever."""
    if facts.on_hand <= 0:
        return Decimal(0)
    if not facts.usual_per_day or facts.usual_per_day < 0:
        return None
    return facts.on_hand / facts.usual_per_day


def verdict(facts: ReorderRule, settings: PolicySettings, at: datetime) -> Verdict:  # noqa: ARG001 - stock and demand change, not the hour
    """A finding below the minimum, when nothing is left of what is wanted, or when little cover is
    left and demand is above its usual level. Unknown demand is no reason for one.
    """
    if not facts.active or not shortfall(facts):
        return NOTHING
    if not (_run_out(facts) or (_low(facts, settings) and _spike(facts, settings))):
        return NOTHING
    return Verdict(finding=_finding(facts), recheck_at=None)


def _run_out(facts: ReorderRule) -> bool:
    """Nothing on hand, and somebody wants it."""
    wanted = (facts.recent_per_day or 0) > 0 or (facts.usual_per_day or 0) > 0
    return facts.on_hand <= 0 and wanted


def _low(facts: ReorderRule, settings: PolicySettings) -> bool:
    cover = cover_days(facts)
    return cover is not None and cover < settings.thresholds["least_cover_days"]


def _spike(facts: ReorderRule, settings: PolicySettings) -> bool:
    if facts.recent_per_day is None or not facts.usual_per_day:
        return False
    share = settings.thresholds["spike_percent"] / 100
    return facts.recent_per_day >= facts.usual_per_day * share


def _to_the_maximum(facts: ReorderRule) -> Decimal | None:
    """What fills the shelf, counting what comes anyway; nothing where it is full then."""
    missing = facts.maximum - facts.on_hand - facts.incoming
    return missing if missing > 0 else None


def _finding(facts: ReorderRule) -> Finding:
    on_hand, incoming, minimum = (
        f"{q.normalize():f}" for q in (facts.on_hand, facts.incoming, facts.minimum)
    )
    cost = facts.unit_cost
    return Finding(
        title=(
            f"{facts.product.name} in {facts.location}: {on_hand} on hand, {incoming} coming,"
            f" minimum {minimum}"
        ),
        subject=f"product:{facts.product.id}",
        impact=Impact(
            value=None if cost is None else (shortfall(facts) * cost).quantize(Decimal("0.01")),
            currency=facts.currency,
            cover_days=cover_days(facts),
        ),
    )


_REPLENISH = Step(
    verb=Verb.ACTIVITY,
    text="Urgent replenishment: order or transfer before the stock runs out",
    due_in_days=0,
)
_APPROVE = Step(
    verb=Verb.APPROVAL,
    text="Urgent replenishment: approve an expedited purchase, or a transfer between sites",
    due_in_days=0,
)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.URGENT_REPLENISHMENT,
    team=TeamCode.PLANNING,
    facts=(ReorderRule,),
    icon="refresh",
    in_words=_(
        "Stock below the minimum of its reordering rule, with demand above its usual level and"
        " little cover left, or with nothing left at all."
    ),
    verdict=verdict,
    thresholds=(
        Threshold(
            name="least_cover_days",
            label=_("Cover below"),
            unit=_("days of usual demand"),
            default=Decimal(7),
            most=Decimal(3650),
        ),
        Threshold(
            name="spike_percent",
            label=_("and recent demand from"),
            unit=_("percent of the usual"),
            default=Decimal(150),
            most=Decimal(100_000),
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.EXPEDITED_PURCHASE,
            says=_(
                "Buy it, and pay for speed: a request for quotation in Odoo, for the buyer to send."
            ),
            verbs=(Verb.PURCHASE, Verb.NOTE),
            asks=(quantity(_to_the_maximum), NEEDED_BY, SUPPLIER),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.SITE_TRANSFER,
            says=_(
                "Bring it from another site: a transfer in Odoo, for the warehouse to carry out."
            ),
            verbs=(Verb.TRANSFER, Verb.NOTE),
            asks=(FROM_SITE, quantity(_to_the_maximum)),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.SUBSTITUTE,
            says=_("Use another product or supplier: a to-do in Odoo says which."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(INSTEAD,),
        ),
    ),
    slots=(Slot.SUPPLIER_WORD,),
    default_policy=PolicySettings(
        thresholds={"least_cover_days": Decimal(7), "spike_percent": Decimal(150)},
        weights={
            Factor.STOCK_COVER: 50,
            Factor.VALUE_AT_RISK: 35,
            Factor.RECURRENCE: 15,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_REPLENISH,),
            Tier.MEDIUM: (_REPLENISH,),
            Tier.HIGH: (_REPLENISH, _APPROVE, _NOTE),
            Tier.CRITICAL: (_REPLENISH, _APPROVE, _NOTE),
        },
    ),
    blind_spots=(
        BlindSpot(
            name="no_usual_demand",
            facts=ReorderRule,
            field="usual_per_day",
            says=_("Reordering rules of products that are too new"),
            means=_("only stock that has run out tells that it is urgent"),
        ),
        BlindSpot(
            name="no_cost",
            facts=ReorderRule,
            field="unit_cost",
            says=_("Reordering rules of products without a cost"),
            means=_("the value at risk is unknown and counts 0"),
        ),
    ),
)
