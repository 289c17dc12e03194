"""The gate: whether a finding may open a case now, or is held back, why and until when. Pure.

It asks in the order of HeldBy: is the kind only being tried out at the site, is there a blackout,
is it below the noise floor, has it lasted long enough? The first that holds it back is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions import thresholds
from exceptions.facts import Facts, Report
from exceptions.verdicts import Impact, PolicySettings, amount
from exceptions.vocabulary import HeldBy, Rollout

# What is below the noise floor is looked at again after this: other sightings of its subject may
# have been stored at the very moment when it was counted.
AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blackout:
    """A time in which nothing new is to be opened at a site, about a partner, or both of them."""

    id: int
    site_id: int | None
    connection_id: int | None
    partner_id: int | None
    ends_at: datetime
    reason: str

    def covers(self, facts: Facts) -> bool:
        """Whether it is about such facts. A partner's id counts within its connection."""
        if self.site_id not in (None, facts.site_id):
            return False
        if self.partner_id is None:
            return True
        named = any(p.id == self.partner_id for p in thresholds.partners_of(facts))
        return named and self.connection_id == facts.connection_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A finding that opens no case. At `until` it is looked at again; None: when something is said.

    `blackout` is the id of the one that holds it back.
    """

    by: HeldBy
    says: str
    until: datetime | None = None
    blackout: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a finding besides itself: since when it stands, and how many of its subject
    were sighted within the days of the noise floor, this one included.
    """

    since: datetime
    times: int = 1


def is_small(settings: PolicySettings, impact: Impact) -> bool:
    """Whether the value at risk is known and below the noise floor, if there is one."""
    noise, value = settings.noise, impact.value
    return noise is not None and value is not None and value < noise.below


def held(
    facts: Facts,
    impact: Impact,
    settings: PolicySettings,
    blackouts: tuple[Blackout, ...],
    seen: Seen,
    at: datetime,
) -> Held | None:
    """What holds the finding back at `at`, or None. `blackouts` are those that run at `at`.

    What people report by hand is never held back.
    """
    if isinstance(facts, Report):
        return None
    if settings.rollout_of(facts.site_id) == Rollout.OBSERVING:
        return Held(by=HeldBy.OBSERVING, says="Being tried out here: it opens no cases yet.")
    return (
        _by_blackout(facts, blackouts)
        or _by_noise(settings, impact, seen, at)
        or _by_hold(settings, seen, at)
    )


def _by_blackout(facts: Facts, blackouts: tuple[Blackout, ...]) -> Held | None:
    """The one that ends last decides when it is looked at again."""
    over = [blackout for blackout in blackouts if blackout.covers(facts)]
    if not over:
        return None
    last = max(over, key=lambda blackout: (blackout.ends_at, blackout.id))
    return Held(by=HeldBy.BLACKOUT, says=last.reason, until=last.ends_at, blackout=last.id)


def _by_noise(settings: PolicySettings, impact: Impact, seen: Seen, at: datetime) -> Held | None:
    noise = settings.noise
    if noise is None or not is_small(settings, impact) or seen.times >= noise.times:
        return None
    floor = amount(noise.below, impact.currency, exact=True)
    says = f"Below {floor}: sighting {seen.times} of {noise.times} within {noise.days} days."
    return Held(by=HeldBy.NOISE, says=says, until=at + AGAIN)


def _by_hold(settings: PolicySettings, seen: Seen, at: datetime) -> Held | None:
    until = seen.since + timedelta(minutes=settings.hold_minutes)
    if at >= until:
        return None
    says = f"It has to last {settings.hold_minutes} minutes before it opens a case."
    return Held(by=HeldBy.HOLD, says=says, until=until)
