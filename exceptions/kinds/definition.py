"""What a kind of exception is made of. A kind is one file beside this one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from exceptions.facts import Facts
from exceptions.verdicts import Escalation, PolicySettings, Verdict
from exceptions.vocabulary import (
    AskType,
    ClockKind,
    DecisionKind,
    KindCode,
    Rung,
    Slot,
    TeamCode,
    Tier,
    Verb,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number in a policy that decides whether a rule finds anything: from 0 to `most`."""

    name: str
    label: str | Promise
    unit: str | Promise
    default: Decimal
    most: Decimal


def always(_facts: Any) -> bool:
    return True


def unsaid(_facts: Any) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something that a decision needs to know, as a field of its form.

    `usual(facts)` is what a form begins with, `most(facts)` the largest number that may be given;
    None: the facts do not say. A number is above 0 unless `from_zero`. Dates lie in the future.
    """

    name: str
    label: str | Promise
    type: AskType
    required: bool = True
    help: str | Promise = ""
    usual: Callable[[Any], object] = unsaid
    most: Callable[[Any], Decimal | None] = unsaid
    from_zero: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A decision that a kind offers: what it sends to the source, and what it asks for.

    With `resolves`, the case is resolved once the source has confirmed it. `only_if(facts)` tells
    whether it can be done about such a record; a kind may offer one decision in two ways.
    """

    kind: DecisionKind
    says: str | Promise  # one sentence for the person who is about to decide
    verbs: tuple[Verb, ...]
    asks: tuple[Ask, ...] = ()
    has_cost: bool = False
    resolves: bool = False
    only_if: Callable[[Any], bool] = always


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSpot:
    """A fact that living records may lack, so that the rule or the severity sees less of them.

    `field` of `facts` (a path, such as `customer.tier`) is None there. `says` names the records
    ("receipts without a promised date"), `means` what cannot be told without.
    """

    name: str
    facts: type[Facts]
    field: str
    says: str | Promise
    means: str | Promise


def _unknown(_facts: Facts) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of exception.

    `verdict(facts, settings, at)` is pure; it is only ever called with facts of one of the types
    `facts`. `before_the_end(facts)` tells how a record that has ended stood just before, and when
    that was; None where the facts do not say, or it has not ended. `claim_from(facts)` is the
    instant from which the days count within which somebody at fault has to be told of a claim; a
    kind without it has no claim to make.
    """

    code: KindCode
    team: TeamCode
    facts: tuple[type[Facts], ...]
    icon: str
    in_words: str | Promise  # the rule, in one sentence, for the policies page
    verdict: Callable[[Any, PolicySettings, datetime], Verdict]
    thresholds: tuple[Threshold, ...]
    offers: tuple[Offer, ...]
    default_policy: PolicySettings
    blind_spots: tuple[BlindSpot, ...] = ()
    claim_from: Callable[[Any], datetime | None] | None = None
    slots: tuple[Slot, ...] = ()  # the files that its cases are asked for
    before_the_end: Callable[[Any], tuple[Facts, datetime] | None] = _unknown

    @property
    def tells_of_the_end(self) -> bool:
        return self.before_the_end is not _unknown

    def offer(self, kind: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.kind == kind), None)


TEN_YEARS = Decimal(10 * 365 * 24 * 60)  # minutes: practically never


def standard_escalation() -> dict[Tier, tuple[Escalation, ...]]:
    """Who is told of a clock that runs out, the same for all kinds until a policy differs."""
    unheard = Escalation(clock=ClockKind.ACKNOWLEDGE, percent=100, to=Rung.LEAD)
    late = Escalation(clock=ClockKind.RESOLVE, percent=100, to=Rung.SUPERVISORS)
    later = Escalation(clock=ClockKind.RESOLVE, percent=150, to=Rung.EXECUTIVES)
    return {Tier.CRITICAL: (unheard, late, later), Tier.HIGH: (unheard, late)}


def with_claim(
    targets: dict[ClockKind, dict[Tier, int]], days: int
) -> dict[ClockKind, dict[Tier, int]]:
    """The same, with so many days of the calendar to file a claim."""
    return targets | {ClockKind.CLAIM: dict.fromkeys(Tier, days * 24 * 60)}


# Minutes in which people decide about what waits for approval.
STANDARD_APPROVE = {
    Tier.CRITICAL: 60,
    Tier.HIGH: 2 * 60,
    Tier.MEDIUM: 8 * 60,
    Tier.LOW: 16 * 60,
}


def standard_targets() -> dict[ClockKind, dict[Tier, int]]:
    """Minutes to acknowledge, to resolve and to approve, the same for all kinds until a policy
    differs.
    """
    return {
        ClockKind.APPROVE: dict(STANDARD_APPROVE),
        ClockKind.ACKNOWLEDGE: {
            Tier.CRITICAL: 30,
            Tier.HIGH: 60,
            Tier.MEDIUM: 4 * 60,
            Tier.LOW: 8 * 60,
        },
        ClockKind.RESOLVE: {
            Tier.CRITICAL: 8 * 60,
            Tier.HIGH: 24 * 60,
            Tier.MEDIUM: 3 * 24 * 60,
            Tier.LOW: 5 * 24 * 60,
        },
    }
