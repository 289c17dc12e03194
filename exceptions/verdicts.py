"""What a rule says, and the settings under which it says it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from babel.numbers import format_currency, format_decimal

from exceptions.vocabulary import (
    ClockKind,
    Factor,
    Fault,
    Outcome,
    Rollout,
    Rung,
    Slot,
    Tier,
    Trouble,
    Verb,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """How much a finding matters, in the terms of the severity factors. None = unknown.

    `cover_days` is how long the stock lasts; `share_of_stock` (0 to 1) is what part of the booked
    stock is in doubt; `late_plan` tells that the plan itself is later than the promise; `trouble`
    is what the carrier says has happened; `fault` what is wrong with an integration; `excess`
    how far a number is beyond its threshold, as a share of it.
    """

    value: Decimal | None = None
    currency: str | None = None
    need_at: datetime | None = None
    customer_tier: str | None = None
    cover_days: Decimal | None = None
    share_of_stock: Decimal | None = None
    quality_failed: bool | None = None
    late_plan: bool | None = None
    trouble: Trouble | None = None
    fault: Fault | None = None
    excess: Decimal | None = None
    substitute: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An exception, as a rule found it. `subject`, who or what is at fault, is what recurs."""

    title: str
    subject: str
    impact: Impact


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A finding or nothing, and the instant at which time alone could change it (None: never)."""

    finding: Finding | None
    recheck_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One automatic response of a playbook. `to` says who gets an e-mail (see `recipients`)."""

    verb: Verb
    text: str = ""
    due_in_days: int = 0
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """When `percent` of a clock's time is used up (100 is when it runs out), `to` are told.

    `takes`: the site's lead takes the case over, too.
    """

    clock: ClockKind
    percent: int
    to: Rung
    takes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """From a site of ours to a partner or a country, as the source spells it; one of the two."""

    site: int
    partner: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which facts an override is for: those that match everything that is named here.

    `site` is a row of ours; `partner` is the source's id. `category` is a product category's path
    from its start: "All / Bearings" is also "All / Bearings / Linear".
    """

    company: str | None = None
    site: int | None = None
    partner: int | None = None
    tier: str | None = None
    category: str | None = None
    lane: Lane | None = None

    @property
    def from_site(self) -> int | None:
        return self.lane.site if self.lane else self.site


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Other thresholds for a part of the facts.

    `site_name` is what the scope's site was called when it was published; `policies.enact` writes
    it, so that an origin can be told without asking.
    """

    scope: Scope
    thresholds: dict[str, Decimal]
    site_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """What is worth less than `below` counts only from the `times`-th sighting of its subject on.

    Sightings of the last `days` are counted. `below` is in the case's own currency; a value that is
    unknown is not below it.
    """

    below: Decimal
    times: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """The settings of one kind, as stored in a policy version.

    `targets` are minutes per clock and tier; a tier without a time to claim has no claim clock, and
    the time to classify is `classify_minutes`, for there is no tier yet (0: the policy classifies
    what people raise at once, as all else). `weights` are the most points a factor can give; those
    that add points sum to 100 at most. After `quiet_hours` a resolved case closes by itself; within
    `reopen_days` of its end it reopens if the finding comes back.

    `overrides` change thresholds for a part of the facts (see `thresholds.effective`). `rollout`
    says how far the kind is introduced, `rollout_at` where a site (its id) differs. A finding has
    to last `hold_minutes` before it opens a case.

    Targets are business time of the site, but for the tiers in `round_the_clock`, and for claims,
    whose days are those of the calendar unless `claim_in_working_time`. A case may wait
    for others for `pause_share` percent of its time to resolve. What was acknowledged and nobody
    touches for `lease` minutes of its tier goes back to be acknowledged anew. `evidence` says which
    files must be there before people resolve a case with which outcome.
    """

    thresholds: dict[str, Decimal] = field(default_factory=dict)
    weights: dict[Factor, int] = field(default_factory=dict)
    targets: dict[ClockKind, dict[Tier, int]] = field(default_factory=dict)
    playbook: dict[Tier, tuple[Step, ...]] = field(default_factory=dict)
    quiet_hours: int = 48
    reopen_days: int = 7
    recurrence_days: int = 30
    overrides: tuple[Override, ...] = ()
    rollout: Rollout = Rollout.ON
    rollout_at: dict[int, Rollout] = field(default_factory=dict)
    noise: Noise | None = None
    hold_minutes: int = 0
    round_the_clock: dict[Tier, bool] = field(default_factory=dict)
    pause_share: int = 100
    escalation: dict[Tier, tuple[Escalation, ...]] = field(default_factory=dict)
    lease: dict[Tier, int] = field(default_factory=dict)
    classify_minutes: int = 0
    claim_in_working_time: bool = False
    evidence: dict[Slot, tuple[Outcome, ...]] = field(default_factory=dict)

    def target(self, clock: ClockKind, tier: Tier | None) -> int | None:
        """Minutes for a clock of a case of that tier; None where such a clock does not run."""
        if clock == ClockKind.CLASSIFY:
            return self.classify_minutes or None
        return self.targets.get(clock, {}).get(tier) if tier else None

    def around_the_clock(self, clock: ClockKind, tier: Tier | None) -> bool:
        """Whether every hour counts, not only those of the site."""
        if clock == ClockKind.CLAIM:
            return not self.claim_in_working_time
        return bool(tier and self.round_the_clock.get(tier))

    def rollout_of(self, site_id: int) -> Rollout:
        return self.rollout_at.get(site_id, self.rollout)


def amount(value: Decimal, currency: str | None, *, exact: bool = False) -> str:
    """A sum of money as people write it, in whole units: `€48,200`; `exact` shows cents as well.

    Without a currency only the number is given: `48,200`.
    """
    digits = "#,##0.00" if exact and value != value.to_integral_value() else "#,##0"
    if not currency:
        return format_decimal(value, digits, locale="en")
    return format_currency(value, currency, f"¤{digits}", locale="en", currency_digits=False)
