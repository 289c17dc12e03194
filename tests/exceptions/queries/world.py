"""A random past of cases, lived through the real doors, and the plain recount of it."""

import random
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

from exceptions import escalate, intake, lifecycle, pausing, reckoning, snoozing
from exceptions.actors import Actor, person
from exceptions.amounts import NAMES
from exceptions.facts import Facts
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, Membership, Site, Team, User
from exceptions.pausing import Wait
from exceptions.queries.scope import Scope
from exceptions.snoozing import Sleep
from exceptions.vocabulary import ENDED_STATES, Move, Outcome, Role, State, Until, Waiting
from tests.making import Tower

# Both changes to winter time lie inside: 25 October in Europe, 1 November in America.
FIRST, LAST = date(2026, 10, 20), date(2026, 11, 5)
NOW = datetime(2026, 11, 5, 13, 0, tzinfo=UTC)
POSSIBLE = {
    State.ASSIGNED: [*["acknowledge"] * 3, "heal", "dismiss"],
    State.ACKNOWLEDGED: [*["resolve"] * 3, "heal", "dismiss", "pause"],
    State.RESOLVED: ["reopen", "heal", "reckon"],
    State.CLOSED: ["reopen", "heal", "reckon"],
}
CURRENCIES = ("EUR", "EUR", "USD", None)


@dataclass
class Past:
    """Lives cases over 19 days until `now`, most of them close to a local midnight."""

    tower: Tower
    rng: random.Random
    now: datetime = NOW

    def live(self, cases: int) -> None:
        for record_id in range(1, cases + 1):
            self._life(record_id)
            if self.rng.random() < 0.1:  # the sweep has been here, but not lately
                escalate.end_pauses(at=self.now - timedelta(days=2))
                escalate.sweep_clocks(at=self.now - timedelta(days=2))

        newest = Case.objects.filter(state=State.ASSIGNED).order_by("-detected_at")
        for case in newest[:10]:  # so that some still wait
            with suppress(Refused):
                self._pause(case, {}, self.now - timedelta(hours=1))
        for case in newest[5:15]:  # and some are out of the working queue, which numbers count
            sleep = Sleep(until=Until.DATE, until_at=self.now + timedelta(days=9), reason="Later")
            snoozing.snooze(case.pk, sleep, self._lead(case), at=self.now - timedelta(hours=1))

    def _life(self, record_id: int) -> None:
        site = self.rng.choice([self.tower.site, self.tower.other_site])
        at = self._instant(site)
        facts = self._facts(record_id, site, at)
        intake.take_in([facts], at=at)
        case = Case.objects.get(document__record_id=record_id)
        for _step in range(self.rng.randrange(10)):
            at += timedelta(seconds=self.rng.randrange(60, 2 * 86400))
            if at >= self.now:
                break
            self._something(case, facts, at)

    def _instant(self, site: Site) -> datetime:
        day = self.now.date() - timedelta(days=self.rng.randrange(19))
        midnight = datetime.combine(day, time.min, ZoneInfo(site.time_zone)).astimezone(UTC)
        spread = self.rng.choice([3, 90, 3 * 3600, 12 * 3600])
        at = midnight + timedelta(seconds=self.rng.randrange(-spread, spread))
        return min(at, self.now - timedelta(seconds=self.rng.randrange(90_000)))

    def _facts(self, record_id: int, site: Site, at: datetime) -> Facts:
        rng, tower = self.rng, self.tower
        currency = rng.choice(CURRENCIES)
        value = None if rng.random() < 0.2 else Decimal(rng.randrange(100, 90_000_00)) / 100
        make = rng.choice([tower.receipt, tower.delivery])
        return make(record_id, at=at, site_id=site.pk, value=value, currency=currency)

    def _something(self, case: Case, facts: Facts, at: datetime) -> None:
        case = Case.objects.get(pk=case.pk)
        what = self.rng.choice(POSSIBLE[State(case.state)])
        with suppress(Refused):  # too late for this one: a life has quiet stretches
            getattr(self, f"_{what}")(case, facts, at)

    def _acknowledge(self, case: Case, facts: Facts, at: datetime) -> None:
        assert case.owner
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, person(case.owner), at=at)

    def _resolve(self, case: Case, facts: Facts, at: datetime) -> None:
        assert case.owner
        data = {"outcome": self.rng.choice([Outcome.FIXED, Outcome.ACCEPTED]), "reason": "Done."}
        if self.rng.random() < 0.5:
            data |= self._amounts()
        lifecycle.move(case.pk, Move.RESOLVE, person(case.owner), at=at, data=data)

    def _amounts(self) -> dict[str, str]:
        """Of what was avoided and lost something, or nothing, or it is unknown."""
        rng = self.rng
        said = {name: rng.choice(["", "0", f"{rng.random() * 9000:.2f}"]) for name in NAMES}
        return said | {"amounts_currency": rng.choice(["EUR", "USD"])}

    def _reckon(self, case: Case, facts: Facts, at: datetime) -> None:
        assert case.owner
        data = self._amounts() | {"reason": "The invoice has come."}
        reckoning.say(case.pk, data, person(case.owner), at=at)

    def _dismiss(self, case: Case, facts: Facts, at: datetime) -> None:
        data = {"outcome": Outcome.FALSE_POSITIVE, "reason": "Not real."}
        lifecycle.move(case.pk, Move.DISMISS, self._lead(case), at=at, data=data)

    def _pause(self, case: Case, facts: Any, at: datetime) -> None:
        wait = Wait(waiting_for=Waiting.CARRIER, counterparty="Maersk", reason="A new date")
        pausing.pause(case.pk, wait, self._lead(case), at=at)

    def _reopen(self, case: Case, facts: Facts, at: datetime) -> None:
        lifecycle.move(case.pk, Move.REOPEN, self._lead(case), at=at, data={"reason": "Not over."})

    def _heal(self, case: Case, facts: Facts, at: datetime) -> None:
        kind = self.tower.receipt if case.kind == "late_inbound" else self.tower.delivery
        record_id = case.document.record_id
        intake.take_in([kind(record_id, at=at, site_id=case.site_id, open=False)], at=at)

    def _lead(self, case: Case) -> Actor:
        assert case.site.lead
        return person(case.site.lead)


