"""When a draft's escalations would come about, for cases that began now and that nobody touched.

The names are today's: whom a step reaches is asked again when its time has come.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions import business_time, calendars, escalation
from exceptions.models import Site, Team
from exceptions.verdicts import Escalation, PolicySettings
from exceptions.vocabulary import Tier

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class At:
    """A step at a site: when, and who would be told."""

    site: Site
    when: datetime
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """One step of a tier, in words, at each of the sites."""

    tier: Tier
    step: str
    at: tuple[At, ...]


def chains(
    settings: PolicySettings, sites: Iterable[Site], team: Team | None, *, at: datetime
) -> list[Chain]:
    """Every step of every tier, in the order in which they come about at the first site."""
    places = list(sites)
    found = [
        Chain(tier, escalation.in_words(step), tuple(_at(settings, tier, step, places, team, at)))
        for tier in Tier
        for step in settings.escalation.get(tier, ())
    ]
    tiers = list(Tier)
    return sorted(found, key=lambda c: (tiers.index(c.tier), c.at[0].when if c.at else at))


def _at(
    settings: PolicySettings,
    tier: Tier,
    step: Escalation,
    sites: list[Site],
    team: Team | None,
    at: datetime,
) -> Iterator[At]:
    span = (settings.target(step.clock, tier) or 0) * step.percent * MINUTE / 100
    for site in sites:
        around = settings.around_the_clock(step.clock, tier)
        hours = None if around else calendars.hours_of(calendars.of_site(site))
        people = tuple(str(each) for each in escalation.people_at(step.to, site, team))
        yield At(site, business_time.after(hours, at, span), people)
