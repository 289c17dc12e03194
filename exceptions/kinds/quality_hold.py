"""Quality hold: goods failed, or are set apart, and nobody has decided what becomes of them."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Inspection
from exceptions.kinds.definition import (
    TEN_YEARS,
    BlindSpot,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.kinds.questions import quantity, text
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, Slot, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)


def value_on_hold(facts: Inspection) -> Decimal | None:
    """What the goods cost; None where quantity or cost is unknown."""
    if facts.quantity is None or facts.unit_cost is None:
        return None
    return (facts.quantity * facts.unit_cost).quantize(Decimal("0.01"))


def verdict(facts: Inspection, settings: PolicySettings, at: datetime) -> Verdict:
    """A finding when undecided for longer than the grace; at once if nobody knows since when."""
    if not facts.failed or facts.decided:
        return NOTHING
    grace = timedelta(hours=float(settings.thresholds["grace_hours"]))
    if facts.since is not None and at <= facts.since + grace:
        return Verdict(finding=None, recheck_at=facts.since + grace + timedelta(microseconds=1))
    return Verdict(finding=_finding(facts), recheck_at=None)


def lies_apart(facts: Inspection) -> bool:
    """The record is the goods themselves, where they lie; else one that is about them."""
    return facts.what in ("hold", "control")


def _held(facts: Inspection) -> Decimal | None:
    return facts.quantity


def _finding(facts: Inspection) -> Finding:
    return Finding(
        title=_title(facts),
        subject=_subject(facts),
        impact=Impact(
            value=value_on_hold(facts),
            currency=facts.currency,
            # What waits to be inspected has neither passed nor failed.
            quality_failed=None if facts.what == "control" else True,
        ),
    )


def _title(facts: Inspection) -> str:
    goods = facts.product.name if facts.product else facts.reference
    if facts.quantity is not None:
        goods = " ".join(filter(None, (f"{facts.quantity.normalize():f}", facts.unit, goods)))
    if facts.what == "hold":
        return f"{goods} on hold in {facts.location}"
    if facts.what == "control":
        return f"{goods} waits for quality control in {facts.location}"
    whose = f" from {facts.supplier.name}" if facts.supplier else ""
    return f"{goods}{whose} failed: {facts.reference}"


def _subject(facts: Inspection) -> str:
    """A supplier whose goods fail again and again is what recurs; else the product."""
    if facts.supplier:
        return f"partner:{facts.supplier.id}"
    return f"product:{facts.product.id}" if facts.product else f"site:{facts.site_id}"


_BLOCK = Step(verb=Verb.HOLD, text="Quality hold: set these goods apart")
_DECIDE = Step(
    verb=Verb.ACTIVITY,
    text="Quality hold: decide what becomes of the goods; do not use or put them away",
    due_in_days=1,
)
_CORRECT = Step(
    verb=Verb.TASK, text="Quality hold: find the cause, and see that it stays away", due_in_days=5
)
_TELL = Step(
    verb=Verb.EMAIL,
    text="These goods must not be used until it is decided what becomes of them.",
    to=("procurement", "planning"),
)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.QUALITY_HOLD,
    team=TeamCode.QUALITY,
    facts=(Inspection,),
    icon="beaker",
    in_words=_("Goods that failed, or lie in a hold location, and are not decided about in time."),
    verdict=verdict,
    thresholds=(
        Threshold(
            name="grace_hours",
            label=_("Undecided after"),
            unit=_("hours since they failed or were set apart"),
            default=Decimal(4),
            most=TEN_YEARS / 60,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.RELEASE,
            says=_("The goods are good enough: they go back to where they came from, in Odoo."),
            verbs=(Verb.RELEASE, Verb.NOTE),
            only_if=lambda facts: facts.what == "hold",
        ),
        Offer(
            kind=DecisionKind.RELEASE,
            says=_("The goods are good enough: an activity in Odoo to put them away."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            only_if=lambda facts: facts.what != "hold",
        ),
        Offer(
            kind=DecisionKind.REWORK,
            says=_("The goods can be put right: an activity in Odoo, with what it costs."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(text("work", _("What is to be done")),),
            has_cost=True,
        ),
        Offer(
            kind=DecisionKind.RETURN_TO_SUPPLIER,
            says=_(
                "The supplier takes them back: a return in Odoo, for the warehouse to carry out."
            ),
            verbs=(Verb.RETURN, Verb.NOTE),
            only_if=lambda facts: bool(facts.transfer),
        ),
        Offer(
            kind=DecisionKind.RETURN_TO_SUPPLIER,
            says=_("The supplier takes the goods back: an activity in Odoo for the return."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            only_if=lambda facts: not facts.transfer,
        ),
        Offer(
            kind=DecisionKind.SCRAP,
            says=_("The goods are lost: they are scrapped in Odoo, with what it costs."),
            verbs=(Verb.SCRAP, Verb.NOTE),
            asks=(quantity(_held, _held),),
            has_cost=True,
            only_if=lies_apart,
        ),
        Offer(
            kind=DecisionKind.SCRAP,
            says=_("The goods are lost: an activity in Odoo to scrap them, with what it costs."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            has_cost=True,
            only_if=lambda facts: not lies_apart(facts),
        ),
    ),
    slots=(Slot.INSPECTION_REPORT, Slot.DAMAGE_PHOTO),
    default_policy=PolicySettings(
        thresholds={"grace_hours": Decimal(4)},
        weights={
            Factor.VALUE_AT_RISK: 50,
            Factor.QUALITY_STATUS: 35,
            Factor.RECURRENCE: 15,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_BLOCK, _DECIDE),
            Tier.MEDIUM: (_BLOCK, _DECIDE),
            Tier.HIGH: (_BLOCK, _DECIDE, _CORRECT, _TELL, _NOTE),
            Tier.CRITICAL: (_BLOCK, _DECIDE, _CORRECT, _TELL, _NOTE),
        },
    ),
    blind_spots=(
        BlindSpot(
            name="no_cost",
            facts=Inspection,
            field="unit_cost",
            says=_("Goods on hold without a cost or a quantity"),
            means=_("the value at risk is unknown and counts 0"),
        ),
    ),
)
