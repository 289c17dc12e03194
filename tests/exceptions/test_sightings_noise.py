"""Findings that the noise floor or a blackout holds back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import blackouts, intake, policies
from exceptions.casework import Change
from exceptions.kinds import KINDS
from exceptions.models import Case, Sighting, User
from exceptions.verdicts import Noise
from exceptions.vocabulary import HeldBy, KindCode
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)


def publish(at: datetime, kind: KindCode = LATE, **changed: Any) -> None:
    policies.publish(kind, replace(KINDS[kind].default_policy, **changed), at=at)


def live() -> list[tuple[str, datetime, datetime | None]]:
    """Of what is held back now: why, since when, until when."""
    rows = Sighting.objects.filter(ended_at=None).order_by("id")
    return list(rows.values_list("held_by", "since", "until"))


def told(case: Case) -> list[str]:
    return [event.move or event.happening for event in case.events.all()]


# -- Noise -------------------------------------------------------------------------------------

FLOOR = Noise(below=Decimal(100), times=3, days=30)


def small(tower: Tower, record_id: int, at: datetime, **said: Any) -> Any:
    return tower.receipt(record_id, at=at, value=Decimal(40), **said)


def test_the_third_small_finding_of_a_subject_opens_a_case_and_the_others_follow(
    tower: Tower, at: datetime
) -> None:
    publish(at - 40 * DAY, noise=FLOOR)
    days = [at - 2 * DAY, at - DAY, at]
    changes = [intake.take_in([small(tower, n, day)], at=day) for n, day in enumerate(days, 1)]

    assert changes == [{Change.HELD: 1}, {Change.HELD: 1}, {Change.OPENED: 1}]
    assert Case.objects.get().document.record_id == 3
    assert intake.recheck_due(at=at) == (2, {Change.OPENED: 2})
    assert live() == []


def test_the_sightings_of_one_batch_count_too(tower: Tower, at: datetime) -> None:
    publish(at - DAY, noise=FLOOR)
    changes = intake.take_in([small(tower, n, at) for n in (1, 2, 3)], at=at)

    assert changes == {Change.HELD: 2, Change.OPENED: 1}
    assert intake.recheck_due(at=at) == (2, {Change.OPENED: 2})


@pytest.mark.parametrize(("age", "change"), [(30 * DAY, "held back"), (30 * DAY - TICK, "opened")])
def test_sightings_are_counted_over_the_days_of_the_policy(
    tower: Tower, at: datetime, age: timedelta, change: str
) -> None:
    publish(at - 40 * DAY, noise=replace(FLOOR, times=2))
    intake.take_in([small(tower, 1, at - age)], at=at - age)

    assert intake.take_in([small(tower, 2, at)], at=at) == {change: 1}


def test_other_subjects_and_other_sites_do_not_count(tower: Tower, at: datetime) -> None:
    publish(at - DAY, noise=replace(FLOOR, times=2))
    batch = [
        small(tower, 1, at),
        small(tower, 2, at, supplier=None),
        small(tower, 3, at, site_id=tower.other_site.pk),
    ]
    assert intake.take_in(batch, at=at) == {Change.HELD: 3}


def test_cases_of_the_subject_count_as_sightings(tower: Tower, at: datetime) -> None:
    publish(at - DAY, noise=replace(FLOOR, times=2))
    big = intake.take_in([tower.receipt(1, at=at, value=Decimal(100))], at=at)

    assert big == {Change.OPENED: 1}
    assert intake.take_in([small(tower, 2, at)], at=at) == {Change.OPENED: 1}


def test_a_finding_that_comes_and_goes_is_sighted_each_time(tower: Tower, at: datetime) -> None:
    publish(at - DAY, noise=FLOOR)
    changes = []
    for hour in range(3):
        back, gone = at + 2 * hour * HOUR, at + (2 * hour + 1) * HOUR
        changes.append(intake.take_in([small(tower, 1, back)], at=back))
        intake.take_in([small(tower, 1, gone, open=False)], at=gone)

    assert changes == [{Change.HELD: 1}, {Change.HELD: 1}, {Change.OPENED: 1}]


def test_looking_again_is_no_other_sighting(tower: Tower, at: datetime) -> None:
    publish(at - DAY, noise=replace(FLOOR, times=2))
    intake.take_in([small(tower, 1, at)], at=at)
    again = [intake.recheck_due(at=at + n * DAY) for n in (1, 2, 3)]

    assert again == [(1, {Change.HELD: 1})] * 3
    assert live() == [(HeldBy.NOISE, at, at + 4 * DAY)]


def test_a_value_that_grows_past_the_floor_opens_a_case(tower: Tower, at: datetime) -> None:
    publish(at - DAY, noise=FLOOR)
    intake.take_in([small(tower, 1, at)], at=at)
    grown = tower.receipt(1, at=at + HOUR, value=Decimal(100))

    assert intake.take_in([grown], at=at + HOUR) == {Change.OPENED: 1}
    assert Case.objects.get().events.get(happening="held").data["held_by"] == "noise"


# -- Blackouts ---------------------------------------------------------------------------------


def blackout(tower: Tower, at: datetime, **said: Any) -> Any:
    by = User.objects.get(username="lead.rtm")
    base: dict[str, Any] = {
        "starts_at": at,
        "ends_at": at + DAY,
        "reason": "Stocktaking",
        "site": tower.site,
    }
    return blackouts.make(**(base | {"by": by, "at": at} | said))


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        (HOUR - TICK, "opened"),
        (HOUR, "held back"),
        (DAY - TICK, "held back"),
        (DAY, "opened"),
    ],
)
def test_a_blackout_holds_back_from_its_start_up_to_its_end(
    tower: Tower, at: datetime, moment: timedelta, change: str
) -> None:
    blackout(tower, at, starts_at=at + HOUR)
    assert intake.take_in([tower.receipt(at=at)], at=at + moment) == {change: 1}


def test_when_a_blackout_ends_what_still_stands_becomes_a_case(tower: Tower, at: datetime) -> None:
    made = blackout(tower, at)
    intake.take_in([tower.receipt(at=at)], at=at + HOUR)
    (counted,) = blackouts.with_counts(Sighting.objects.all())
    before = (live(), counted.n)  # type: ignore[attr-defined]
    swept = intake.recheck_due(at=at + DAY)

    assert before == ([(HeldBy.BLACKOUT, at + HOUR, at + DAY)], 1)
    assert swept == (1, {Change.OPENED: 1})
    assert [s.case for s in made.sightings.all()] == [Case.objects.get()]
    assert [b.n for b in blackouts.with_counts(Sighting.objects.all())] == [1]  # type: ignore[attr-defined]


def test_a_partner_may_have_a_blackout_at_every_site(tower: Tower, at: datetime) -> None:
    blackout(tower, at, site=None, partner=(tower.connection, 7, "Kempten Bearings"))
    batch = [
        tower.receipt(1, at=at),
        tower.receipt(2, at=at, site_id=tower.other_site.pk),
        tower.receipt(3, at=at, supplier=None),
    ]
    assert intake.take_in(batch, at=at) == {Change.HELD: 2, Change.OPENED: 1}


def test_what_a_blackout_held_back_is_looked_at_when_it_is_taken_back(
    tower: Tower, at: datetime
) -> None:
    made = blackout(tower, at)
    intake.take_in([tower.receipt(at=at)], at=at)
    by = User.objects.get(username="lead.chi")
    blackouts.take_back(made.pk, by=by, at=at + HOUR)
    made.refresh_from_db()

    assert (made.withdrawn_by, made.withdrawn_at) == (by, at + HOUR)
    assert blackouts.running(at + HOUR) == ()
    assert intake.recheck_due(at=at + HOUR) == (1, {Change.OPENED: 1})
    with pytest.raises(blackouts.NoBlackout, match="over already"):
        blackouts.take_back(made.pk, by=by, at=at + HOUR)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"site": None}, "which site or which partner"),
        ({"starts_at": datetime(2026, 11, 18, 12, tzinfo=UTC)}, "ends after it starts"),
        ({"reason": "  "}, "why"),
    ],
)
def test_a_blackout_that_says_too_little_is_not_made(
    tower: Tower, at: datetime, said: dict[str, Any], why: str
) -> None:
    with pytest.raises(blackouts.NoBlackout, match=why):
        blackout(tower, at, **said)


def test_a_blackout_of_the_past_is_not_made(tower: Tower, at: datetime) -> None:
    with pytest.raises(blackouts.NoBlackout, match="not before now"):
        blackout(tower, at, starts_at=at - DAY, ends_at=at)


def test_the_history_names_every_reason_it_was_held_back_for(tower: Tower, at: datetime) -> None:
    publish(at, hold_minutes=60 * 30)
    blackout(tower, at)
    intake.take_in([tower.receipt(at=at)], at=at)
    swept = [intake.recheck_due(at=moment) for moment in (at + DAY, at + 30 * HOUR)]
    held = Case.objects.get().events.get(happening="held").data

    assert swept == [(1, {Change.HELD: 1}), (1, {Change.OPENED: 1})]
    assert [(r["held_by"], r["says"]) for r in held["reasons"]] == [
        ("blackout", "Stocktaking"),
        ("hold", "It has to last 1800 minutes before it opens a case."),
    ]
    assert (held["minutes"], held["held_by"]) == (30 * 60, "hold")
