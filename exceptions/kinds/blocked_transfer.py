"""Blocked transfer: goods cannot be reserved, and the planned date is near or past."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from exceptions.facts import Transfer, TransferLine
from exceptions.kinds.definition import (
    TEN_YEARS,
    Kind,
    Offer,
    Threshold,
    standard_escalation,
    standard_targets,
)
from exceptions.kinds.questions import FROM_SITE, NEW_DATE, PRODUCT, quantity, text
from exceptions.verdicts import Finding, Impact, PolicySettings, Step, Verdict
from exceptions.vocabulary import DecisionKind, Factor, KindCode, TeamCode, Tier, Verb

NOTHING = Verdict(finding=None, recheck_at=None)


def short_lines(facts: Transfer) -> tuple[TransferLine, ...]:
    """What is not wholly reserved. The state of the transfer itself does not tell: a source calls
    it ready as soon as a part of it is."""
    return tuple(line for line in facts.lines if line.reserved < line.demanded)


def verdict(facts: Transfer, settings: PolicySettings, at: datetime) -> Verdict:
    """A finding when something is short and the plan is `hours_before` away, or nearer, or past.

    What waits for an earlier step is short too, and until then that is as it should be.
    """
    short = short_lines(facts)
    if not facts.open or facts.planned_at is None or not short:
        return NOTHING
    ahead = timedelta(hours=float(settings.thresholds["hours_before"]))
    blocked_from = facts.planned_at - ahead
    if at < blocked_from:
        return Verdict(finding=None, recheck_at=blocked_from)
    return Verdict(finding=_finding(facts, short), recheck_at=None)


def _lacking(facts: Transfer) -> Decimal | None:
    """Of the one product that it is about, what is not reserved."""
    if len({line.product.id for line in facts.lines}) != 1:
        return None
    lacking = sum((line.demanded - line.reserved for line in facts.lines), Decimal(0))
    return lacking if lacking > 0 else None


def _finding(facts: Transfer, short: tuple[TransferLine, ...]) -> Finding:
    first = short[0]
    missing, demanded = (
        f"{q.normalize():f}" for q in (first.demanded - first.reserved, first.demanded)
    )
    more = f" (and {len(short) - 1} more)" if len(short) > 1 else ""
    return Finding(
        title=f"{facts.reference}: {first.product.name} lacks {missing} of {demanded}{more}",
        subject=f"product:{first.product.id}",
        impact=Impact(
            value=facts.value,
            currency=facts.currency,
            need_at=facts.promised_at or facts.planned_at,
            customer_tier=facts.partner.tier if facts.partner else None,
        ),
    )


_FIND_STOCK = Step(
    verb=Verb.ACTIVITY, text="Blocked transfer: find the goods or plan it anew", due_in_days=0
)
_FLAG = Step(verb=Verb.PRIORITY)
_NOTE = Step(verb=Verb.NOTE)

KIND = Kind(
    code=KindCode.BLOCKED_TRANSFER,
    team=TeamCode.WAREHOUSE,
    facts=(Transfer,),
    icon="lock",
    in_words=_("An open transfer near its planned date of which something cannot be reserved."),
    verdict=verdict,
    thresholds=(
        Threshold(
            name="hours_before",
            label=_("Blocked from"),
            unit=_("hours before the planned date"),
            default=Decimal(24),
            most=TEN_YEARS / 60,
        ),
    ),
    offers=(
        Offer(
            kind=DecisionKind.REALLOCATE,
            says=_("Take the goods from another transfer: an activity in Odoo says from which."),
            verbs=(Verb.ACTIVITY, Verb.NOTE),
            asks=(text("from", _("From which transfer")),),
        ),
        Offer(
            kind=DecisionKind.REPLENISH,
            says=_(
                "Bring it from another site: a transfer in Odoo, for the warehouse to carry out."
            ),
            verbs=(Verb.TRANSFER, Verb.NOTE),
            asks=(FROM_SITE, PRODUCT, quantity(_lacking)),
        ),
        Offer(
            kind=DecisionKind.SPLIT,
            says=_("Send what is there, the rest follows: the transfer is split in Odoo."),
            verbs=(Verb.SPLIT, Verb.NOTE),
            only_if=lambda facts: any(line.reserved > 0 for line in facts.lines),
        ),
        Offer(
            kind=DecisionKind.PRIORITISE,
            says=_("It gets the next goods that come: the transfer is flagged urgent."),
            verbs=(Verb.PRIORITY, Verb.NOTE),
        ),
        Offer(
            kind=DecisionKind.NEW_DATE,
            says=_("It goes on another day: that becomes the plan in Odoo."),
            verbs=(Verb.NEW_DATE, Verb.NOTE),
            asks=(NEW_DATE,),
        ),
        Offer(
            kind=DecisionKind.CANCEL,
            says=_("It is not to go any more: the transfer is cancelled in Odoo."),
            verbs=(Verb.CANCEL, Verb.NOTE),
            resolves=True,
        ),
    ),
    default_policy=PolicySettings(
        thresholds={"hours_before": Decimal(24)},
        weights={
            Factor.NEED_DATE: 35,
            Factor.VALUE_AT_RISK: 30,
            Factor.CUSTOMER_TIER: 20,
            Factor.RECURRENCE: 15,
        },
        targets=standard_targets(),
        escalation=standard_escalation(),
        playbook={
            Tier.LOW: (_FIND_STOCK,),
            Tier.MEDIUM: (_FIND_STOCK,),
            Tier.HIGH: (_FIND_STOCK, _FLAG),
            Tier.CRITICAL: (_FIND_STOCK, _FLAG, _NOTE),
        },
    ),
)