def scope_of(tower: Tower, first: date = FIRST, last: date = LAST) -> Scope:
    sites = (tower.site.pk, tower.other_site.pk)
    return Scope(at=NOW, first_day=first, last_day=last, sites=sites)


def day_of(at: datetime, case: Case) -> date:
    """The day that `at` is at the case's site, by Python's own zones."""
    return at.astimezone(ZoneInfo(case.site.time_zone)).date()


def in_scope(scope: Scope) -> list[Case]:
    """The cases that a scope counts, one by one."""
    return [
        case
        for case in Case.objects.select_related("site").prefetch_related("events", "clocks")
        if case.site_id in scope.sites
        and (not scope.kinds or case.kind in scope.kinds)
        and (not scope.tiers or case.tier in scope.tiers)
        and (not scope.teams or case.team_id in scope.teams)
        and (not scope.owners or case.owner_id in scope.owners)
    ]


def detected_in(scope: Scope) -> list[Case]:
    return [
        case
        for case in in_scope(scope)
        if scope.first_day <= day_of(case.detected_at, case) <= scope.last_day
    ]


def state_at_end_of(day: date, case: Case) -> str | None:
    """The state in which the case's history leaves it when `day` ends; None before detection."""
    until = [e for e in case.events.all() if day_of(e.at, case) <= day]
    told = [e.to_state for e in sorted(until, key=_number) if e.to_state]
    return told[-1] if told else (State.DETECTED if until else None)


def open_at_end_of(day: date, cases: list[Case]) -> int:
    states = [state_at_end_of(day, case) for case in cases]
    return sum(state is not None and state not in ENDED_STATES for state in states)


def percentile(values: Iterable[float], share: float) -> float | None:
    """Linear interpolation between the two nearest values."""
    ranked = sorted(values)
    if not ranked:
        return None
    place = share * (len(ranked) - 1)
    low = floor(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (place - low) * (ranked[high] - ranked[low])


def nearest_rank(values: Iterable[float], percent: int) -> float | None:
    """Nearest rank, told as the middle of its class: 1/32 of a power of two wide, at least a
    second. Written down anew, with fractions in place of shifts.
    """
    ranked = sorted(int(value) for value in values)
    if not ranked:
        return None
    value = ranked[ceil(Fraction(percent * len(ranked), 100)) - 1]
    power = 1
    while power * 2 <= value:
        power *= 2
    width = max(power // 32, 1)
    return float(value // width * width + Fraction(width - 1, 2))


def executive_of(site: Site | None) -> User:
    """Of one site, or of all."""
    user = User.objects.create_user(f"executive.{site.code.lower() if site else 'all'}")
    Membership.objects.create(user=user, role=Role.EXECUTIVE, site=site)
    return user


def team(code: str) -> Team:
    return Team.objects.get(code=code)


def _number(event: CaseEvent) -> int:
    return event.number
