"""What a draft is said to do is what publishing it does, row for row."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import blackouts, intake, lifecycle, policies
from exceptions.actors import machine
from exceptions.casework import Change
from exceptions.facts import Facts, Partner, Product
from exceptions.kinds import KINDS
from exceptions.models import Case, Document, Sighting, User
from exceptions.preview import Preview, Row, preview
from exceptions.verdicts import Lane, Noise, Override, PolicySettings, Scope
from exceptions.vocabulary import (
    OPEN_STATES,
    Factor,
    KindCode,
    Move,
    Outcome,
    Rollout,
    State,
    Via,
)
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
USUAL = KINDS[LATE].default_policy
Outcomes = dict[int, tuple[Change, int | None, str]]


def grace(hours: int, **more: Any) -> PolicySettings:
    return replace(USUAL, thresholds={"grace_minutes": Decimal(hours * 60)}, **more)


def foretold(said: Preview) -> Outcomes:
    """What is said of each document, with its severity or what holds it back."""
    return {row.document_id: _told(row) for row in said.rows}


def _told(row: Row) -> tuple[Change, int | None, str]:
    if row.change == Change.HELD:
        return row.change, None, row.held_by
    return row.change, row.score, row.tier


def published(kind: KindCode, settings: PolicySettings, at: datetime) -> Outcomes:
    """The same, as it comes about: publish, sweep until all is done, and look what is other."""
    before = dict(_open(kind))
    policies.publish(kind, settings, at=at)
    while intake.recheck_due(at=at)[0]:
        pass
    return _differences(kind, before) | {
        s.document_id: (Change.HELD, None, s.held_by)
        for s in Sighting.objects.filter(ended_at=None)
    }


def _open(kind: KindCode) -> list[tuple[int, int]]:
    found = Case.objects.filter(kind=kind, state__in=OPEN_STATES)
    return list(found.values_list("document_id", "pk"))


def _differences(kind: KindCode, before: dict[int, int]) -> Outcomes:
    now: Outcomes = {}
    for case in Case.objects.filter(kind=kind):
        document, was_open = case.document_id, before.get(case.document_id) == case.pk
        if case.is_open and not was_open:
            change = Change.REOPENED if case.reopen_count else Change.OPENED
            now[document] = (change, case.score, case.tier)
        if was_open and not case.is_open:
            now[document] = (Change.CLEARED, case.score, case.tier)
    return now


# -- Turned by hand ------------------------------------------------------------------------------


def late_by(tower: Tower, hours: int, at: datetime, record_id: int, **said: Any) -> Facts:
    due = at - timedelta(hours=hours)
    return tower.receipt(record_id, at=at, promised_at=due, planned_at=due, **said)


def test_a_longer_grace_clears_and_a_shorter_one_opens(tower: Tower, at: datetime) -> None:
    policies.publish(LATE, grace(48), at=at)
    intake.take_in(
        [late_by(tower, hours, at, i) for i, hours in enumerate([12, 36, 60, 84])], at=at
    )
    longer = preview(LATE, grace(72), at=at)
    shorter = preview(LATE, grace(24), at=at)

    assert [(r.change, r.reference) for r in longer.rows] == [(Change.CLEARED, "RTM/IN/00002")]
    assert (longer.looked_at, len(longer.stays)) == (4, 1)
    assert [(r.change, r.reference, r.value) for r in shorter.rows] == [
        (Change.OPENED, "RTM/IN/00001", Decimal(10_000))
    ]
    assert (shorter.counts, len(shorter.stays)) == ({Change.OPENED: 1}, 2)
    assert foretold(shorter) == published(LATE, grace(24), at)


def test_a_preview_changes_nothing(tower: Tower, at: datetime) -> None:
    policies.publish(LATE, grace(48), at=at)
    intake.take_in([late_by(tower, 36, at, 1), late_by(tower, 60, at, 2)], at=at)
    before = [list(model.objects.order_by("pk").values()) for model in (Case, Document, Sighting)]
    preview(LATE, grace(1, noise=Noise(below=Decimal(10**6), times=2, days=7)), at=at)

    after = [list(model.objects.order_by("pk").values()) for model in (Case, Document, Sighting)]
    assert after == before


def test_what_people_settled_stays_settled(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    said = {"outcome": Outcome.ACCEPTED, "reason": "They always come on Friday."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=said)

    assert preview(LATE, grace(1), at=at).rows == ()


def test_what_is_off_clears_and_what_is_tried_out_holds_back(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.receipt(1, at=at), tower.receipt(2, at=at, open=False)], at=at)
    off = preview(LATE, grace(0, rollout=Rollout.OFF), at=at)
    tried = preview(LATE, grace(0, rollout=Rollout.OBSERVING), at=at)

    assert [row.change for row in off.rows] == [Change.CLEARED]
    assert (tried.rows, len(tried.stays)) == ((), 1)  # what is open stays open


def test_small_ones_open_together_once_there_are_enough(tower: Tower, at: datetime) -> None:
    policies.publish(LATE, grace(1000), at=at)
    small = {"value": Decimal(40)}
    intake.take_in([late_by(tower, 10, at, i, **small) for i in (1, 2, 3)], at=at)
    two, four = (
        preview(LATE, grace(0, noise=Noise(below=Decimal(50), times=n, days=7)), at=at)
        for n in (3, 4)
    )

    assert two.counts == {Change.OPENED: 3}
    assert [(r.change, r.says) for r in four.rows] == [
        (Change.HELD, "Below €50: sighting 3 of 4 within 7 days.")
    ] * 3


# -- Turned at random ----------------------------------------------------------------------------


class Past:
    """A company with a past, made of chance: receipts of several partners, cases that healed, were
    settled and stand, findings that were held back, a blackout that runs."""

    def __init__(self, tower: Tower, seed: int, at: datetime) -> None:
        self.tower, self.rng, self.at = tower, random.Random(seed), at
        self.receipts = [self._receipt(i) for i in range(1, 41)]

    def _receipt(self, number: int) -> Any:
        rng = self.rng
        due = self.at - timedelta(hours=rng.choice([rng.randint(-24, 96), rng.randint(96, 400)]))
        partner = rng.randint(1, 4)
        category = rng.choice(["All / Bearings", "All / Bearings / Linear", "All / Belts"])
        return self.tower.receipt(
            number,
            at=self.at,
            promised_at=due,
            planned_at=due,
            site_id=rng.choice([self.tower.site.pk, self.tower.other_site.pk]),
            supplier=Partner(id=partner, name=f"Partner {partner}", tier=rng.choice("ABC")),
            products=(Product(id=number, name="Part", category=category),),
            value=rng.choice([None, Decimal(rng.randint(1, 90)), Decimal(rng.randint(1, 60_000))]),
            currency="EUR",
        )

    def live(self) -> None:
        for days in (9, 4, 1):
            then = self.at - timedelta(days=days)
            policies.publish(LATE, self.settings(), at=then)
            batch = self.rng.sample(self.receipts, 25)
            intake.take_in([replace(r, read_at=then) for r in batch], at=then)
            self._end_some(then + HOUR)
        if self.rng.random() < 0.5:
            self._black_out()
        policies.publish(LATE, self.settings(), at=self.at)
        intake.take_in([self._as_it_is(r) for r in self.receipts], at=self.at)
        while intake.recheck_due(at=self.at)[0]:
            pass

    def _as_it_is(self, receipt: Any) -> Any:
        return replace(receipt, open=self.rng.random() < 0.9, value=receipt.value)

    def _end_some(self, at: datetime) -> None:
        for case in Case.objects.filter(state=State.ASSIGNED).order_by("pk"):
            chance = self.rng.random()
            if chance < 0.25:
                said = {"outcome": Outcome.ACCEPTED, "reason": "Known."}
                actor = self.tower.actor("lead.rtm" if case.site == self.tower.site else "lead.chi")
                lifecycle.move(case.pk, Move.DISMISS, actor, at=at, data=said)
            elif chance < 0.5:
                healed = {"outcome": Outcome.SELF_HEALED, "reason": "Gone."}
                lifecycle.move(case.pk, Move.RESOLVE, machine(Via.ODOO), at=at, data=healed)
                Case.objects.filter(pk=case.pk).update(substance="")

    def _black_out(self) -> None:
        blackouts.make(
            starts_at=self.at - DAY,
            ends_at=self.at + DAY,
            reason="Stocktaking",
            by=User.objects.get(username="lead.rtm"),
            at=self.at - DAY,
            site=self.rng.choice([self.tower.site, None]),
            partner=(self.tower.connection, self.rng.randint(1, 4), "Somebody"),
        )

    def settings(self) -> PolicySettings:
        rng = self.rng
        noise = Noise(
            below=Decimal(rng.choice([50, 5_000])), times=rng.randint(2, 5), days=rng.choice([2, 7])
        )
        return grace(
            rng.choice([0, 12, 36, 72, 160, 300]),
            weights=USUAL.weights | {Factor.VALUE_AT_RISK: rng.randint(0, 40)},
            noise=rng.choice([None, noise]),
            hold_minutes=rng.choice([0, 0, 120, 60 * 24 * 6]),
            reopen_days=rng.choice([2, 7, 30]),
            recurrence_days=rng.choice([3, 30]),
            rollout=rng.choice([Rollout.ON] * 4 + [Rollout.OBSERVING]),
            rollout_at=rng.choice([{}, {self.tower.site.pk: rng.choice(list(Rollout))}]),
            overrides=tuple(
                Override(scope=s, thresholds={"grace_minutes": Decimal(60 * rng.randint(0, 200))})
                for s in rng.sample(self._scopes(), rng.randint(0, 3))
            ),
        )

    def _scopes(self) -> list[Scope]:
        site, partner = self.tower.site.pk, self.rng.randint(1, 4)
        return [
            Scope(site=site),
            Scope(partner=partner),
            Scope(tier="A"),
            Scope(category="All / Bearings"),
            Scope(lane=Lane(site=site, partner=partner)),
        ]


@pytest.mark.parametrize("seed", [*range(12), 17, 21, 30])
def test_the_list_is_what_comes_about_after_publishing(
    tower: Tower, at: datetime, seed: int
) -> None:
    past = Past(tower, seed, at)
    past.live()
    settings = past.settings()
    said = preview(LATE, settings, at=at)

    assert foretold(said) == published(LATE, settings, at)
    assert said.looked_at == Document.objects.filter(living=True).count()


@pytest.mark.parametrize(
    ("seed", "happens"),
    [(0, {Change.CLEARED}), (4, {Change.OPENED, Change.HELD}), (30, {Change.REOPENED})],
)
def test_chance_makes_all_that_can_happen(
    tower: Tower, at: datetime, seed: int, happens: set[Change]
) -> None:
    past = Past(tower, seed, at)
    past.live()
    assert set(preview(LATE, past.settings(), at=at).counts) >= happens
